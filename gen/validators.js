// Generated from crds/ by `npm run gen`. Do not edit: change crds/ and run it again.

var __getOwnPropNames = Object.getOwnPropertyNames;
var __commonJS = (cb, mod) => function() {
  try {
    return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
  } catch (e) {
    throw mod = 0, e;
  }
};

var require_ucs2length = __commonJS({
  "node_modules/ajv/dist/runtime/ucs2length.js"(exports) {
    "use strict";
    Object.defineProperty(exports, "__esModule", { value: !0 });
    function ucs2length(str) {
      let len = str.length, length = 0, pos = 0, value;
      for (; pos < len; )
        length++, value = str.charCodeAt(pos++), value >= 55296 && value <= 56319 && pos < len && (value = str.charCodeAt(pos), (value & 64512) === 56320 && pos++);
      return length;
    }
    exports.default = ucs2length;
    ucs2length.code = 'require("ajv/dist/runtime/ucs2length").default';
  }
});

var checkGitRepoConfig = validate10, schema11 = { type: "object", required: ["apiVersion", "kind", "metadata", "spec"], properties: { apiVersion: { type: "string", const: "configbutler.ai/v1alpha1" }, kind: { type: "string", const: "GitRepoConfig" }, metadata: { type: "object", required: ["name", "namespace", "uid", "generation"], properties: { name: { type: "string" }, namespace: { type: "string" }, uid: { type: "string" }, generation: { type: "integer" }, resourceVersion: { type: "string" }, creationTimestamp: { type: "string" }, deletionTimestamp: { type: "string" }, finalizers: { type: "array", items: { type: "string" } }, labels: { type: "object", additionalProperties: { type: "string" } }, annotations: { type: "object", additionalProperties: { type: "string" } } } }, spec: { type: "object", required: ["url"], properties: { url: { type: "string", title: "ssh://user@host/path, user@host:path, https://host/path, http://host/path or file:///path, without password, token, query, white space or backslash (https credentials belong into the Secret that spec.secretRef names)", minLength: 1, maxLength: 2048, pattern: "^(ssh://([A-Za-z0-9_][A-Za-z0-9._+%~-]*@)?([A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?/[^\\x00-\\x20\\x7f-\\xa0\\\\?#]+|https?://([A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?/[^\\x00-\\x20\\x7f-\\xa0\\\\?#]+|file:///[^\\x00-\\x20\\x7f-\\xa0\\\\?#]+|[A-Za-z0-9_][A-Za-z0-9._+%~-]*@([A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+\\]):[^\\x00-\\x20\\x7f-\\xa0\\\\?#-][^\\x00-\\x20\\x7f-\\xa0\\\\?#]*)$" }, branch: { type: "string", title: 'a branch name as git check-ref-format allows it: no white space, none of ~ ^ : ? * [ \\, no "..", no leading "-" or ".", no trailing "." or "/"', default: "main", minLength: 1, maxLength: 200, pattern: "^[^\\x00-\\x20\\x7f~^:?*\\[\\\\/.-][^\\x00-\\x20\\x7f~^:?*\\[\\\\/.]*(\\.[^\\x00-\\x20\\x7f~^:?*\\[\\\\/.]+)*(\\.?/[^\\x00-\\x20\\x7f~^:?*\\[\\\\/.]+(\\.[^\\x00-\\x20\\x7f~^:?*\\[\\\\/.]+)*)*$" }, path: { type: "string", title: 'a relative path with "/" between its parts: no leading or trailing "/", no empty part, no part that is "." or starts with "..", no backslash or control character', maxLength: 512, pattern: "^(\\.?[^\\x00-\\x1f\\x7f./\\\\][^\\x00-\\x1f\\x7f/\\\\]*(/\\.?[^\\x00-\\x1f\\x7f./\\\\][^\\x00-\\x1f\\x7f/\\\\]*)*)?$" }, secretRef: { type: "object", required: ["name"], properties: { name: { type: "string", title: 'the name of a Secret (lower-case letters, digits, "-" and ".")', minLength: 1, maxLength: 253, pattern: "^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$" } }, additionalProperties: !1 }, push: { type: "object", default: {}, properties: { minInterval: { type: "string", title: 'a duration such as "500ms", "1s" or "1m30s" (units h, m, s, ms), or "0"', default: "1s", minLength: 1, maxLength: 32, pattern: "^(0|([0-9]{1,8}(\\.[0-9]{1,3})?(h|ms|m|s)){1,4})$" }, maxCommits: { minimum: 1, maximum: 1e4, type: "integer", default: 1e3 } }, additionalProperties: !1 }, commit: { type: "object", default: {}, properties: { authorEmailDomain: { type: "string", title: "a host name such as example.com", default: "cluster.local", minLength: 1, maxLength: 253, pattern: "^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$" }, committer: { type: "object", default: {}, properties: { name: { type: "string", title: 'a name with at least one letter or digit, and no "<", ">" or control character', default: "GitOps Reverser", minLength: 1, maxLength: 128, pattern: `^[ .,:;"'\\\\]*[^<>\\x00-\\x20\\x7f.,:;"'\\\\][^<>\\x00-\\x1f\\x7f]*$` }, email: { type: "string", title: "an e-mail address such as bot@example.com", default: "gitops-reverser@cluster.local", minLength: 3, maxLength: 254, pattern: "^[^<>@\\x00-\\x20\\x7f]+@[^<>@\\x00-\\x20\\x7f]+$" } }, additionalProperties: !1 }, messageTemplate: { type: "string", title: "text without NUL characters", minLength: 1, maxLength: 4096, pattern: "^[^\\x00]*$" }, maxFileBytes: { minimum: 1024, maximum: 8388608, type: "integer", default: 4194304 } }, additionalProperties: !1 }, secrets: { type: "object", default: {}, properties: { policy: { type: "string", default: "Redact", enum: ["Redact", "Skip"] }, additionalSensitiveKinds: { type: "array", maxItems: 32, items: { type: "object", required: ["apiVersion", "kind"], properties: { apiVersion: { type: "string", title: '"v1", "<group>/<version>" or "<group>/*"', minLength: 1, maxLength: 317, pattern: "^(v1|[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/(\\*|[a-z]([a-z0-9-]{0,61}[a-z0-9])?))$" }, kind: { type: "string", title: "a kind such as VaultToken", minLength: 1, maxLength: 63, pattern: "^[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?$" }, fields: { type: "array", minItems: 1, maxItems: 16, items: { type: "string", title: 'a field path such as spec.password, data, spec.users[*].token or metadata.annotations["example.com/token"]', minLength: 1, maxLength: 512, pattern: '^[A-Za-z_][A-Za-z0-9_-]*(\\.([A-Za-z0-9_-]+|\\*)|\\[("[^"\\\\\\x00-\\x1f\\x7f]+"|\\*)\\])*$' } } }, additionalProperties: !1 } } }, additionalProperties: !1 }, suspend: { type: "boolean", default: !1 } }, additionalProperties: !1 }, status: { type: "object", properties: { observedGeneration: { type: "integer", minimum: 0 }, conditions: { type: "array", maxItems: 16, items: { type: "object", required: ["type", "status", "reason", "message", "lastTransitionTime"], properties: { type: { type: "string", title: "a condition type in CamelCase", minLength: 1, maxLength: 316, pattern: "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$" }, status: { type: "string", enum: ["True", "False", "Unknown"] }, reason: { type: "string", title: "a reason in CamelCase", minLength: 1, maxLength: 1024, pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$" }, message: { type: "string", maxLength: 32768 }, lastTransitionTime: { title: "a time such as 2025-01-31T18:30:00Z", type: "string", maxLength: 64, pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$" }, observedGeneration: { type: "integer", minimum: 0 } }, additionalProperties: !1 } }, lastPushedCommit: { type: "string", title: "a full commit ID in lower-case hexadecimal", maxLength: 64, pattern: "^[0-9a-f]{40}([0-9a-f]{24})?$" }, lastPushTime: { title: "a time such as 2025-01-31T18:30:00Z", type: "string", maxLength: 64, pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$" }, pendingCommits: { type: "integer", minimum: 0 }, droppedCommits: { type: "integer", minimum: 0 } }, additionalProperties: !1 } }, additionalProperties: !1 }, func2 = require_ucs2length().default, pattern0 = new RegExp("^(ssh://([A-Za-z0-9_][A-Za-z0-9._+%~-]*@)?([A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?/[^\\x00-\\x20\\x7f-\\xa0\\\\?#]+|https?://([A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?/[^\\x00-\\x20\\x7f-\\xa0\\\\?#]+|file:///[^\\x00-\\x20\\x7f-\\xa0\\\\?#]+|[A-Za-z0-9_][A-Za-z0-9._+%~-]*@([A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+\\]):[^\\x00-\\x20\\x7f-\\xa0\\\\?#-][^\\x00-\\x20\\x7f-\\xa0\\\\?#]*)$", "u"), pattern1 = new RegExp("^[^\\x00-\\x20\\x7f~^:?*\\[\\\\/.-][^\\x00-\\x20\\x7f~^:?*\\[\\\\/.]*(\\.[^\\x00-\\x20\\x7f~^:?*\\[\\\\/.]+)*(\\.?/[^\\x00-\\x20\\x7f~^:?*\\[\\\\/.]+(\\.[^\\x00-\\x20\\x7f~^:?*\\[\\\\/.]+)*)*$", "u"), pattern2 = new RegExp("^(\\.?[^\\x00-\\x1f\\x7f./\\\\][^\\x00-\\x1f\\x7f/\\\\]*(/\\.?[^\\x00-\\x1f\\x7f./\\\\][^\\x00-\\x1f\\x7f/\\\\]*)*)?$", "u"), pattern3 = new RegExp("^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$", "u"), pattern4 = new RegExp("^(0|([0-9]{1,8}(\\.[0-9]{1,3})?(h|ms|m|s)){1,4})$", "u"), pattern5 = new RegExp("^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$", "u"), pattern6 = new RegExp(`^[ .,:;"'\\\\]*[^<>\\x00-\\x20\\x7f.,:;"'\\\\][^<>\\x00-\\x1f\\x7f]*$`, "u"), pattern7 = new RegExp("^[^<>@\\x00-\\x20\\x7f]+@[^<>@\\x00-\\x20\\x7f]+$", "u"), pattern8 = new RegExp("^[^\\x00]*$", "u"), pattern9 = new RegExp("^(v1|[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/(\\*|[a-z]([a-z0-9-]{0,61}[a-z0-9])?))$", "u"), pattern10 = new RegExp("^[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?$", "u"), pattern11 = new RegExp('^[A-Za-z_][A-Za-z0-9_-]*(\\.([A-Za-z0-9_-]+|\\*)|\\[("[^"\\\\\\x00-\\x1f\\x7f]+"|\\*)\\])*$', "u"), pattern12 = new RegExp("^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$", "u"), pattern13 = new RegExp("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$", "u"), pattern14 = new RegExp("^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$", "u"), pattern15 = new RegExp("^[0-9a-f]{40}([0-9a-f]{24})?$", "u");
function validate10(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null, errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.apiVersion === void 0) {
      let err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "apiVersion" }, schema: schema11.required, parentSchema: schema11, data };
      vErrors === null ? vErrors = [err0] : vErrors.push(err0), errors++;
    }
    if (data.kind === void 0) {
      let err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, schema: schema11.required, parentSchema: schema11, data };
      vErrors === null ? vErrors = [err1] : vErrors.push(err1), errors++;
    }
    if (data.metadata === void 0) {
      let err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "metadata" }, schema: schema11.required, parentSchema: schema11, data };
      vErrors === null ? vErrors = [err2] : vErrors.push(err2), errors++;
    }
    if (data.spec === void 0) {
      let err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "spec" }, schema: schema11.required, parentSchema: schema11, data };
      vErrors === null ? vErrors = [err3] : vErrors.push(err3), errors++;
    }
    for (let key0 in data)
      key0 === "apiVersion" || key0 === "kind" || key0 === "metadata" || key0 === "spec" || key0 === "status" || delete data[key0];
    if (data.apiVersion !== void 0) {
      let data0 = data.apiVersion;
      if (typeof data0 != "string") {
        let err4 = { instancePath: instancePath + "/apiVersion", schemaPath: "#/properties/apiVersion/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.apiVersion.type, parentSchema: schema11.properties.apiVersion, data: data0 };
        vErrors === null ? vErrors = [err4] : vErrors.push(err4), errors++;
      }
      if (data0 !== "configbutler.ai/v1alpha1") {
        let err5 = { instancePath: instancePath + "/apiVersion", schemaPath: "#/properties/apiVersion/const", keyword: "const", params: { allowedValue: "configbutler.ai/v1alpha1" }, schema: "configbutler.ai/v1alpha1", parentSchema: schema11.properties.apiVersion, data: data0 };
        vErrors === null ? vErrors = [err5] : vErrors.push(err5), errors++;
      }
    }
    if (data.kind !== void 0) {
      let data1 = data.kind;
      if (typeof data1 != "string") {
        let err6 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.kind.type, parentSchema: schema11.properties.kind, data: data1 };
        vErrors === null ? vErrors = [err6] : vErrors.push(err6), errors++;
      }
      if (data1 !== "GitRepoConfig") {
        let err7 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "GitRepoConfig" }, schema: "GitRepoConfig", parentSchema: schema11.properties.kind, data: data1 };
        vErrors === null ? vErrors = [err7] : vErrors.push(err7), errors++;
      }
    }
    if (data.metadata !== void 0) {
      let data2 = data.metadata;
      if (data2 && typeof data2 == "object" && !Array.isArray(data2)) {
        if (data2.name === void 0) {
          let err8 = { instancePath: instancePath + "/metadata", schemaPath: "#/properties/metadata/required", keyword: "required", params: { missingProperty: "name" }, schema: schema11.properties.metadata.required, parentSchema: schema11.properties.metadata, data: data2 };
          vErrors === null ? vErrors = [err8] : vErrors.push(err8), errors++;
        }
        if (data2.namespace === void 0) {
          let err9 = { instancePath: instancePath + "/metadata", schemaPath: "#/properties/metadata/required", keyword: "required", params: { missingProperty: "namespace" }, schema: schema11.properties.metadata.required, parentSchema: schema11.properties.metadata, data: data2 };
          vErrors === null ? vErrors = [err9] : vErrors.push(err9), errors++;
        }
        if (data2.uid === void 0) {
          let err10 = { instancePath: instancePath + "/metadata", schemaPath: "#/properties/metadata/required", keyword: "required", params: { missingProperty: "uid" }, schema: schema11.properties.metadata.required, parentSchema: schema11.properties.metadata, data: data2 };
          vErrors === null ? vErrors = [err10] : vErrors.push(err10), errors++;
        }
        if (data2.generation === void 0) {
          let err11 = { instancePath: instancePath + "/metadata", schemaPath: "#/properties/metadata/required", keyword: "required", params: { missingProperty: "generation" }, schema: schema11.properties.metadata.required, parentSchema: schema11.properties.metadata, data: data2 };
          vErrors === null ? vErrors = [err11] : vErrors.push(err11), errors++;
        }
        if (data2.name !== void 0) {
          let data3 = data2.name;
          if (typeof data3 != "string") {
            let err12 = { instancePath: instancePath + "/metadata/name", schemaPath: "#/properties/metadata/properties/name/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.metadata.properties.name.type, parentSchema: schema11.properties.metadata.properties.name, data: data3 };
            vErrors === null ? vErrors = [err12] : vErrors.push(err12), errors++;
          }
        }
        if (data2.namespace !== void 0) {
          let data4 = data2.namespace;
          if (typeof data4 != "string") {
            let err13 = { instancePath: instancePath + "/metadata/namespace", schemaPath: "#/properties/metadata/properties/namespace/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.metadata.properties.namespace.type, parentSchema: schema11.properties.metadata.properties.namespace, data: data4 };
            vErrors === null ? vErrors = [err13] : vErrors.push(err13), errors++;
          }
        }
        if (data2.uid !== void 0) {
          let data5 = data2.uid;
          if (typeof data5 != "string") {
            let err14 = { instancePath: instancePath + "/metadata/uid", schemaPath: "#/properties/metadata/properties/uid/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.metadata.properties.uid.type, parentSchema: schema11.properties.metadata.properties.uid, data: data5 };
            vErrors === null ? vErrors = [err14] : vErrors.push(err14), errors++;
          }
        }
        if (data2.generation !== void 0) {
          let data6 = data2.generation;
          if (!(typeof data6 == "number" && !(data6 % 1) && !isNaN(data6) && isFinite(data6))) {
            let err15 = { instancePath: instancePath + "/metadata/generation", schemaPath: "#/properties/metadata/properties/generation/type", keyword: "type", params: { type: "integer" }, schema: schema11.properties.metadata.properties.generation.type, parentSchema: schema11.properties.metadata.properties.generation, data: data6 };
            vErrors === null ? vErrors = [err15] : vErrors.push(err15), errors++;
          }
        }
        if (data2.resourceVersion !== void 0) {
          let data7 = data2.resourceVersion;
          if (typeof data7 != "string") {
            let err16 = { instancePath: instancePath + "/metadata/resourceVersion", schemaPath: "#/properties/metadata/properties/resourceVersion/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.metadata.properties.resourceVersion.type, parentSchema: schema11.properties.metadata.properties.resourceVersion, data: data7 };
            vErrors === null ? vErrors = [err16] : vErrors.push(err16), errors++;
          }
        }
        if (data2.creationTimestamp !== void 0) {
          let data8 = data2.creationTimestamp;
          if (typeof data8 != "string") {
            let err17 = { instancePath: instancePath + "/metadata/creationTimestamp", schemaPath: "#/properties/metadata/properties/creationTimestamp/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.metadata.properties.creationTimestamp.type, parentSchema: schema11.properties.metadata.properties.creationTimestamp, data: data8 };
            vErrors === null ? vErrors = [err17] : vErrors.push(err17), errors++;
          }
        }
        if (data2.deletionTimestamp !== void 0) {
          let data9 = data2.deletionTimestamp;
          if (typeof data9 != "string") {
            let err18 = { instancePath: instancePath + "/metadata/deletionTimestamp", schemaPath: "#/properties/metadata/properties/deletionTimestamp/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.metadata.properties.deletionTimestamp.type, parentSchema: schema11.properties.metadata.properties.deletionTimestamp, data: data9 };
            vErrors === null ? vErrors = [err18] : vErrors.push(err18), errors++;
          }
        }
        if (data2.finalizers !== void 0) {
          let data10 = data2.finalizers;
          if (Array.isArray(data10)) {
            let len0 = data10.length;
            for (let i0 = 0; i0 < len0; i0++) {
              let data11 = data10[i0];
              if (typeof data11 != "string") {
                let err19 = { instancePath: instancePath + "/metadata/finalizers/" + i0, schemaPath: "#/properties/metadata/properties/finalizers/items/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.metadata.properties.finalizers.items.type, parentSchema: schema11.properties.metadata.properties.finalizers.items, data: data11 };
                vErrors === null ? vErrors = [err19] : vErrors.push(err19), errors++;
              }
            }
          } else {
            let err20 = { instancePath: instancePath + "/metadata/finalizers", schemaPath: "#/properties/metadata/properties/finalizers/type", keyword: "type", params: { type: "array" }, schema: schema11.properties.metadata.properties.finalizers.type, parentSchema: schema11.properties.metadata.properties.finalizers, data: data10 };
            vErrors === null ? vErrors = [err20] : vErrors.push(err20), errors++;
          }
        }
        if (data2.labels !== void 0) {
          let data12 = data2.labels;
          if (data12 && typeof data12 == "object" && !Array.isArray(data12))
            for (let key1 in data12) {
              let data13 = data12[key1];
              if (typeof data13 != "string") {
                let err21 = { instancePath: instancePath + "/metadata/labels/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/metadata/properties/labels/additionalProperties/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.metadata.properties.labels.additionalProperties.type, parentSchema: schema11.properties.metadata.properties.labels.additionalProperties, data: data13 };
                vErrors === null ? vErrors = [err21] : vErrors.push(err21), errors++;
              }
            }
          else {
            let err22 = { instancePath: instancePath + "/metadata/labels", schemaPath: "#/properties/metadata/properties/labels/type", keyword: "type", params: { type: "object" }, schema: schema11.properties.metadata.properties.labels.type, parentSchema: schema11.properties.metadata.properties.labels, data: data12 };
            vErrors === null ? vErrors = [err22] : vErrors.push(err22), errors++;
          }
        }
        if (data2.annotations !== void 0) {
          let data14 = data2.annotations;
          if (data14 && typeof data14 == "object" && !Array.isArray(data14))
            for (let key2 in data14) {
              let data15 = data14[key2];
              if (typeof data15 != "string") {
                let err23 = { instancePath: instancePath + "/metadata/annotations/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/metadata/properties/annotations/additionalProperties/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.metadata.properties.annotations.additionalProperties.type, parentSchema: schema11.properties.metadata.properties.annotations.additionalProperties, data: data15 };
                vErrors === null ? vErrors = [err23] : vErrors.push(err23), errors++;
              }
            }
          else {
            let err24 = { instancePath: instancePath + "/metadata/annotations", schemaPath: "#/properties/metadata/properties/annotations/type", keyword: "type", params: { type: "object" }, schema: schema11.properties.metadata.properties.annotations.type, parentSchema: schema11.properties.metadata.properties.annotations, data: data14 };
            vErrors === null ? vErrors = [err24] : vErrors.push(err24), errors++;
          }
        }
      } else {
        let err25 = { instancePath: instancePath + "/metadata", schemaPath: "#/properties/metadata/type", keyword: "type", params: { type: "object" }, schema: schema11.properties.metadata.type, parentSchema: schema11.properties.metadata, data: data2 };
        vErrors === null ? vErrors = [err25] : vErrors.push(err25), errors++;
      }
    }
    if (data.spec !== void 0) {
      let data16 = data.spec;
      if (data16 && typeof data16 == "object" && !Array.isArray(data16)) {
        if (data16.branch === void 0 && (data16.branch = "main"), data16.push === void 0 && (data16.push = {}), data16.commit === void 0 && (data16.commit = {}), data16.secrets === void 0 && (data16.secrets = {}), data16.suspend === void 0 && (data16.suspend = !1), data16.url === void 0) {
          let err26 = { instancePath: instancePath + "/spec", schemaPath: "#/properties/spec/required", keyword: "required", params: { missingProperty: "url" }, schema: schema11.properties.spec.required, parentSchema: schema11.properties.spec, data: data16 };
          vErrors === null ? vErrors = [err26] : vErrors.push(err26), errors++;
        }
        for (let key3 in data16)
          key3 === "url" || key3 === "branch" || key3 === "path" || key3 === "secretRef" || key3 === "push" || key3 === "commit" || key3 === "secrets" || key3 === "suspend" || delete data16[key3];
        if (data16.url !== void 0) {
          let data17 = data16.url;
          if (typeof data17 == "string") {
            if (func2(data17) > 2048) {
              let err27 = { instancePath: instancePath + "/spec/url", schemaPath: "#/properties/spec/properties/url/maxLength", keyword: "maxLength", params: { limit: 2048 }, schema: 2048, parentSchema: schema11.properties.spec.properties.url, data: data17 };
              vErrors === null ? vErrors = [err27] : vErrors.push(err27), errors++;
            }
            if (func2(data17) < 1) {
              let err28 = { instancePath: instancePath + "/spec/url", schemaPath: "#/properties/spec/properties/url/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema11.properties.spec.properties.url, data: data17 };
              vErrors === null ? vErrors = [err28] : vErrors.push(err28), errors++;
            }
            if (!pattern0.test(data17)) {
              let err29 = { instancePath: instancePath + "/spec/url", schemaPath: "#/properties/spec/properties/url/pattern", keyword: "pattern", params: { pattern: "^(ssh://([A-Za-z0-9_][A-Za-z0-9._+%~-]*@)?([A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?/[^\\x00-\\x20\\x7f-\\xa0\\\\?#]+|https?://([A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?/[^\\x00-\\x20\\x7f-\\xa0\\\\?#]+|file:///[^\\x00-\\x20\\x7f-\\xa0\\\\?#]+|[A-Za-z0-9_][A-Za-z0-9._+%~-]*@([A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+\\]):[^\\x00-\\x20\\x7f-\\xa0\\\\?#-][^\\x00-\\x20\\x7f-\\xa0\\\\?#]*)$" }, schema: "^(ssh://([A-Za-z0-9_][A-Za-z0-9._+%~-]*@)?([A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?/[^\\x00-\\x20\\x7f-\\xa0\\\\?#]+|https?://([A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?/[^\\x00-\\x20\\x7f-\\xa0\\\\?#]+|file:///[^\\x00-\\x20\\x7f-\\xa0\\\\?#]+|[A-Za-z0-9_][A-Za-z0-9._+%~-]*@([A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+\\]):[^\\x00-\\x20\\x7f-\\xa0\\\\?#-][^\\x00-\\x20\\x7f-\\xa0\\\\?#]*)$", parentSchema: schema11.properties.spec.properties.url, data: data17 };
              vErrors === null ? vErrors = [err29] : vErrors.push(err29), errors++;
            }
          } else {
            let err30 = { instancePath: instancePath + "/spec/url", schemaPath: "#/properties/spec/properties/url/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.spec.properties.url.type, parentSchema: schema11.properties.spec.properties.url, data: data17 };
            vErrors === null ? vErrors = [err30] : vErrors.push(err30), errors++;
          }
        }
        let data18 = data16.branch;
        if (typeof data18 == "string") {
          if (func2(data18) > 200) {
            let err31 = { instancePath: instancePath + "/spec/branch", schemaPath: "#/properties/spec/properties/branch/maxLength", keyword: "maxLength", params: { limit: 200 }, schema: 200, parentSchema: schema11.properties.spec.properties.branch, data: data18 };
            vErrors === null ? vErrors = [err31] : vErrors.push(err31), errors++;
          }
          if (func2(data18) < 1) {
            let err32 = { instancePath: instancePath + "/spec/branch", schemaPath: "#/properties/spec/properties/branch/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema11.properties.spec.properties.branch, data: data18 };
            vErrors === null ? vErrors = [err32] : vErrors.push(err32), errors++;
          }
          if (!pattern1.test(data18)) {
            let err33 = { instancePath: instancePath + "/spec/branch", schemaPath: "#/properties/spec/properties/branch/pattern", keyword: "pattern", params: { pattern: "^[^\\x00-\\x20\\x7f~^:?*\\[\\\\/.-][^\\x00-\\x20\\x7f~^:?*\\[\\\\/.]*(\\.[^\\x00-\\x20\\x7f~^:?*\\[\\\\/.]+)*(\\.?/[^\\x00-\\x20\\x7f~^:?*\\[\\\\/.]+(\\.[^\\x00-\\x20\\x7f~^:?*\\[\\\\/.]+)*)*$" }, schema: "^[^\\x00-\\x20\\x7f~^:?*\\[\\\\/.-][^\\x00-\\x20\\x7f~^:?*\\[\\\\/.]*(\\.[^\\x00-\\x20\\x7f~^:?*\\[\\\\/.]+)*(\\.?/[^\\x00-\\x20\\x7f~^:?*\\[\\\\/.]+(\\.[^\\x00-\\x20\\x7f~^:?*\\[\\\\/.]+)*)*$", parentSchema: schema11.properties.spec.properties.branch, data: data18 };
            vErrors === null ? vErrors = [err33] : vErrors.push(err33), errors++;
          }
        } else {
          let err34 = { instancePath: instancePath + "/spec/branch", schemaPath: "#/properties/spec/properties/branch/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.spec.properties.branch.type, parentSchema: schema11.properties.spec.properties.branch, data: data18 };
          vErrors === null ? vErrors = [err34] : vErrors.push(err34), errors++;
        }
        if (data16.path !== void 0) {
          let data19 = data16.path;
          if (typeof data19 == "string") {
            if (func2(data19) > 512) {
              let err35 = { instancePath: instancePath + "/spec/path", schemaPath: "#/properties/spec/properties/path/maxLength", keyword: "maxLength", params: { limit: 512 }, schema: 512, parentSchema: schema11.properties.spec.properties.path, data: data19 };
              vErrors === null ? vErrors = [err35] : vErrors.push(err35), errors++;
            }
            if (!pattern2.test(data19)) {
              let err36 = { instancePath: instancePath + "/spec/path", schemaPath: "#/properties/spec/properties/path/pattern", keyword: "pattern", params: { pattern: "^(\\.?[^\\x00-\\x1f\\x7f./\\\\][^\\x00-\\x1f\\x7f/\\\\]*(/\\.?[^\\x00-\\x1f\\x7f./\\\\][^\\x00-\\x1f\\x7f/\\\\]*)*)?$" }, schema: "^(\\.?[^\\x00-\\x1f\\x7f./\\\\][^\\x00-\\x1f\\x7f/\\\\]*(/\\.?[^\\x00-\\x1f\\x7f./\\\\][^\\x00-\\x1f\\x7f/\\\\]*)*)?$", parentSchema: schema11.properties.spec.properties.path, data: data19 };
              vErrors === null ? vErrors = [err36] : vErrors.push(err36), errors++;
            }
          } else {
            let err37 = { instancePath: instancePath + "/spec/path", schemaPath: "#/properties/spec/properties/path/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.spec.properties.path.type, parentSchema: schema11.properties.spec.properties.path, data: data19 };
            vErrors === null ? vErrors = [err37] : vErrors.push(err37), errors++;
          }
        }
        if (data16.secretRef !== void 0) {
          let data20 = data16.secretRef;
          if (data20 && typeof data20 == "object" && !Array.isArray(data20)) {
            if (data20.name === void 0) {
              let err38 = { instancePath: instancePath + "/spec/secretRef", schemaPath: "#/properties/spec/properties/secretRef/required", keyword: "required", params: { missingProperty: "name" }, schema: schema11.properties.spec.properties.secretRef.required, parentSchema: schema11.properties.spec.properties.secretRef, data: data20 };
              vErrors === null ? vErrors = [err38] : vErrors.push(err38), errors++;
            }
            for (let key4 in data20)
              key4 !== "name" && delete data20[key4];
            if (data20.name !== void 0) {
              let data21 = data20.name;
              if (typeof data21 == "string") {
                if (func2(data21) > 253) {
                  let err39 = { instancePath: instancePath + "/spec/secretRef/name", schemaPath: "#/properties/spec/properties/secretRef/properties/name/maxLength", keyword: "maxLength", params: { limit: 253 }, schema: 253, parentSchema: schema11.properties.spec.properties.secretRef.properties.name, data: data21 };
                  vErrors === null ? vErrors = [err39] : vErrors.push(err39), errors++;
                }
                if (func2(data21) < 1) {
                  let err40 = { instancePath: instancePath + "/spec/secretRef/name", schemaPath: "#/properties/spec/properties/secretRef/properties/name/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema11.properties.spec.properties.secretRef.properties.name, data: data21 };
                  vErrors === null ? vErrors = [err40] : vErrors.push(err40), errors++;
                }
                if (!pattern3.test(data21)) {
                  let err41 = { instancePath: instancePath + "/spec/secretRef/name", schemaPath: "#/properties/spec/properties/secretRef/properties/name/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$" }, schema: "^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$", parentSchema: schema11.properties.spec.properties.secretRef.properties.name, data: data21 };
                  vErrors === null ? vErrors = [err41] : vErrors.push(err41), errors++;
                }
              } else {
                let err42 = { instancePath: instancePath + "/spec/secretRef/name", schemaPath: "#/properties/spec/properties/secretRef/properties/name/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.spec.properties.secretRef.properties.name.type, parentSchema: schema11.properties.spec.properties.secretRef.properties.name, data: data21 };
                vErrors === null ? vErrors = [err42] : vErrors.push(err42), errors++;
              }
            }
          } else {
            let err43 = { instancePath: instancePath + "/spec/secretRef", schemaPath: "#/properties/spec/properties/secretRef/type", keyword: "type", params: { type: "object" }, schema: schema11.properties.spec.properties.secretRef.type, parentSchema: schema11.properties.spec.properties.secretRef, data: data20 };
            vErrors === null ? vErrors = [err43] : vErrors.push(err43), errors++;
          }
        }
        let data22 = data16.push;
        if (data22 && typeof data22 == "object" && !Array.isArray(data22)) {
          data22.minInterval === void 0 && (data22.minInterval = "1s"), data22.maxCommits === void 0 && (data22.maxCommits = 1e3);
          for (let key5 in data22)
            key5 === "minInterval" || key5 === "maxCommits" || delete data22[key5];
          let data23 = data22.minInterval;
          if (typeof data23 == "string") {
            if (func2(data23) > 32) {
              let err44 = { instancePath: instancePath + "/spec/push/minInterval", schemaPath: "#/properties/spec/properties/push/properties/minInterval/maxLength", keyword: "maxLength", params: { limit: 32 }, schema: 32, parentSchema: schema11.properties.spec.properties.push.properties.minInterval, data: data23 };
              vErrors === null ? vErrors = [err44] : vErrors.push(err44), errors++;
            }
            if (func2(data23) < 1) {
              let err45 = { instancePath: instancePath + "/spec/push/minInterval", schemaPath: "#/properties/spec/properties/push/properties/minInterval/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema11.properties.spec.properties.push.properties.minInterval, data: data23 };
              vErrors === null ? vErrors = [err45] : vErrors.push(err45), errors++;
            }
            if (!pattern4.test(data23)) {
              let err46 = { instancePath: instancePath + "/spec/push/minInterval", schemaPath: "#/properties/spec/properties/push/properties/minInterval/pattern", keyword: "pattern", params: { pattern: "^(0|([0-9]{1,8}(\\.[0-9]{1,3})?(h|ms|m|s)){1,4})$" }, schema: "^(0|([0-9]{1,8}(\\.[0-9]{1,3})?(h|ms|m|s)){1,4})$", parentSchema: schema11.properties.spec.properties.push.properties.minInterval, data: data23 };
              vErrors === null ? vErrors = [err46] : vErrors.push(err46), errors++;
            }
          } else {
            let err47 = { instancePath: instancePath + "/spec/push/minInterval", schemaPath: "#/properties/spec/properties/push/properties/minInterval/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.spec.properties.push.properties.minInterval.type, parentSchema: schema11.properties.spec.properties.push.properties.minInterval, data: data23 };
            vErrors === null ? vErrors = [err47] : vErrors.push(err47), errors++;
          }
          let data24 = data22.maxCommits;
          if (!(typeof data24 == "number" && !(data24 % 1) && !isNaN(data24) && isFinite(data24))) {
            let err48 = { instancePath: instancePath + "/spec/push/maxCommits", schemaPath: "#/properties/spec/properties/push/properties/maxCommits/type", keyword: "type", params: { type: "integer" }, schema: schema11.properties.spec.properties.push.properties.maxCommits.type, parentSchema: schema11.properties.spec.properties.push.properties.maxCommits, data: data24 };
            vErrors === null ? vErrors = [err48] : vErrors.push(err48), errors++;
          }
          if (typeof data24 == "number" && isFinite(data24)) {
            if (data24 > 1e4 || isNaN(data24)) {
              let err49 = { instancePath: instancePath + "/spec/push/maxCommits", schemaPath: "#/properties/spec/properties/push/properties/maxCommits/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e4 }, schema: 1e4, parentSchema: schema11.properties.spec.properties.push.properties.maxCommits, data: data24 };
              vErrors === null ? vErrors = [err49] : vErrors.push(err49), errors++;
            }
            if (data24 < 1 || isNaN(data24)) {
              let err50 = { instancePath: instancePath + "/spec/push/maxCommits", schemaPath: "#/properties/spec/properties/push/properties/maxCommits/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, schema: 1, parentSchema: schema11.properties.spec.properties.push.properties.maxCommits, data: data24 };
              vErrors === null ? vErrors = [err50] : vErrors.push(err50), errors++;
            }
          }
        } else {
          let err51 = { instancePath: instancePath + "/spec/push", schemaPath: "#/properties/spec/properties/push/type", keyword: "type", params: { type: "object" }, schema: schema11.properties.spec.properties.push.type, parentSchema: schema11.properties.spec.properties.push, data: data22 };
          vErrors === null ? vErrors = [err51] : vErrors.push(err51), errors++;
        }
        let data25 = data16.commit;
        if (data25 && typeof data25 == "object" && !Array.isArray(data25)) {
          data25.authorEmailDomain === void 0 && (data25.authorEmailDomain = "cluster.local"), data25.committer === void 0 && (data25.committer = {}), data25.maxFileBytes === void 0 && (data25.maxFileBytes = 4194304);
          for (let key6 in data25)
            key6 === "authorEmailDomain" || key6 === "committer" || key6 === "messageTemplate" || key6 === "maxFileBytes" || delete data25[key6];
          let data26 = data25.authorEmailDomain;
          if (typeof data26 == "string") {
            if (func2(data26) > 253) {
              let err52 = { instancePath: instancePath + "/spec/commit/authorEmailDomain", schemaPath: "#/properties/spec/properties/commit/properties/authorEmailDomain/maxLength", keyword: "maxLength", params: { limit: 253 }, schema: 253, parentSchema: schema11.properties.spec.properties.commit.properties.authorEmailDomain, data: data26 };
              vErrors === null ? vErrors = [err52] : vErrors.push(err52), errors++;
            }
            if (func2(data26) < 1) {
              let err53 = { instancePath: instancePath + "/spec/commit/authorEmailDomain", schemaPath: "#/properties/spec/properties/commit/properties/authorEmailDomain/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema11.properties.spec.properties.commit.properties.authorEmailDomain, data: data26 };
              vErrors === null ? vErrors = [err53] : vErrors.push(err53), errors++;
            }
            if (!pattern5.test(data26)) {
              let err54 = { instancePath: instancePath + "/spec/commit/authorEmailDomain", schemaPath: "#/properties/spec/properties/commit/properties/authorEmailDomain/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$" }, schema: "^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$", parentSchema: schema11.properties.spec.properties.commit.properties.authorEmailDomain, data: data26 };
              vErrors === null ? vErrors = [err54] : vErrors.push(err54), errors++;
            }
          } else {
            let err55 = { instancePath: instancePath + "/spec/commit/authorEmailDomain", schemaPath: "#/properties/spec/properties/commit/properties/authorEmailDomain/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.spec.properties.commit.properties.authorEmailDomain.type, parentSchema: schema11.properties.spec.properties.commit.properties.authorEmailDomain, data: data26 };
            vErrors === null ? vErrors = [err55] : vErrors.push(err55), errors++;
          }
          let data27 = data25.committer;
          if (data27 && typeof data27 == "object" && !Array.isArray(data27)) {
            data27.name === void 0 && (data27.name = "GitOps Reverser"), data27.email === void 0 && (data27.email = "gitops-reverser@cluster.local");
            for (let key7 in data27)
              key7 === "name" || key7 === "email" || delete data27[key7];
            let data28 = data27.name;
            if (typeof data28 == "string") {
              if (func2(data28) > 128) {
                let err56 = { instancePath: instancePath + "/spec/commit/committer/name", schemaPath: "#/properties/spec/properties/commit/properties/committer/properties/name/maxLength", keyword: "maxLength", params: { limit: 128 }, schema: 128, parentSchema: schema11.properties.spec.properties.commit.properties.committer.properties.name, data: data28 };
                vErrors === null ? vErrors = [err56] : vErrors.push(err56), errors++;
              }
              if (func2(data28) < 1) {
                let err57 = { instancePath: instancePath + "/spec/commit/committer/name", schemaPath: "#/properties/spec/properties/commit/properties/committer/properties/name/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema11.properties.spec.properties.commit.properties.committer.properties.name, data: data28 };
                vErrors === null ? vErrors = [err57] : vErrors.push(err57), errors++;
              }
              if (!pattern6.test(data28)) {
                let err58 = { instancePath: instancePath + "/spec/commit/committer/name", schemaPath: "#/properties/spec/properties/commit/properties/committer/properties/name/pattern", keyword: "pattern", params: { pattern: `^[ .,:;"'\\\\]*[^<>\\x00-\\x20\\x7f.,:;"'\\\\][^<>\\x00-\\x1f\\x7f]*$` }, schema: `^[ .,:;"'\\\\]*[^<>\\x00-\\x20\\x7f.,:;"'\\\\][^<>\\x00-\\x1f\\x7f]*$`, parentSchema: schema11.properties.spec.properties.commit.properties.committer.properties.name, data: data28 };
                vErrors === null ? vErrors = [err58] : vErrors.push(err58), errors++;
              }
            } else {
              let err59 = { instancePath: instancePath + "/spec/commit/committer/name", schemaPath: "#/properties/spec/properties/commit/properties/committer/properties/name/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.spec.properties.commit.properties.committer.properties.name.type, parentSchema: schema11.properties.spec.properties.commit.properties.committer.properties.name, data: data28 };
              vErrors === null ? vErrors = [err59] : vErrors.push(err59), errors++;
            }
            let data29 = data27.email;
            if (typeof data29 == "string") {
              if (func2(data29) > 254) {
                let err60 = { instancePath: instancePath + "/spec/commit/committer/email", schemaPath: "#/properties/spec/properties/commit/properties/committer/properties/email/maxLength", keyword: "maxLength", params: { limit: 254 }, schema: 254, parentSchema: schema11.properties.spec.properties.commit.properties.committer.properties.email, data: data29 };
                vErrors === null ? vErrors = [err60] : vErrors.push(err60), errors++;
              }
              if (func2(data29) < 3) {
                let err61 = { instancePath: instancePath + "/spec/commit/committer/email", schemaPath: "#/properties/spec/properties/commit/properties/committer/properties/email/minLength", keyword: "minLength", params: { limit: 3 }, schema: 3, parentSchema: schema11.properties.spec.properties.commit.properties.committer.properties.email, data: data29 };
                vErrors === null ? vErrors = [err61] : vErrors.push(err61), errors++;
              }
              if (!pattern7.test(data29)) {
                let err62 = { instancePath: instancePath + "/spec/commit/committer/email", schemaPath: "#/properties/spec/properties/commit/properties/committer/properties/email/pattern", keyword: "pattern", params: { pattern: "^[^<>@\\x00-\\x20\\x7f]+@[^<>@\\x00-\\x20\\x7f]+$" }, schema: "^[^<>@\\x00-\\x20\\x7f]+@[^<>@\\x00-\\x20\\x7f]+$", parentSchema: schema11.properties.spec.properties.commit.properties.committer.properties.email, data: data29 };
                vErrors === null ? vErrors = [err62] : vErrors.push(err62), errors++;
              }
            } else {
              let err63 = { instancePath: instancePath + "/spec/commit/committer/email", schemaPath: "#/properties/spec/properties/commit/properties/committer/properties/email/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.spec.properties.commit.properties.committer.properties.email.type, parentSchema: schema11.properties.spec.properties.commit.properties.committer.properties.email, data: data29 };
              vErrors === null ? vErrors = [err63] : vErrors.push(err63), errors++;
            }
          } else {
            let err64 = { instancePath: instancePath + "/spec/commit/committer", schemaPath: "#/properties/spec/properties/commit/properties/committer/type", keyword: "type", params: { type: "object" }, schema: schema11.properties.spec.properties.commit.properties.committer.type, parentSchema: schema11.properties.spec.properties.commit.properties.committer, data: data27 };
            vErrors === null ? vErrors = [err64] : vErrors.push(err64), errors++;
          }
          if (data25.messageTemplate !== void 0) {
            let data30 = data25.messageTemplate;
            if (typeof data30 == "string") {
              if (func2(data30) > 4096) {
                let err65 = { instancePath: instancePath + "/spec/commit/messageTemplate", schemaPath: "#/properties/spec/properties/commit/properties/messageTemplate/maxLength", keyword: "maxLength", params: { limit: 4096 }, schema: 4096, parentSchema: schema11.properties.spec.properties.commit.properties.messageTemplate, data: data30 };
                vErrors === null ? vErrors = [err65] : vErrors.push(err65), errors++;
              }
              if (func2(data30) < 1) {
                let err66 = { instancePath: instancePath + "/spec/commit/messageTemplate", schemaPath: "#/properties/spec/properties/commit/properties/messageTemplate/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema11.properties.spec.properties.commit.properties.messageTemplate, data: data30 };
                vErrors === null ? vErrors = [err66] : vErrors.push(err66), errors++;
              }
              if (!pattern8.test(data30)) {
                let err67 = { instancePath: instancePath + "/spec/commit/messageTemplate", schemaPath: "#/properties/spec/properties/commit/properties/messageTemplate/pattern", keyword: "pattern", params: { pattern: "^[^\\x00]*$" }, schema: "^[^\\x00]*$", parentSchema: schema11.properties.spec.properties.commit.properties.messageTemplate, data: data30 };
                vErrors === null ? vErrors = [err67] : vErrors.push(err67), errors++;
              }
            } else {
              let err68 = { instancePath: instancePath + "/spec/commit/messageTemplate", schemaPath: "#/properties/spec/properties/commit/properties/messageTemplate/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.spec.properties.commit.properties.messageTemplate.type, parentSchema: schema11.properties.spec.properties.commit.properties.messageTemplate, data: data30 };
              vErrors === null ? vErrors = [err68] : vErrors.push(err68), errors++;
            }
          }
          let data31 = data25.maxFileBytes;
          if (!(typeof data31 == "number" && !(data31 % 1) && !isNaN(data31) && isFinite(data31))) {
            let err69 = { instancePath: instancePath + "/spec/commit/maxFileBytes", schemaPath: "#/properties/spec/properties/commit/properties/maxFileBytes/type", keyword: "type", params: { type: "integer" }, schema: schema11.properties.spec.properties.commit.properties.maxFileBytes.type, parentSchema: schema11.properties.spec.properties.commit.properties.maxFileBytes, data: data31 };
            vErrors === null ? vErrors = [err69] : vErrors.push(err69), errors++;
          }
          if (typeof data31 == "number" && isFinite(data31)) {
            if (data31 > 8388608 || isNaN(data31)) {
              let err70 = { instancePath: instancePath + "/spec/commit/maxFileBytes", schemaPath: "#/properties/spec/properties/commit/properties/maxFileBytes/maximum", keyword: "maximum", params: { comparison: "<=", limit: 8388608 }, schema: 8388608, parentSchema: schema11.properties.spec.properties.commit.properties.maxFileBytes, data: data31 };
              vErrors === null ? vErrors = [err70] : vErrors.push(err70), errors++;
            }
            if (data31 < 1024 || isNaN(data31)) {
              let err71 = { instancePath: instancePath + "/spec/commit/maxFileBytes", schemaPath: "#/properties/spec/properties/commit/properties/maxFileBytes/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1024 }, schema: 1024, parentSchema: schema11.properties.spec.properties.commit.properties.maxFileBytes, data: data31 };
              vErrors === null ? vErrors = [err71] : vErrors.push(err71), errors++;
            }
          }
        } else {
          let err72 = { instancePath: instancePath + "/spec/commit", schemaPath: "#/properties/spec/properties/commit/type", keyword: "type", params: { type: "object" }, schema: schema11.properties.spec.properties.commit.type, parentSchema: schema11.properties.spec.properties.commit, data: data25 };
          vErrors === null ? vErrors = [err72] : vErrors.push(err72), errors++;
        }
        let data32 = data16.secrets;
        if (data32 && typeof data32 == "object" && !Array.isArray(data32)) {
          data32.policy === void 0 && (data32.policy = "Redact");
          for (let key8 in data32)
            key8 === "policy" || key8 === "additionalSensitiveKinds" || delete data32[key8];
          let data33 = data32.policy;
          if (typeof data33 != "string") {
            let err73 = { instancePath: instancePath + "/spec/secrets/policy", schemaPath: "#/properties/spec/properties/secrets/properties/policy/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.spec.properties.secrets.properties.policy.type, parentSchema: schema11.properties.spec.properties.secrets.properties.policy, data: data33 };
            vErrors === null ? vErrors = [err73] : vErrors.push(err73), errors++;
          }
          if (!(data33 === "Redact" || data33 === "Skip")) {
            let err74 = { instancePath: instancePath + "/spec/secrets/policy", schemaPath: "#/properties/spec/properties/secrets/properties/policy/enum", keyword: "enum", params: { allowedValues: schema11.properties.spec.properties.secrets.properties.policy.enum }, schema: schema11.properties.spec.properties.secrets.properties.policy.enum, parentSchema: schema11.properties.spec.properties.secrets.properties.policy, data: data33 };
            vErrors === null ? vErrors = [err74] : vErrors.push(err74), errors++;
          }
          if (data32.additionalSensitiveKinds !== void 0) {
            let data34 = data32.additionalSensitiveKinds;
            if (Array.isArray(data34)) {
              if (data34.length > 32) {
                let err75 = { instancePath: instancePath + "/spec/secrets/additionalSensitiveKinds", schemaPath: "#/properties/spec/properties/secrets/properties/additionalSensitiveKinds/maxItems", keyword: "maxItems", params: { limit: 32 }, schema: 32, parentSchema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds, data: data34 };
                vErrors === null ? vErrors = [err75] : vErrors.push(err75), errors++;
              }
              let len1 = data34.length;
              for (let i1 = 0; i1 < len1; i1++) {
                let data35 = data34[i1];
                if (data35 && typeof data35 == "object" && !Array.isArray(data35)) {
                  if (data35.apiVersion === void 0) {
                    let err76 = { instancePath: instancePath + "/spec/secrets/additionalSensitiveKinds/" + i1, schemaPath: "#/properties/spec/properties/secrets/properties/additionalSensitiveKinds/items/required", keyword: "required", params: { missingProperty: "apiVersion" }, schema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.required, parentSchema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items, data: data35 };
                    vErrors === null ? vErrors = [err76] : vErrors.push(err76), errors++;
                  }
                  if (data35.kind === void 0) {
                    let err77 = { instancePath: instancePath + "/spec/secrets/additionalSensitiveKinds/" + i1, schemaPath: "#/properties/spec/properties/secrets/properties/additionalSensitiveKinds/items/required", keyword: "required", params: { missingProperty: "kind" }, schema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.required, parentSchema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items, data: data35 };
                    vErrors === null ? vErrors = [err77] : vErrors.push(err77), errors++;
                  }
                  for (let key9 in data35)
                    key9 === "apiVersion" || key9 === "kind" || key9 === "fields" || delete data35[key9];
                  if (data35.apiVersion !== void 0) {
                    let data36 = data35.apiVersion;
                    if (typeof data36 == "string") {
                      if (func2(data36) > 317) {
                        let err78 = { instancePath: instancePath + "/spec/secrets/additionalSensitiveKinds/" + i1 + "/apiVersion", schemaPath: "#/properties/spec/properties/secrets/properties/additionalSensitiveKinds/items/properties/apiVersion/maxLength", keyword: "maxLength", params: { limit: 317 }, schema: 317, parentSchema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.properties.apiVersion, data: data36 };
                        vErrors === null ? vErrors = [err78] : vErrors.push(err78), errors++;
                      }
                      if (func2(data36) < 1) {
                        let err79 = { instancePath: instancePath + "/spec/secrets/additionalSensitiveKinds/" + i1 + "/apiVersion", schemaPath: "#/properties/spec/properties/secrets/properties/additionalSensitiveKinds/items/properties/apiVersion/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.properties.apiVersion, data: data36 };
                        vErrors === null ? vErrors = [err79] : vErrors.push(err79), errors++;
                      }
                      if (!pattern9.test(data36)) {
                        let err80 = { instancePath: instancePath + "/spec/secrets/additionalSensitiveKinds/" + i1 + "/apiVersion", schemaPath: "#/properties/spec/properties/secrets/properties/additionalSensitiveKinds/items/properties/apiVersion/pattern", keyword: "pattern", params: { pattern: "^(v1|[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/(\\*|[a-z]([a-z0-9-]{0,61}[a-z0-9])?))$" }, schema: "^(v1|[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/(\\*|[a-z]([a-z0-9-]{0,61}[a-z0-9])?))$", parentSchema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.properties.apiVersion, data: data36 };
                        vErrors === null ? vErrors = [err80] : vErrors.push(err80), errors++;
                      }
                    } else {
                      let err81 = { instancePath: instancePath + "/spec/secrets/additionalSensitiveKinds/" + i1 + "/apiVersion", schemaPath: "#/properties/spec/properties/secrets/properties/additionalSensitiveKinds/items/properties/apiVersion/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.properties.apiVersion.type, parentSchema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.properties.apiVersion, data: data36 };
                      vErrors === null ? vErrors = [err81] : vErrors.push(err81), errors++;
                    }
                  }
                  if (data35.kind !== void 0) {
                    let data37 = data35.kind;
                    if (typeof data37 == "string") {
                      if (func2(data37) > 63) {
                        let err82 = { instancePath: instancePath + "/spec/secrets/additionalSensitiveKinds/" + i1 + "/kind", schemaPath: "#/properties/spec/properties/secrets/properties/additionalSensitiveKinds/items/properties/kind/maxLength", keyword: "maxLength", params: { limit: 63 }, schema: 63, parentSchema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.properties.kind, data: data37 };
                        vErrors === null ? vErrors = [err82] : vErrors.push(err82), errors++;
                      }
                      if (func2(data37) < 1) {
                        let err83 = { instancePath: instancePath + "/spec/secrets/additionalSensitiveKinds/" + i1 + "/kind", schemaPath: "#/properties/spec/properties/secrets/properties/additionalSensitiveKinds/items/properties/kind/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.properties.kind, data: data37 };
                        vErrors === null ? vErrors = [err83] : vErrors.push(err83), errors++;
                      }
                      if (!pattern10.test(data37)) {
                        let err84 = { instancePath: instancePath + "/spec/secrets/additionalSensitiveKinds/" + i1 + "/kind", schemaPath: "#/properties/spec/properties/secrets/properties/additionalSensitiveKinds/items/properties/kind/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?$" }, schema: "^[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?$", parentSchema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.properties.kind, data: data37 };
                        vErrors === null ? vErrors = [err84] : vErrors.push(err84), errors++;
                      }
                    } else {
                      let err85 = { instancePath: instancePath + "/spec/secrets/additionalSensitiveKinds/" + i1 + "/kind", schemaPath: "#/properties/spec/properties/secrets/properties/additionalSensitiveKinds/items/properties/kind/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.properties.kind.type, parentSchema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.properties.kind, data: data37 };
                      vErrors === null ? vErrors = [err85] : vErrors.push(err85), errors++;
                    }
                  }
                  if (data35.fields !== void 0) {
                    let data38 = data35.fields;
                    if (Array.isArray(data38)) {
                      if (data38.length > 16) {
                        let err86 = { instancePath: instancePath + "/spec/secrets/additionalSensitiveKinds/" + i1 + "/fields", schemaPath: "#/properties/spec/properties/secrets/properties/additionalSensitiveKinds/items/properties/fields/maxItems", keyword: "maxItems", params: { limit: 16 }, schema: 16, parentSchema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.properties.fields, data: data38 };
                        vErrors === null ? vErrors = [err86] : vErrors.push(err86), errors++;
                      }
                      if (data38.length < 1) {
                        let err87 = { instancePath: instancePath + "/spec/secrets/additionalSensitiveKinds/" + i1 + "/fields", schemaPath: "#/properties/spec/properties/secrets/properties/additionalSensitiveKinds/items/properties/fields/minItems", keyword: "minItems", params: { limit: 1 }, schema: 1, parentSchema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.properties.fields, data: data38 };
                        vErrors === null ? vErrors = [err87] : vErrors.push(err87), errors++;
                      }
                      let len2 = data38.length;
                      for (let i2 = 0; i2 < len2; i2++) {
                        let data39 = data38[i2];
                        if (typeof data39 == "string") {
                          if (func2(data39) > 512) {
                            let err88 = { instancePath: instancePath + "/spec/secrets/additionalSensitiveKinds/" + i1 + "/fields/" + i2, schemaPath: "#/properties/spec/properties/secrets/properties/additionalSensitiveKinds/items/properties/fields/items/maxLength", keyword: "maxLength", params: { limit: 512 }, schema: 512, parentSchema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.properties.fields.items, data: data39 };
                            vErrors === null ? vErrors = [err88] : vErrors.push(err88), errors++;
                          }
                          if (func2(data39) < 1) {
                            let err89 = { instancePath: instancePath + "/spec/secrets/additionalSensitiveKinds/" + i1 + "/fields/" + i2, schemaPath: "#/properties/spec/properties/secrets/properties/additionalSensitiveKinds/items/properties/fields/items/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.properties.fields.items, data: data39 };
                            vErrors === null ? vErrors = [err89] : vErrors.push(err89), errors++;
                          }
                          if (!pattern11.test(data39)) {
                            let err90 = { instancePath: instancePath + "/spec/secrets/additionalSensitiveKinds/" + i1 + "/fields/" + i2, schemaPath: "#/properties/spec/properties/secrets/properties/additionalSensitiveKinds/items/properties/fields/items/pattern", keyword: "pattern", params: { pattern: '^[A-Za-z_][A-Za-z0-9_-]*(\\.([A-Za-z0-9_-]+|\\*)|\\[("[^"\\\\\\x00-\\x1f\\x7f]+"|\\*)\\])*$' }, schema: '^[A-Za-z_][A-Za-z0-9_-]*(\\.([A-Za-z0-9_-]+|\\*)|\\[("[^"\\\\\\x00-\\x1f\\x7f]+"|\\*)\\])*$', parentSchema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.properties.fields.items, data: data39 };
                            vErrors === null ? vErrors = [err90] : vErrors.push(err90), errors++;
                          }
                        } else {
                          let err91 = { instancePath: instancePath + "/spec/secrets/additionalSensitiveKinds/" + i1 + "/fields/" + i2, schemaPath: "#/properties/spec/properties/secrets/properties/additionalSensitiveKinds/items/properties/fields/items/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.properties.fields.items.type, parentSchema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.properties.fields.items, data: data39 };
                          vErrors === null ? vErrors = [err91] : vErrors.push(err91), errors++;
                        }
                      }
                    } else {
                      let err92 = { instancePath: instancePath + "/spec/secrets/additionalSensitiveKinds/" + i1 + "/fields", schemaPath: "#/properties/spec/properties/secrets/properties/additionalSensitiveKinds/items/properties/fields/type", keyword: "type", params: { type: "array" }, schema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.properties.fields.type, parentSchema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.properties.fields, data: data38 };
                      vErrors === null ? vErrors = [err92] : vErrors.push(err92), errors++;
                    }
                  }
                } else {
                  let err93 = { instancePath: instancePath + "/spec/secrets/additionalSensitiveKinds/" + i1, schemaPath: "#/properties/spec/properties/secrets/properties/additionalSensitiveKinds/items/type", keyword: "type", params: { type: "object" }, schema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items.type, parentSchema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.items, data: data35 };
                  vErrors === null ? vErrors = [err93] : vErrors.push(err93), errors++;
                }
              }
            } else {
              let err94 = { instancePath: instancePath + "/spec/secrets/additionalSensitiveKinds", schemaPath: "#/properties/spec/properties/secrets/properties/additionalSensitiveKinds/type", keyword: "type", params: { type: "array" }, schema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds.type, parentSchema: schema11.properties.spec.properties.secrets.properties.additionalSensitiveKinds, data: data34 };
              vErrors === null ? vErrors = [err94] : vErrors.push(err94), errors++;
            }
          }
        } else {
          let err95 = { instancePath: instancePath + "/spec/secrets", schemaPath: "#/properties/spec/properties/secrets/type", keyword: "type", params: { type: "object" }, schema: schema11.properties.spec.properties.secrets.type, parentSchema: schema11.properties.spec.properties.secrets, data: data32 };
          vErrors === null ? vErrors = [err95] : vErrors.push(err95), errors++;
        }
        let data40 = data16.suspend;
        if (typeof data40 != "boolean") {
          let err96 = { instancePath: instancePath + "/spec/suspend", schemaPath: "#/properties/spec/properties/suspend/type", keyword: "type", params: { type: "boolean" }, schema: schema11.properties.spec.properties.suspend.type, parentSchema: schema11.properties.spec.properties.suspend, data: data40 };
          vErrors === null ? vErrors = [err96] : vErrors.push(err96), errors++;
        }
      } else {
        let err97 = { instancePath: instancePath + "/spec", schemaPath: "#/properties/spec/type", keyword: "type", params: { type: "object" }, schema: schema11.properties.spec.type, parentSchema: schema11.properties.spec, data: data16 };
        vErrors === null ? vErrors = [err97] : vErrors.push(err97), errors++;
      }
    }
    if (data.status !== void 0) {
      let data41 = data.status;
      if (data41 && typeof data41 == "object" && !Array.isArray(data41)) {
        for (let key10 in data41)
          key10 === "observedGeneration" || key10 === "conditions" || key10 === "lastPushedCommit" || key10 === "lastPushTime" || key10 === "pendingCommits" || key10 === "droppedCommits" || delete data41[key10];
        if (data41.observedGeneration !== void 0) {
          let data42 = data41.observedGeneration;
          if (!(typeof data42 == "number" && !(data42 % 1) && !isNaN(data42) && isFinite(data42))) {
            let err98 = { instancePath: instancePath + "/status/observedGeneration", schemaPath: "#/properties/status/properties/observedGeneration/type", keyword: "type", params: { type: "integer" }, schema: schema11.properties.status.properties.observedGeneration.type, parentSchema: schema11.properties.status.properties.observedGeneration, data: data42 };
            vErrors === null ? vErrors = [err98] : vErrors.push(err98), errors++;
          }
          if (typeof data42 == "number" && isFinite(data42) && (data42 < 0 || isNaN(data42))) {
            let err99 = { instancePath: instancePath + "/status/observedGeneration", schemaPath: "#/properties/status/properties/observedGeneration/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, schema: 0, parentSchema: schema11.properties.status.properties.observedGeneration, data: data42 };
            vErrors === null ? vErrors = [err99] : vErrors.push(err99), errors++;
          }
        }
        if (data41.conditions !== void 0) {
          let data43 = data41.conditions;
          if (Array.isArray(data43)) {
            if (data43.length > 16) {
              let err100 = { instancePath: instancePath + "/status/conditions", schemaPath: "#/properties/status/properties/conditions/maxItems", keyword: "maxItems", params: { limit: 16 }, schema: 16, parentSchema: schema11.properties.status.properties.conditions, data: data43 };
              vErrors === null ? vErrors = [err100] : vErrors.push(err100), errors++;
            }
            let len3 = data43.length;
            for (let i3 = 0; i3 < len3; i3++) {
              let data44 = data43[i3];
              if (data44 && typeof data44 == "object" && !Array.isArray(data44)) {
                if (data44.type === void 0) {
                  let err101 = { instancePath: instancePath + "/status/conditions/" + i3, schemaPath: "#/properties/status/properties/conditions/items/required", keyword: "required", params: { missingProperty: "type" }, schema: schema11.properties.status.properties.conditions.items.required, parentSchema: schema11.properties.status.properties.conditions.items, data: data44 };
                  vErrors === null ? vErrors = [err101] : vErrors.push(err101), errors++;
                }
                if (data44.status === void 0) {
                  let err102 = { instancePath: instancePath + "/status/conditions/" + i3, schemaPath: "#/properties/status/properties/conditions/items/required", keyword: "required", params: { missingProperty: "status" }, schema: schema11.properties.status.properties.conditions.items.required, parentSchema: schema11.properties.status.properties.conditions.items, data: data44 };
                  vErrors === null ? vErrors = [err102] : vErrors.push(err102), errors++;
                }
                if (data44.reason === void 0) {
                  let err103 = { instancePath: instancePath + "/status/conditions/" + i3, schemaPath: "#/properties/status/properties/conditions/items/required", keyword: "required", params: { missingProperty: "reason" }, schema: schema11.properties.status.properties.conditions.items.required, parentSchema: schema11.properties.status.properties.conditions.items, data: data44 };
                  vErrors === null ? vErrors = [err103] : vErrors.push(err103), errors++;
                }
                if (data44.message === void 0) {
                  let err104 = { instancePath: instancePath + "/status/conditions/" + i3, schemaPath: "#/properties/status/properties/conditions/items/required", keyword: "required", params: { missingProperty: "message" }, schema: schema11.properties.status.properties.conditions.items.required, parentSchema: schema11.properties.status.properties.conditions.items, data: data44 };
                  vErrors === null ? vErrors = [err104] : vErrors.push(err104), errors++;
                }
                if (data44.lastTransitionTime === void 0) {
                  let err105 = { instancePath: instancePath + "/status/conditions/" + i3, schemaPath: "#/properties/status/properties/conditions/items/required", keyword: "required", params: { missingProperty: "lastTransitionTime" }, schema: schema11.properties.status.properties.conditions.items.required, parentSchema: schema11.properties.status.properties.conditions.items, data: data44 };
                  vErrors === null ? vErrors = [err105] : vErrors.push(err105), errors++;
                }
                for (let key11 in data44)
                  key11 === "type" || key11 === "status" || key11 === "reason" || key11 === "message" || key11 === "lastTransitionTime" || key11 === "observedGeneration" || delete data44[key11];
                if (data44.type !== void 0) {
                  let data45 = data44.type;
                  if (typeof data45 == "string") {
                    if (func2(data45) > 316) {
                      let err106 = { instancePath: instancePath + "/status/conditions/" + i3 + "/type", schemaPath: "#/properties/status/properties/conditions/items/properties/type/maxLength", keyword: "maxLength", params: { limit: 316 }, schema: 316, parentSchema: schema11.properties.status.properties.conditions.items.properties.type, data: data45 };
                      vErrors === null ? vErrors = [err106] : vErrors.push(err106), errors++;
                    }
                    if (func2(data45) < 1) {
                      let err107 = { instancePath: instancePath + "/status/conditions/" + i3 + "/type", schemaPath: "#/properties/status/properties/conditions/items/properties/type/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema11.properties.status.properties.conditions.items.properties.type, data: data45 };
                      vErrors === null ? vErrors = [err107] : vErrors.push(err107), errors++;
                    }
                    if (!pattern12.test(data45)) {
                      let err108 = { instancePath: instancePath + "/status/conditions/" + i3 + "/type", schemaPath: "#/properties/status/properties/conditions/items/properties/type/pattern", keyword: "pattern", params: { pattern: "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$" }, schema: "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$", parentSchema: schema11.properties.status.properties.conditions.items.properties.type, data: data45 };
                      vErrors === null ? vErrors = [err108] : vErrors.push(err108), errors++;
                    }
                  } else {
                    let err109 = { instancePath: instancePath + "/status/conditions/" + i3 + "/type", schemaPath: "#/properties/status/properties/conditions/items/properties/type/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.status.properties.conditions.items.properties.type.type, parentSchema: schema11.properties.status.properties.conditions.items.properties.type, data: data45 };
                    vErrors === null ? vErrors = [err109] : vErrors.push(err109), errors++;
                  }
                }
                if (data44.status !== void 0) {
                  let data46 = data44.status;
                  if (typeof data46 != "string") {
                    let err110 = { instancePath: instancePath + "/status/conditions/" + i3 + "/status", schemaPath: "#/properties/status/properties/conditions/items/properties/status/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.status.properties.conditions.items.properties.status.type, parentSchema: schema11.properties.status.properties.conditions.items.properties.status, data: data46 };
                    vErrors === null ? vErrors = [err110] : vErrors.push(err110), errors++;
                  }
                  if (!(data46 === "True" || data46 === "False" || data46 === "Unknown")) {
                    let err111 = { instancePath: instancePath + "/status/conditions/" + i3 + "/status", schemaPath: "#/properties/status/properties/conditions/items/properties/status/enum", keyword: "enum", params: { allowedValues: schema11.properties.status.properties.conditions.items.properties.status.enum }, schema: schema11.properties.status.properties.conditions.items.properties.status.enum, parentSchema: schema11.properties.status.properties.conditions.items.properties.status, data: data46 };
                    vErrors === null ? vErrors = [err111] : vErrors.push(err111), errors++;
                  }
                }
                if (data44.reason !== void 0) {
                  let data47 = data44.reason;
                  if (typeof data47 == "string") {
                    if (func2(data47) > 1024) {
                      let err112 = { instancePath: instancePath + "/status/conditions/" + i3 + "/reason", schemaPath: "#/properties/status/properties/conditions/items/properties/reason/maxLength", keyword: "maxLength", params: { limit: 1024 }, schema: 1024, parentSchema: schema11.properties.status.properties.conditions.items.properties.reason, data: data47 };
                      vErrors === null ? vErrors = [err112] : vErrors.push(err112), errors++;
                    }
                    if (func2(data47) < 1) {
                      let err113 = { instancePath: instancePath + "/status/conditions/" + i3 + "/reason", schemaPath: "#/properties/status/properties/conditions/items/properties/reason/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema11.properties.status.properties.conditions.items.properties.reason, data: data47 };
                      vErrors === null ? vErrors = [err113] : vErrors.push(err113), errors++;
                    }
                    if (!pattern13.test(data47)) {
                      let err114 = { instancePath: instancePath + "/status/conditions/" + i3 + "/reason", schemaPath: "#/properties/status/properties/conditions/items/properties/reason/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$" }, schema: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$", parentSchema: schema11.properties.status.properties.conditions.items.properties.reason, data: data47 };
                      vErrors === null ? vErrors = [err114] : vErrors.push(err114), errors++;
                    }
                  } else {
                    let err115 = { instancePath: instancePath + "/status/conditions/" + i3 + "/reason", schemaPath: "#/properties/status/properties/conditions/items/properties/reason/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.status.properties.conditions.items.properties.reason.type, parentSchema: schema11.properties.status.properties.conditions.items.properties.reason, data: data47 };
                    vErrors === null ? vErrors = [err115] : vErrors.push(err115), errors++;
                  }
                }
                if (data44.message !== void 0) {
                  let data48 = data44.message;
                  if (typeof data48 == "string") {
                    if (func2(data48) > 32768) {
                      let err116 = { instancePath: instancePath + "/status/conditions/" + i3 + "/message", schemaPath: "#/properties/status/properties/conditions/items/properties/message/maxLength", keyword: "maxLength", params: { limit: 32768 }, schema: 32768, parentSchema: schema11.properties.status.properties.conditions.items.properties.message, data: data48 };
                      vErrors === null ? vErrors = [err116] : vErrors.push(err116), errors++;
                    }
                  } else {
                    let err117 = { instancePath: instancePath + "/status/conditions/" + i3 + "/message", schemaPath: "#/properties/status/properties/conditions/items/properties/message/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.status.properties.conditions.items.properties.message.type, parentSchema: schema11.properties.status.properties.conditions.items.properties.message, data: data48 };
                    vErrors === null ? vErrors = [err117] : vErrors.push(err117), errors++;
                  }
                }
                if (data44.lastTransitionTime !== void 0) {
                  let data49 = data44.lastTransitionTime;
                  if (typeof data49 == "string") {
                    if (func2(data49) > 64) {
                      let err118 = { instancePath: instancePath + "/status/conditions/" + i3 + "/lastTransitionTime", schemaPath: "#/properties/status/properties/conditions/items/properties/lastTransitionTime/maxLength", keyword: "maxLength", params: { limit: 64 }, schema: 64, parentSchema: schema11.properties.status.properties.conditions.items.properties.lastTransitionTime, data: data49 };
                      vErrors === null ? vErrors = [err118] : vErrors.push(err118), errors++;
                    }
                    if (!pattern14.test(data49)) {
                      let err119 = { instancePath: instancePath + "/status/conditions/" + i3 + "/lastTransitionTime", schemaPath: "#/properties/status/properties/conditions/items/properties/lastTransitionTime/pattern", keyword: "pattern", params: { pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$" }, schema: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$", parentSchema: schema11.properties.status.properties.conditions.items.properties.lastTransitionTime, data: data49 };
                      vErrors === null ? vErrors = [err119] : vErrors.push(err119), errors++;
                    }
                  } else {
                    let err120 = { instancePath: instancePath + "/status/conditions/" + i3 + "/lastTransitionTime", schemaPath: "#/properties/status/properties/conditions/items/properties/lastTransitionTime/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.status.properties.conditions.items.properties.lastTransitionTime.type, parentSchema: schema11.properties.status.properties.conditions.items.properties.lastTransitionTime, data: data49 };
                    vErrors === null ? vErrors = [err120] : vErrors.push(err120), errors++;
                  }
                }
                if (data44.observedGeneration !== void 0) {
                  let data50 = data44.observedGeneration;
                  if (!(typeof data50 == "number" && !(data50 % 1) && !isNaN(data50) && isFinite(data50))) {
                    let err121 = { instancePath: instancePath + "/status/conditions/" + i3 + "/observedGeneration", schemaPath: "#/properties/status/properties/conditions/items/properties/observedGeneration/type", keyword: "type", params: { type: "integer" }, schema: schema11.properties.status.properties.conditions.items.properties.observedGeneration.type, parentSchema: schema11.properties.status.properties.conditions.items.properties.observedGeneration, data: data50 };
                    vErrors === null ? vErrors = [err121] : vErrors.push(err121), errors++;
                  }
                  if (typeof data50 == "number" && isFinite(data50) && (data50 < 0 || isNaN(data50))) {
                    let err122 = { instancePath: instancePath + "/status/conditions/" + i3 + "/observedGeneration", schemaPath: "#/properties/status/properties/conditions/items/properties/observedGeneration/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, schema: 0, parentSchema: schema11.properties.status.properties.conditions.items.properties.observedGeneration, data: data50 };
                    vErrors === null ? vErrors = [err122] : vErrors.push(err122), errors++;
                  }
                }
              } else {
                let err123 = { instancePath: instancePath + "/status/conditions/" + i3, schemaPath: "#/properties/status/properties/conditions/items/type", keyword: "type", params: { type: "object" }, schema: schema11.properties.status.properties.conditions.items.type, parentSchema: schema11.properties.status.properties.conditions.items, data: data44 };
                vErrors === null ? vErrors = [err123] : vErrors.push(err123), errors++;
              }
            }
          } else {
            let err124 = { instancePath: instancePath + "/status/conditions", schemaPath: "#/properties/status/properties/conditions/type", keyword: "type", params: { type: "array" }, schema: schema11.properties.status.properties.conditions.type, parentSchema: schema11.properties.status.properties.conditions, data: data43 };
            vErrors === null ? vErrors = [err124] : vErrors.push(err124), errors++;
          }
        }
        if (data41.lastPushedCommit !== void 0) {
          let data51 = data41.lastPushedCommit;
          if (typeof data51 == "string") {
            if (func2(data51) > 64) {
              let err125 = { instancePath: instancePath + "/status/lastPushedCommit", schemaPath: "#/properties/status/properties/lastPushedCommit/maxLength", keyword: "maxLength", params: { limit: 64 }, schema: 64, parentSchema: schema11.properties.status.properties.lastPushedCommit, data: data51 };
              vErrors === null ? vErrors = [err125] : vErrors.push(err125), errors++;
            }
            if (!pattern15.test(data51)) {
              let err126 = { instancePath: instancePath + "/status/lastPushedCommit", schemaPath: "#/properties/status/properties/lastPushedCommit/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{40}([0-9a-f]{24})?$" }, schema: "^[0-9a-f]{40}([0-9a-f]{24})?$", parentSchema: schema11.properties.status.properties.lastPushedCommit, data: data51 };
              vErrors === null ? vErrors = [err126] : vErrors.push(err126), errors++;
            }
          } else {
            let err127 = { instancePath: instancePath + "/status/lastPushedCommit", schemaPath: "#/properties/status/properties/lastPushedCommit/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.status.properties.lastPushedCommit.type, parentSchema: schema11.properties.status.properties.lastPushedCommit, data: data51 };
            vErrors === null ? vErrors = [err127] : vErrors.push(err127), errors++;
          }
        }
        if (data41.lastPushTime !== void 0) {
          let data52 = data41.lastPushTime;
          if (typeof data52 == "string") {
            if (func2(data52) > 64) {
              let err128 = { instancePath: instancePath + "/status/lastPushTime", schemaPath: "#/properties/status/properties/lastPushTime/maxLength", keyword: "maxLength", params: { limit: 64 }, schema: 64, parentSchema: schema11.properties.status.properties.lastPushTime, data: data52 };
              vErrors === null ? vErrors = [err128] : vErrors.push(err128), errors++;
            }
            if (!pattern14.test(data52)) {
              let err129 = { instancePath: instancePath + "/status/lastPushTime", schemaPath: "#/properties/status/properties/lastPushTime/pattern", keyword: "pattern", params: { pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$" }, schema: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$", parentSchema: schema11.properties.status.properties.lastPushTime, data: data52 };
              vErrors === null ? vErrors = [err129] : vErrors.push(err129), errors++;
            }
          } else {
            let err130 = { instancePath: instancePath + "/status/lastPushTime", schemaPath: "#/properties/status/properties/lastPushTime/type", keyword: "type", params: { type: "string" }, schema: schema11.properties.status.properties.lastPushTime.type, parentSchema: schema11.properties.status.properties.lastPushTime, data: data52 };
            vErrors === null ? vErrors = [err130] : vErrors.push(err130), errors++;
          }
        }
        if (data41.pendingCommits !== void 0) {
          let data53 = data41.pendingCommits;
          if (!(typeof data53 == "number" && !(data53 % 1) && !isNaN(data53) && isFinite(data53))) {
            let err131 = { instancePath: instancePath + "/status/pendingCommits", schemaPath: "#/properties/status/properties/pendingCommits/type", keyword: "type", params: { type: "integer" }, schema: schema11.properties.status.properties.pendingCommits.type, parentSchema: schema11.properties.status.properties.pendingCommits, data: data53 };
            vErrors === null ? vErrors = [err131] : vErrors.push(err131), errors++;
          }
          if (typeof data53 == "number" && isFinite(data53) && (data53 < 0 || isNaN(data53))) {
            let err132 = { instancePath: instancePath + "/status/pendingCommits", schemaPath: "#/properties/status/properties/pendingCommits/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, schema: 0, parentSchema: schema11.properties.status.properties.pendingCommits, data: data53 };
            vErrors === null ? vErrors = [err132] : vErrors.push(err132), errors++;
          }
        }
        if (data41.droppedCommits !== void 0) {
          let data54 = data41.droppedCommits;
          if (!(typeof data54 == "number" && !(data54 % 1) && !isNaN(data54) && isFinite(data54))) {
            let err133 = { instancePath: instancePath + "/status/droppedCommits", schemaPath: "#/properties/status/properties/droppedCommits/type", keyword: "type", params: { type: "integer" }, schema: schema11.properties.status.properties.droppedCommits.type, parentSchema: schema11.properties.status.properties.droppedCommits, data: data54 };
            vErrors === null ? vErrors = [err133] : vErrors.push(err133), errors++;
          }
          if (typeof data54 == "number" && isFinite(data54) && (data54 < 0 || isNaN(data54))) {
            let err134 = { instancePath: instancePath + "/status/droppedCommits", schemaPath: "#/properties/status/properties/droppedCommits/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, schema: 0, parentSchema: schema11.properties.status.properties.droppedCommits, data: data54 };
            vErrors === null ? vErrors = [err134] : vErrors.push(err134), errors++;
          }
        }
      } else {
        let err135 = { instancePath: instancePath + "/status", schemaPath: "#/properties/status/type", keyword: "type", params: { type: "object" }, schema: schema11.properties.status.type, parentSchema: schema11.properties.status, data: data41 };
        vErrors === null ? vErrors = [err135] : vErrors.push(err135), errors++;
      }
    }
  } else {
    let err136 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, schema: schema11.type, parentSchema: schema11, data };
    vErrors === null ? vErrors = [err136] : vErrors.push(err136), errors++;
  }
  return validate10.errors = vErrors, errors === 0;
}
var checkWatchRule = validate11, schema12 = { type: "object", required: ["apiVersion", "kind", "metadata", "spec"], properties: { apiVersion: { type: "string", const: "configbutler.ai/v1alpha1" }, kind: { type: "string", const: "WatchRule" }, metadata: { type: "object", required: ["name", "namespace", "uid", "generation"], properties: { name: { type: "string" }, namespace: { type: "string" }, uid: { type: "string" }, generation: { type: "integer" }, resourceVersion: { type: "string" }, creationTimestamp: { type: "string" }, deletionTimestamp: { type: "string" }, finalizers: { type: "array", items: { type: "string" } }, labels: { type: "object", additionalProperties: { type: "string" } }, annotations: { type: "object", additionalProperties: { type: "string" } } } }, spec: { type: "object", required: ["gitRepoConfigRef", "resources"], properties: { gitRepoConfigRef: { type: "string", title: 'the name of a GitRepoConfig (lower-case letters, digits, "-" and ".")', minLength: 1, maxLength: 253, pattern: "^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$" }, resources: { type: "array", minItems: 1, maxItems: 64, items: { type: "object", required: ["apiVersion", "kind"], properties: { apiVersion: { type: "string", title: '"v1", "<group>/<version>", "<group>/*" or "*"', minLength: 1, maxLength: 317, pattern: "^(\\*|v1|[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/(\\*|[a-z]([a-z0-9-]{0,61}[a-z0-9])?))$" }, kind: { type: "string", title: 'a kind such as ConfigMap, or "*"', minLength: 1, maxLength: 63, pattern: "^(\\*|[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?)$" }, names: { type: "array", minItems: 1, maxItems: 64, items: { type: "string", title: 'a glob of object names, without "/" or white space', minLength: 1, maxLength: 253, pattern: "^[^\\x00-\\x20\\x7f/]+$" } }, operations: { type: "array", minItems: 1, maxItems: 3, items: { type: "string", maxLength: 6, enum: ["CREATE", "UPDATE", "DELETE"] }, uniqueItems: !0 } }, additionalProperties: !1 } }, namespaceSelector: { type: "object", properties: { matchLabels: { type: "object", minProperties: 1, maxProperties: 32, additionalProperties: { type: "string", title: 'a label value (at most 63 letters, digits, "-", "_" and ".")', maxLength: 63, pattern: "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$" } }, matchExpressions: { type: "array", maxItems: 32, items: { type: "object", required: ["key", "operator"], properties: { key: { type: "string", title: "a label key such as app or example.com/team", minLength: 1, maxLength: 317, pattern: "^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$" }, operator: { type: "string", enum: ["In", "NotIn", "Exists", "DoesNotExist"] }, values: { type: "array", maxItems: 64, items: { type: "string", title: 'a label value (at most 63 letters, digits, "-", "_" and ".")', maxLength: 63, pattern: "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$" } } }, additionalProperties: !1 } } }, additionalProperties: !1 }, objectSelector: { type: "object", properties: { matchLabels: { type: "object", minProperties: 1, maxProperties: 32, additionalProperties: { type: "string", title: 'a label value (at most 63 letters, digits, "-", "_" and ".")', maxLength: 63, pattern: "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$" } }, matchExpressions: { type: "array", maxItems: 32, items: { type: "object", required: ["key", "operator"], properties: { key: { type: "string", title: "a label key such as app or example.com/team", minLength: 1, maxLength: 317, pattern: "^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$" }, operator: { type: "string", enum: ["In", "NotIn", "Exists", "DoesNotExist"] }, values: { type: "array", maxItems: 64, items: { type: "string", title: 'a label value (at most 63 letters, digits, "-", "_" and ".")', maxLength: 63, pattern: "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$" } } }, additionalProperties: !1 } } }, additionalProperties: !1 }, excludeLabels: { type: "object", properties: { matchLabels: { type: "object", minProperties: 1, maxProperties: 32, additionalProperties: { type: "string", title: 'a label value (at most 63 letters, digits, "-", "_" and ".")', maxLength: 63, pattern: "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$" } }, matchExpressions: { type: "array", maxItems: 32, items: { type: "object", required: ["key", "operator"], properties: { key: { type: "string", title: "a label key such as app or example.com/team", minLength: 1, maxLength: 317, pattern: "^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$" }, operator: { type: "string", enum: ["In", "NotIn", "Exists", "DoesNotExist"] }, values: { type: "array", maxItems: 64, items: { type: "string", title: 'a label value (at most 63 letters, digits, "-", "_" and ".")', maxLength: 63, pattern: "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$" } } }, additionalProperties: !1 } } }, additionalProperties: !1 }, excludeUsers: { type: "array", maxItems: 64, items: { type: "string", title: "a glob of user names, without control characters", minLength: 1, maxLength: 256, pattern: "^[^\\x00-\\x1f\\x7f]+$" } }, excludeFields: { type: "array", maxItems: 64, items: { type: "string", title: 'a field path such as spec.replicas, data.*, spec.containers[*].image or metadata.annotations["example.com/build"]', minLength: 1, maxLength: 512, pattern: '^[A-Za-z_][A-Za-z0-9_-]*(\\.([A-Za-z0-9_-]+|\\*)|\\[("[^"\\\\\\x00-\\x1f\\x7f]+"|\\*)\\])*$' } }, noise: { type: "string", enum: ["Coalesce", "CommitAll"], default: "Coalesce" }, suspend: { type: "boolean", default: !1 } }, additionalProperties: !1 }, status: { type: "object", properties: { observedGeneration: { type: "integer", minimum: 0 }, conditions: { type: "array", maxItems: 16, items: { type: "object", required: ["type", "status", "reason", "message", "lastTransitionTime"], properties: { type: { type: "string", title: "a condition type in CamelCase", minLength: 1, maxLength: 316, pattern: "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$" }, status: { type: "string", enum: ["True", "False", "Unknown"] }, reason: { type: "string", title: "a reason in CamelCase", minLength: 1, maxLength: 1024, pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$" }, message: { type: "string", maxLength: 32768 }, lastTransitionTime: { title: "a time such as 2025-01-31T18:30:00Z", type: "string", maxLength: 64, pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$" }, observedGeneration: { type: "integer", minimum: 0 } }, additionalProperties: !1 } }, resources: { type: "array", maxItems: 512, items: { type: "object", required: ["apiVersion", "kind", "objects"], properties: { apiVersion: { type: "string", maxLength: 317 }, kind: { type: "string", maxLength: 63 }, objects: { type: "integer", minimum: 0 } }, additionalProperties: !1 } }, matchedResources: { minimum: 0, maximum: 2147483647, type: "integer" }, capturedObjects: { type: "integer", minimum: 0 }, commits: { type: "integer", minimum: 0 }, droppedChanges: { type: "integer", minimum: 0 }, lastSnapshotTime: { title: "a time such as 2025-01-31T18:30:00Z", type: "string", maxLength: 64, pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$" }, lastSnapshotCommit: { type: "string", title: "a full commit ID in lower-case hexadecimal", maxLength: 64, pattern: "^[0-9a-f]{40}([0-9a-f]{24})?$" } }, additionalProperties: !1 } }, additionalProperties: !1 }, func33 = Object.prototype.hasOwnProperty, pattern18 = new RegExp("^(\\*|v1|[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/(\\*|[a-z]([a-z0-9-]{0,61}[a-z0-9])?))$", "u"), pattern19 = new RegExp("^(\\*|[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?)$", "u"), pattern20 = new RegExp("^[^\\x00-\\x20\\x7f/]+$", "u"), pattern21 = new RegExp("^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$", "u"), pattern22 = new RegExp("^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$", "u"), pattern30 = new RegExp("^[^\\x00-\\x1f\\x7f]+$", "u");
function validate11(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null, errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.apiVersion === void 0) {
      let err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "apiVersion" }, schema: schema12.required, parentSchema: schema12, data };
      vErrors === null ? vErrors = [err0] : vErrors.push(err0), errors++;
    }
    if (data.kind === void 0) {
      let err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, schema: schema12.required, parentSchema: schema12, data };
      vErrors === null ? vErrors = [err1] : vErrors.push(err1), errors++;
    }
    if (data.metadata === void 0) {
      let err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "metadata" }, schema: schema12.required, parentSchema: schema12, data };
      vErrors === null ? vErrors = [err2] : vErrors.push(err2), errors++;
    }
    if (data.spec === void 0) {
      let err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "spec" }, schema: schema12.required, parentSchema: schema12, data };
      vErrors === null ? vErrors = [err3] : vErrors.push(err3), errors++;
    }
    for (let key0 in data)
      key0 === "apiVersion" || key0 === "kind" || key0 === "metadata" || key0 === "spec" || key0 === "status" || delete data[key0];
    if (data.apiVersion !== void 0) {
      let data0 = data.apiVersion;
      if (typeof data0 != "string") {
        let err4 = { instancePath: instancePath + "/apiVersion", schemaPath: "#/properties/apiVersion/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.apiVersion.type, parentSchema: schema12.properties.apiVersion, data: data0 };
        vErrors === null ? vErrors = [err4] : vErrors.push(err4), errors++;
      }
      if (data0 !== "configbutler.ai/v1alpha1") {
        let err5 = { instancePath: instancePath + "/apiVersion", schemaPath: "#/properties/apiVersion/const", keyword: "const", params: { allowedValue: "configbutler.ai/v1alpha1" }, schema: "configbutler.ai/v1alpha1", parentSchema: schema12.properties.apiVersion, data: data0 };
        vErrors === null ? vErrors = [err5] : vErrors.push(err5), errors++;
      }
    }
    if (data.kind !== void 0) {
      let data1 = data.kind;
      if (typeof data1 != "string") {
        let err6 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.kind.type, parentSchema: schema12.properties.kind, data: data1 };
        vErrors === null ? vErrors = [err6] : vErrors.push(err6), errors++;
      }
      if (data1 !== "WatchRule") {
        let err7 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "WatchRule" }, schema: "WatchRule", parentSchema: schema12.properties.kind, data: data1 };
        vErrors === null ? vErrors = [err7] : vErrors.push(err7), errors++;
      }
    }
    if (data.metadata !== void 0) {
      let data2 = data.metadata;
      if (data2 && typeof data2 == "object" && !Array.isArray(data2)) {
        if (data2.name === void 0) {
          let err8 = { instancePath: instancePath + "/metadata", schemaPath: "#/properties/metadata/required", keyword: "required", params: { missingProperty: "name" }, schema: schema12.properties.metadata.required, parentSchema: schema12.properties.metadata, data: data2 };
          vErrors === null ? vErrors = [err8] : vErrors.push(err8), errors++;
        }
        if (data2.namespace === void 0) {
          let err9 = { instancePath: instancePath + "/metadata", schemaPath: "#/properties/metadata/required", keyword: "required", params: { missingProperty: "namespace" }, schema: schema12.properties.metadata.required, parentSchema: schema12.properties.metadata, data: data2 };
          vErrors === null ? vErrors = [err9] : vErrors.push(err9), errors++;
        }
        if (data2.uid === void 0) {
          let err10 = { instancePath: instancePath + "/metadata", schemaPath: "#/properties/metadata/required", keyword: "required", params: { missingProperty: "uid" }, schema: schema12.properties.metadata.required, parentSchema: schema12.properties.metadata, data: data2 };
          vErrors === null ? vErrors = [err10] : vErrors.push(err10), errors++;
        }
        if (data2.generation === void 0) {
          let err11 = { instancePath: instancePath + "/metadata", schemaPath: "#/properties/metadata/required", keyword: "required", params: { missingProperty: "generation" }, schema: schema12.properties.metadata.required, parentSchema: schema12.properties.metadata, data: data2 };
          vErrors === null ? vErrors = [err11] : vErrors.push(err11), errors++;
        }
        if (data2.name !== void 0) {
          let data3 = data2.name;
          if (typeof data3 != "string") {
            let err12 = { instancePath: instancePath + "/metadata/name", schemaPath: "#/properties/metadata/properties/name/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.metadata.properties.name.type, parentSchema: schema12.properties.metadata.properties.name, data: data3 };
            vErrors === null ? vErrors = [err12] : vErrors.push(err12), errors++;
          }
        }
        if (data2.namespace !== void 0) {
          let data4 = data2.namespace;
          if (typeof data4 != "string") {
            let err13 = { instancePath: instancePath + "/metadata/namespace", schemaPath: "#/properties/metadata/properties/namespace/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.metadata.properties.namespace.type, parentSchema: schema12.properties.metadata.properties.namespace, data: data4 };
            vErrors === null ? vErrors = [err13] : vErrors.push(err13), errors++;
          }
        }
        if (data2.uid !== void 0) {
          let data5 = data2.uid;
          if (typeof data5 != "string") {
            let err14 = { instancePath: instancePath + "/metadata/uid", schemaPath: "#/properties/metadata/properties/uid/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.metadata.properties.uid.type, parentSchema: schema12.properties.metadata.properties.uid, data: data5 };
            vErrors === null ? vErrors = [err14] : vErrors.push(err14), errors++;
          }
        }
        if (data2.generation !== void 0) {
          let data6 = data2.generation;
          if (!(typeof data6 == "number" && !(data6 % 1) && !isNaN(data6) && isFinite(data6))) {
            let err15 = { instancePath: instancePath + "/metadata/generation", schemaPath: "#/properties/metadata/properties/generation/type", keyword: "type", params: { type: "integer" }, schema: schema12.properties.metadata.properties.generation.type, parentSchema: schema12.properties.metadata.properties.generation, data: data6 };
            vErrors === null ? vErrors = [err15] : vErrors.push(err15), errors++;
          }
        }
        if (data2.resourceVersion !== void 0) {
          let data7 = data2.resourceVersion;
          if (typeof data7 != "string") {
            let err16 = { instancePath: instancePath + "/metadata/resourceVersion", schemaPath: "#/properties/metadata/properties/resourceVersion/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.metadata.properties.resourceVersion.type, parentSchema: schema12.properties.metadata.properties.resourceVersion, data: data7 };
            vErrors === null ? vErrors = [err16] : vErrors.push(err16), errors++;
          }
        }
        if (data2.creationTimestamp !== void 0) {
          let data8 = data2.creationTimestamp;
          if (typeof data8 != "string") {
            let err17 = { instancePath: instancePath + "/metadata/creationTimestamp", schemaPath: "#/properties/metadata/properties/creationTimestamp/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.metadata.properties.creationTimestamp.type, parentSchema: schema12.properties.metadata.properties.creationTimestamp, data: data8 };
            vErrors === null ? vErrors = [err17] : vErrors.push(err17), errors++;
          }
        }
        if (data2.deletionTimestamp !== void 0) {
          let data9 = data2.deletionTimestamp;
          if (typeof data9 != "string") {
            let err18 = { instancePath: instancePath + "/metadata/deletionTimestamp", schemaPath: "#/properties/metadata/properties/deletionTimestamp/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.metadata.properties.deletionTimestamp.type, parentSchema: schema12.properties.metadata.properties.deletionTimestamp, data: data9 };
            vErrors === null ? vErrors = [err18] : vErrors.push(err18), errors++;
          }
        }
        if (data2.finalizers !== void 0) {
          let data10 = data2.finalizers;
          if (Array.isArray(data10)) {
            let len0 = data10.length;
            for (let i0 = 0; i0 < len0; i0++) {
              let data11 = data10[i0];
              if (typeof data11 != "string") {
                let err19 = { instancePath: instancePath + "/metadata/finalizers/" + i0, schemaPath: "#/properties/metadata/properties/finalizers/items/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.metadata.properties.finalizers.items.type, parentSchema: schema12.properties.metadata.properties.finalizers.items, data: data11 };
                vErrors === null ? vErrors = [err19] : vErrors.push(err19), errors++;
              }
            }
          } else {
            let err20 = { instancePath: instancePath + "/metadata/finalizers", schemaPath: "#/properties/metadata/properties/finalizers/type", keyword: "type", params: { type: "array" }, schema: schema12.properties.metadata.properties.finalizers.type, parentSchema: schema12.properties.metadata.properties.finalizers, data: data10 };
            vErrors === null ? vErrors = [err20] : vErrors.push(err20), errors++;
          }
        }
        if (data2.labels !== void 0) {
          let data12 = data2.labels;
          if (data12 && typeof data12 == "object" && !Array.isArray(data12))
            for (let key1 in data12) {
              let data13 = data12[key1];
              if (typeof data13 != "string") {
                let err21 = { instancePath: instancePath + "/metadata/labels/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/metadata/properties/labels/additionalProperties/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.metadata.properties.labels.additionalProperties.type, parentSchema: schema12.properties.metadata.properties.labels.additionalProperties, data: data13 };
                vErrors === null ? vErrors = [err21] : vErrors.push(err21), errors++;
              }
            }
          else {
            let err22 = { instancePath: instancePath + "/metadata/labels", schemaPath: "#/properties/metadata/properties/labels/type", keyword: "type", params: { type: "object" }, schema: schema12.properties.metadata.properties.labels.type, parentSchema: schema12.properties.metadata.properties.labels, data: data12 };
            vErrors === null ? vErrors = [err22] : vErrors.push(err22), errors++;
          }
        }
        if (data2.annotations !== void 0) {
          let data14 = data2.annotations;
          if (data14 && typeof data14 == "object" && !Array.isArray(data14))
            for (let key2 in data14) {
              let data15 = data14[key2];
              if (typeof data15 != "string") {
                let err23 = { instancePath: instancePath + "/metadata/annotations/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/metadata/properties/annotations/additionalProperties/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.metadata.properties.annotations.additionalProperties.type, parentSchema: schema12.properties.metadata.properties.annotations.additionalProperties, data: data15 };
                vErrors === null ? vErrors = [err23] : vErrors.push(err23), errors++;
              }
            }
          else {
            let err24 = { instancePath: instancePath + "/metadata/annotations", schemaPath: "#/properties/metadata/properties/annotations/type", keyword: "type", params: { type: "object" }, schema: schema12.properties.metadata.properties.annotations.type, parentSchema: schema12.properties.metadata.properties.annotations, data: data14 };
            vErrors === null ? vErrors = [err24] : vErrors.push(err24), errors++;
          }
        }
      } else {
        let err25 = { instancePath: instancePath + "/metadata", schemaPath: "#/properties/metadata/type", keyword: "type", params: { type: "object" }, schema: schema12.properties.metadata.type, parentSchema: schema12.properties.metadata, data: data2 };
        vErrors === null ? vErrors = [err25] : vErrors.push(err25), errors++;
      }
    }
    if (data.spec !== void 0) {
      let data16 = data.spec;
      if (data16 && typeof data16 == "object" && !Array.isArray(data16)) {
        if (data16.noise === void 0 && (data16.noise = "Coalesce"), data16.suspend === void 0 && (data16.suspend = !1), data16.gitRepoConfigRef === void 0) {
          let err26 = { instancePath: instancePath + "/spec", schemaPath: "#/properties/spec/required", keyword: "required", params: { missingProperty: "gitRepoConfigRef" }, schema: schema12.properties.spec.required, parentSchema: schema12.properties.spec, data: data16 };
          vErrors === null ? vErrors = [err26] : vErrors.push(err26), errors++;
        }
        if (data16.resources === void 0) {
          let err27 = { instancePath: instancePath + "/spec", schemaPath: "#/properties/spec/required", keyword: "required", params: { missingProperty: "resources" }, schema: schema12.properties.spec.required, parentSchema: schema12.properties.spec, data: data16 };
          vErrors === null ? vErrors = [err27] : vErrors.push(err27), errors++;
        }
        for (let key3 in data16)
          func33.call(schema12.properties.spec.properties, key3) || delete data16[key3];
        if (data16.gitRepoConfigRef !== void 0) {
          let data17 = data16.gitRepoConfigRef;
          if (typeof data17 == "string") {
            if (func2(data17) > 253) {
              let err28 = { instancePath: instancePath + "/spec/gitRepoConfigRef", schemaPath: "#/properties/spec/properties/gitRepoConfigRef/maxLength", keyword: "maxLength", params: { limit: 253 }, schema: 253, parentSchema: schema12.properties.spec.properties.gitRepoConfigRef, data: data17 };
              vErrors === null ? vErrors = [err28] : vErrors.push(err28), errors++;
            }
            if (func2(data17) < 1) {
              let err29 = { instancePath: instancePath + "/spec/gitRepoConfigRef", schemaPath: "#/properties/spec/properties/gitRepoConfigRef/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema12.properties.spec.properties.gitRepoConfigRef, data: data17 };
              vErrors === null ? vErrors = [err29] : vErrors.push(err29), errors++;
            }
            if (!pattern3.test(data17)) {
              let err30 = { instancePath: instancePath + "/spec/gitRepoConfigRef", schemaPath: "#/properties/spec/properties/gitRepoConfigRef/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$" }, schema: "^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$", parentSchema: schema12.properties.spec.properties.gitRepoConfigRef, data: data17 };
              vErrors === null ? vErrors = [err30] : vErrors.push(err30), errors++;
            }
          } else {
            let err31 = { instancePath: instancePath + "/spec/gitRepoConfigRef", schemaPath: "#/properties/spec/properties/gitRepoConfigRef/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.spec.properties.gitRepoConfigRef.type, parentSchema: schema12.properties.spec.properties.gitRepoConfigRef, data: data17 };
            vErrors === null ? vErrors = [err31] : vErrors.push(err31), errors++;
          }
        }
        if (data16.resources !== void 0) {
          let data18 = data16.resources;
          if (Array.isArray(data18)) {
            if (data18.length > 64) {
              let err32 = { instancePath: instancePath + "/spec/resources", schemaPath: "#/properties/spec/properties/resources/maxItems", keyword: "maxItems", params: { limit: 64 }, schema: 64, parentSchema: schema12.properties.spec.properties.resources, data: data18 };
              vErrors === null ? vErrors = [err32] : vErrors.push(err32), errors++;
            }
            if (data18.length < 1) {
              let err33 = { instancePath: instancePath + "/spec/resources", schemaPath: "#/properties/spec/properties/resources/minItems", keyword: "minItems", params: { limit: 1 }, schema: 1, parentSchema: schema12.properties.spec.properties.resources, data: data18 };
              vErrors === null ? vErrors = [err33] : vErrors.push(err33), errors++;
            }
            let len1 = data18.length;
            for (let i1 = 0; i1 < len1; i1++) {
              let data19 = data18[i1];
              if (data19 && typeof data19 == "object" && !Array.isArray(data19)) {
                if (data19.apiVersion === void 0) {
                  let err34 = { instancePath: instancePath + "/spec/resources/" + i1, schemaPath: "#/properties/spec/properties/resources/items/required", keyword: "required", params: { missingProperty: "apiVersion" }, schema: schema12.properties.spec.properties.resources.items.required, parentSchema: schema12.properties.spec.properties.resources.items, data: data19 };
                  vErrors === null ? vErrors = [err34] : vErrors.push(err34), errors++;
                }
                if (data19.kind === void 0) {
                  let err35 = { instancePath: instancePath + "/spec/resources/" + i1, schemaPath: "#/properties/spec/properties/resources/items/required", keyword: "required", params: { missingProperty: "kind" }, schema: schema12.properties.spec.properties.resources.items.required, parentSchema: schema12.properties.spec.properties.resources.items, data: data19 };
                  vErrors === null ? vErrors = [err35] : vErrors.push(err35), errors++;
                }
                for (let key4 in data19)
                  key4 === "apiVersion" || key4 === "kind" || key4 === "names" || key4 === "operations" || delete data19[key4];
                if (data19.apiVersion !== void 0) {
                  let data20 = data19.apiVersion;
                  if (typeof data20 == "string") {
                    if (func2(data20) > 317) {
                      let err36 = { instancePath: instancePath + "/spec/resources/" + i1 + "/apiVersion", schemaPath: "#/properties/spec/properties/resources/items/properties/apiVersion/maxLength", keyword: "maxLength", params: { limit: 317 }, schema: 317, parentSchema: schema12.properties.spec.properties.resources.items.properties.apiVersion, data: data20 };
                      vErrors === null ? vErrors = [err36] : vErrors.push(err36), errors++;
                    }
                    if (func2(data20) < 1) {
                      let err37 = { instancePath: instancePath + "/spec/resources/" + i1 + "/apiVersion", schemaPath: "#/properties/spec/properties/resources/items/properties/apiVersion/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema12.properties.spec.properties.resources.items.properties.apiVersion, data: data20 };
                      vErrors === null ? vErrors = [err37] : vErrors.push(err37), errors++;
                    }
                    if (!pattern18.test(data20)) {
                      let err38 = { instancePath: instancePath + "/spec/resources/" + i1 + "/apiVersion", schemaPath: "#/properties/spec/properties/resources/items/properties/apiVersion/pattern", keyword: "pattern", params: { pattern: "^(\\*|v1|[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/(\\*|[a-z]([a-z0-9-]{0,61}[a-z0-9])?))$" }, schema: "^(\\*|v1|[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/(\\*|[a-z]([a-z0-9-]{0,61}[a-z0-9])?))$", parentSchema: schema12.properties.spec.properties.resources.items.properties.apiVersion, data: data20 };
                      vErrors === null ? vErrors = [err38] : vErrors.push(err38), errors++;
                    }
                  } else {
                    let err39 = { instancePath: instancePath + "/spec/resources/" + i1 + "/apiVersion", schemaPath: "#/properties/spec/properties/resources/items/properties/apiVersion/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.spec.properties.resources.items.properties.apiVersion.type, parentSchema: schema12.properties.spec.properties.resources.items.properties.apiVersion, data: data20 };
                    vErrors === null ? vErrors = [err39] : vErrors.push(err39), errors++;
                  }
                }
                if (data19.kind !== void 0) {
                  let data21 = data19.kind;
                  if (typeof data21 == "string") {
                    if (func2(data21) > 63) {
                      let err40 = { instancePath: instancePath + "/spec/resources/" + i1 + "/kind", schemaPath: "#/properties/spec/properties/resources/items/properties/kind/maxLength", keyword: "maxLength", params: { limit: 63 }, schema: 63, parentSchema: schema12.properties.spec.properties.resources.items.properties.kind, data: data21 };
                      vErrors === null ? vErrors = [err40] : vErrors.push(err40), errors++;
                    }
                    if (func2(data21) < 1) {
                      let err41 = { instancePath: instancePath + "/spec/resources/" + i1 + "/kind", schemaPath: "#/properties/spec/properties/resources/items/properties/kind/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema12.properties.spec.properties.resources.items.properties.kind, data: data21 };
                      vErrors === null ? vErrors = [err41] : vErrors.push(err41), errors++;
                    }
                    if (!pattern19.test(data21)) {
                      let err42 = { instancePath: instancePath + "/spec/resources/" + i1 + "/kind", schemaPath: "#/properties/spec/properties/resources/items/properties/kind/pattern", keyword: "pattern", params: { pattern: "^(\\*|[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?)$" }, schema: "^(\\*|[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?)$", parentSchema: schema12.properties.spec.properties.resources.items.properties.kind, data: data21 };
                      vErrors === null ? vErrors = [err42] : vErrors.push(err42), errors++;
                    }
                  } else {
                    let err43 = { instancePath: instancePath + "/spec/resources/" + i1 + "/kind", schemaPath: "#/properties/spec/properties/resources/items/properties/kind/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.spec.properties.resources.items.properties.kind.type, parentSchema: schema12.properties.spec.properties.resources.items.properties.kind, data: data21 };
                    vErrors === null ? vErrors = [err43] : vErrors.push(err43), errors++;
                  }
                }
                if (data19.names !== void 0) {
                  let data22 = data19.names;
                  if (Array.isArray(data22)) {
                    if (data22.length > 64) {
                      let err44 = { instancePath: instancePath + "/spec/resources/" + i1 + "/names", schemaPath: "#/properties/spec/properties/resources/items/properties/names/maxItems", keyword: "maxItems", params: { limit: 64 }, schema: 64, parentSchema: schema12.properties.spec.properties.resources.items.properties.names, data: data22 };
                      vErrors === null ? vErrors = [err44] : vErrors.push(err44), errors++;
                    }
                    if (data22.length < 1) {
                      let err45 = { instancePath: instancePath + "/spec/resources/" + i1 + "/names", schemaPath: "#/properties/spec/properties/resources/items/properties/names/minItems", keyword: "minItems", params: { limit: 1 }, schema: 1, parentSchema: schema12.properties.spec.properties.resources.items.properties.names, data: data22 };
                      vErrors === null ? vErrors = [err45] : vErrors.push(err45), errors++;
                    }
                    let len2 = data22.length;
                    for (let i2 = 0; i2 < len2; i2++) {
                      let data23 = data22[i2];
                      if (typeof data23 == "string") {
                        if (func2(data23) > 253) {
                          let err46 = { instancePath: instancePath + "/spec/resources/" + i1 + "/names/" + i2, schemaPath: "#/properties/spec/properties/resources/items/properties/names/items/maxLength", keyword: "maxLength", params: { limit: 253 }, schema: 253, parentSchema: schema12.properties.spec.properties.resources.items.properties.names.items, data: data23 };
                          vErrors === null ? vErrors = [err46] : vErrors.push(err46), errors++;
                        }
                        if (func2(data23) < 1) {
                          let err47 = { instancePath: instancePath + "/spec/resources/" + i1 + "/names/" + i2, schemaPath: "#/properties/spec/properties/resources/items/properties/names/items/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema12.properties.spec.properties.resources.items.properties.names.items, data: data23 };
                          vErrors === null ? vErrors = [err47] : vErrors.push(err47), errors++;
                        }
                        if (!pattern20.test(data23)) {
                          let err48 = { instancePath: instancePath + "/spec/resources/" + i1 + "/names/" + i2, schemaPath: "#/properties/spec/properties/resources/items/properties/names/items/pattern", keyword: "pattern", params: { pattern: "^[^\\x00-\\x20\\x7f/]+$" }, schema: "^[^\\x00-\\x20\\x7f/]+$", parentSchema: schema12.properties.spec.properties.resources.items.properties.names.items, data: data23 };
                          vErrors === null ? vErrors = [err48] : vErrors.push(err48), errors++;
                        }
                      } else {
                        let err49 = { instancePath: instancePath + "/spec/resources/" + i1 + "/names/" + i2, schemaPath: "#/properties/spec/properties/resources/items/properties/names/items/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.spec.properties.resources.items.properties.names.items.type, parentSchema: schema12.properties.spec.properties.resources.items.properties.names.items, data: data23 };
                        vErrors === null ? vErrors = [err49] : vErrors.push(err49), errors++;
                      }
                    }
                  } else {
                    let err50 = { instancePath: instancePath + "/spec/resources/" + i1 + "/names", schemaPath: "#/properties/spec/properties/resources/items/properties/names/type", keyword: "type", params: { type: "array" }, schema: schema12.properties.spec.properties.resources.items.properties.names.type, parentSchema: schema12.properties.spec.properties.resources.items.properties.names, data: data22 };
                    vErrors === null ? vErrors = [err50] : vErrors.push(err50), errors++;
                  }
                }
                if (data19.operations !== void 0) {
                  let data24 = data19.operations;
                  if (Array.isArray(data24)) {
                    if (data24.length > 3) {
                      let err51 = { instancePath: instancePath + "/spec/resources/" + i1 + "/operations", schemaPath: "#/properties/spec/properties/resources/items/properties/operations/maxItems", keyword: "maxItems", params: { limit: 3 }, schema: 3, parentSchema: schema12.properties.spec.properties.resources.items.properties.operations, data: data24 };
                      vErrors === null ? vErrors = [err51] : vErrors.push(err51), errors++;
                    }
                    if (data24.length < 1) {
                      let err52 = { instancePath: instancePath + "/spec/resources/" + i1 + "/operations", schemaPath: "#/properties/spec/properties/resources/items/properties/operations/minItems", keyword: "minItems", params: { limit: 1 }, schema: 1, parentSchema: schema12.properties.spec.properties.resources.items.properties.operations, data: data24 };
                      vErrors === null ? vErrors = [err52] : vErrors.push(err52), errors++;
                    }
                    let len3 = data24.length;
                    for (let i3 = 0; i3 < len3; i3++) {
                      let data25 = data24[i3];
                      if (!(data25 === "CREATE" || data25 === "UPDATE" || data25 === "DELETE")) {
                        let err53 = { instancePath: instancePath + "/spec/resources/" + i1 + "/operations/" + i3, schemaPath: "#/properties/spec/properties/resources/items/properties/operations/items/enum", keyword: "enum", params: { allowedValues: schema12.properties.spec.properties.resources.items.properties.operations.items.enum }, schema: schema12.properties.spec.properties.resources.items.properties.operations.items.enum, parentSchema: schema12.properties.spec.properties.resources.items.properties.operations.items, data: data25 };
                        vErrors === null ? vErrors = [err53] : vErrors.push(err53), errors++;
                      }
                      if (typeof data25 == "string") {
                        if (func2(data25) > 6) {
                          let err54 = { instancePath: instancePath + "/spec/resources/" + i1 + "/operations/" + i3, schemaPath: "#/properties/spec/properties/resources/items/properties/operations/items/maxLength", keyword: "maxLength", params: { limit: 6 }, schema: 6, parentSchema: schema12.properties.spec.properties.resources.items.properties.operations.items, data: data25 };
                          vErrors === null ? vErrors = [err54] : vErrors.push(err54), errors++;
                        }
                      } else {
                        let err55 = { instancePath: instancePath + "/spec/resources/" + i1 + "/operations/" + i3, schemaPath: "#/properties/spec/properties/resources/items/properties/operations/items/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.spec.properties.resources.items.properties.operations.items.type, parentSchema: schema12.properties.spec.properties.resources.items.properties.operations.items, data: data25 };
                        vErrors === null ? vErrors = [err55] : vErrors.push(err55), errors++;
                      }
                    }
                    let i4 = data24.length, j0;
                    if (i4 > 1) {
                      let indices0 = {};
                      for (; i4--; ) {
                        let item0 = data24[i4];
                        if (typeof item0 == "string") {
                          if (typeof indices0[item0] == "number") {
                            j0 = indices0[item0];
                            let err56 = { instancePath: instancePath + "/spec/resources/" + i1 + "/operations", schemaPath: "#/properties/spec/properties/resources/items/properties/operations/uniqueItems", keyword: "uniqueItems", params: { i: i4, j: j0 }, schema: !0, parentSchema: schema12.properties.spec.properties.resources.items.properties.operations, data: data24 };
                            vErrors === null ? vErrors = [err56] : vErrors.push(err56), errors++;
                            break;
                          }
                          indices0[item0] = i4;
                        }
                      }
                    }
                  } else {
                    let err57 = { instancePath: instancePath + "/spec/resources/" + i1 + "/operations", schemaPath: "#/properties/spec/properties/resources/items/properties/operations/type", keyword: "type", params: { type: "array" }, schema: schema12.properties.spec.properties.resources.items.properties.operations.type, parentSchema: schema12.properties.spec.properties.resources.items.properties.operations, data: data24 };
                    vErrors === null ? vErrors = [err57] : vErrors.push(err57), errors++;
                  }
                }
              } else {
                let err58 = { instancePath: instancePath + "/spec/resources/" + i1, schemaPath: "#/properties/spec/properties/resources/items/type", keyword: "type", params: { type: "object" }, schema: schema12.properties.spec.properties.resources.items.type, parentSchema: schema12.properties.spec.properties.resources.items, data: data19 };
                vErrors === null ? vErrors = [err58] : vErrors.push(err58), errors++;
              }
            }
          } else {
            let err59 = { instancePath: instancePath + "/spec/resources", schemaPath: "#/properties/spec/properties/resources/type", keyword: "type", params: { type: "array" }, schema: schema12.properties.spec.properties.resources.type, parentSchema: schema12.properties.spec.properties.resources, data: data18 };
            vErrors === null ? vErrors = [err59] : vErrors.push(err59), errors++;
          }
        }
        if (data16.namespaceSelector !== void 0) {
          let data26 = data16.namespaceSelector;
          if (data26 && typeof data26 == "object" && !Array.isArray(data26)) {
            for (let key5 in data26)
              key5 === "matchLabels" || key5 === "matchExpressions" || delete data26[key5];
            if (data26.matchLabels !== void 0) {
              let data27 = data26.matchLabels;
              if (data27 && typeof data27 == "object" && !Array.isArray(data27)) {
                if (Object.keys(data27).length > 32) {
                  let err60 = { instancePath: instancePath + "/spec/namespaceSelector/matchLabels", schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchLabels/maxProperties", keyword: "maxProperties", params: { limit: 32 }, schema: 32, parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchLabels, data: data27 };
                  vErrors === null ? vErrors = [err60] : vErrors.push(err60), errors++;
                }
                if (Object.keys(data27).length < 1) {
                  let err61 = { instancePath: instancePath + "/spec/namespaceSelector/matchLabels", schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchLabels/minProperties", keyword: "minProperties", params: { limit: 1 }, schema: 1, parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchLabels, data: data27 };
                  vErrors === null ? vErrors = [err61] : vErrors.push(err61), errors++;
                }
                for (let key6 in data27) {
                  let data28 = data27[key6];
                  if (typeof data28 == "string") {
                    if (func2(data28) > 63) {
                      let err62 = { instancePath: instancePath + "/spec/namespaceSelector/matchLabels/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchLabels/additionalProperties/maxLength", keyword: "maxLength", params: { limit: 63 }, schema: 63, parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchLabels.additionalProperties, data: data28 };
                      vErrors === null ? vErrors = [err62] : vErrors.push(err62), errors++;
                    }
                    if (!pattern21.test(data28)) {
                      let err63 = { instancePath: instancePath + "/spec/namespaceSelector/matchLabels/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchLabels/additionalProperties/pattern", keyword: "pattern", params: { pattern: "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$" }, schema: "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$", parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchLabels.additionalProperties, data: data28 };
                      vErrors === null ? vErrors = [err63] : vErrors.push(err63), errors++;
                    }
                  } else {
                    let err64 = { instancePath: instancePath + "/spec/namespaceSelector/matchLabels/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchLabels/additionalProperties/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.spec.properties.namespaceSelector.properties.matchLabels.additionalProperties.type, parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchLabels.additionalProperties, data: data28 };
                    vErrors === null ? vErrors = [err64] : vErrors.push(err64), errors++;
                  }
                }
              } else {
                let err65 = { instancePath: instancePath + "/spec/namespaceSelector/matchLabels", schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchLabels/type", keyword: "type", params: { type: "object" }, schema: schema12.properties.spec.properties.namespaceSelector.properties.matchLabels.type, parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchLabels, data: data27 };
                vErrors === null ? vErrors = [err65] : vErrors.push(err65), errors++;
              }
            }
            if (data26.matchExpressions !== void 0) {
              let data29 = data26.matchExpressions;
              if (Array.isArray(data29)) {
                if (data29.length > 32) {
                  let err66 = { instancePath: instancePath + "/spec/namespaceSelector/matchExpressions", schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchExpressions/maxItems", keyword: "maxItems", params: { limit: 32 }, schema: 32, parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions, data: data29 };
                  vErrors === null ? vErrors = [err66] : vErrors.push(err66), errors++;
                }
                let len4 = data29.length;
                for (let i5 = 0; i5 < len4; i5++) {
                  let data30 = data29[i5];
                  if (data30 && typeof data30 == "object" && !Array.isArray(data30)) {
                    if (data30.key === void 0) {
                      let err67 = { instancePath: instancePath + "/spec/namespaceSelector/matchExpressions/" + i5, schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchExpressions/items/required", keyword: "required", params: { missingProperty: "key" }, schema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items.required, parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items, data: data30 };
                      vErrors === null ? vErrors = [err67] : vErrors.push(err67), errors++;
                    }
                    if (data30.operator === void 0) {
                      let err68 = { instancePath: instancePath + "/spec/namespaceSelector/matchExpressions/" + i5, schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchExpressions/items/required", keyword: "required", params: { missingProperty: "operator" }, schema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items.required, parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items, data: data30 };
                      vErrors === null ? vErrors = [err68] : vErrors.push(err68), errors++;
                    }
                    for (let key7 in data30)
                      key7 === "key" || key7 === "operator" || key7 === "values" || delete data30[key7];
                    if (data30.key !== void 0) {
                      let data31 = data30.key;
                      if (typeof data31 == "string") {
                        if (func2(data31) > 317) {
                          let err69 = { instancePath: instancePath + "/spec/namespaceSelector/matchExpressions/" + i5 + "/key", schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchExpressions/items/properties/key/maxLength", keyword: "maxLength", params: { limit: 317 }, schema: 317, parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items.properties.key, data: data31 };
                          vErrors === null ? vErrors = [err69] : vErrors.push(err69), errors++;
                        }
                        if (func2(data31) < 1) {
                          let err70 = { instancePath: instancePath + "/spec/namespaceSelector/matchExpressions/" + i5 + "/key", schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchExpressions/items/properties/key/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items.properties.key, data: data31 };
                          vErrors === null ? vErrors = [err70] : vErrors.push(err70), errors++;
                        }
                        if (!pattern22.test(data31)) {
                          let err71 = { instancePath: instancePath + "/spec/namespaceSelector/matchExpressions/" + i5 + "/key", schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchExpressions/items/properties/key/pattern", keyword: "pattern", params: { pattern: "^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$" }, schema: "^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$", parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items.properties.key, data: data31 };
                          vErrors === null ? vErrors = [err71] : vErrors.push(err71), errors++;
                        }
                      } else {
                        let err72 = { instancePath: instancePath + "/spec/namespaceSelector/matchExpressions/" + i5 + "/key", schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchExpressions/items/properties/key/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items.properties.key.type, parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items.properties.key, data: data31 };
                        vErrors === null ? vErrors = [err72] : vErrors.push(err72), errors++;
                      }
                    }
                    if (data30.operator !== void 0) {
                      let data32 = data30.operator;
                      if (typeof data32 != "string") {
                        let err73 = { instancePath: instancePath + "/spec/namespaceSelector/matchExpressions/" + i5 + "/operator", schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchExpressions/items/properties/operator/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items.properties.operator.type, parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items.properties.operator, data: data32 };
                        vErrors === null ? vErrors = [err73] : vErrors.push(err73), errors++;
                      }
                      if (!(data32 === "In" || data32 === "NotIn" || data32 === "Exists" || data32 === "DoesNotExist")) {
                        let err74 = { instancePath: instancePath + "/spec/namespaceSelector/matchExpressions/" + i5 + "/operator", schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchExpressions/items/properties/operator/enum", keyword: "enum", params: { allowedValues: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items.properties.operator.enum }, schema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items.properties.operator.enum, parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items.properties.operator, data: data32 };
                        vErrors === null ? vErrors = [err74] : vErrors.push(err74), errors++;
                      }
                    }
                    if (data30.values !== void 0) {
                      let data33 = data30.values;
                      if (Array.isArray(data33)) {
                        if (data33.length > 64) {
                          let err75 = { instancePath: instancePath + "/spec/namespaceSelector/matchExpressions/" + i5 + "/values", schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchExpressions/items/properties/values/maxItems", keyword: "maxItems", params: { limit: 64 }, schema: 64, parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items.properties.values, data: data33 };
                          vErrors === null ? vErrors = [err75] : vErrors.push(err75), errors++;
                        }
                        let len5 = data33.length;
                        for (let i6 = 0; i6 < len5; i6++) {
                          let data34 = data33[i6];
                          if (typeof data34 == "string") {
                            if (func2(data34) > 63) {
                              let err76 = { instancePath: instancePath + "/spec/namespaceSelector/matchExpressions/" + i5 + "/values/" + i6, schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchExpressions/items/properties/values/items/maxLength", keyword: "maxLength", params: { limit: 63 }, schema: 63, parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items.properties.values.items, data: data34 };
                              vErrors === null ? vErrors = [err76] : vErrors.push(err76), errors++;
                            }
                            if (!pattern21.test(data34)) {
                              let err77 = { instancePath: instancePath + "/spec/namespaceSelector/matchExpressions/" + i5 + "/values/" + i6, schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchExpressions/items/properties/values/items/pattern", keyword: "pattern", params: { pattern: "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$" }, schema: "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$", parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items.properties.values.items, data: data34 };
                              vErrors === null ? vErrors = [err77] : vErrors.push(err77), errors++;
                            }
                          } else {
                            let err78 = { instancePath: instancePath + "/spec/namespaceSelector/matchExpressions/" + i5 + "/values/" + i6, schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchExpressions/items/properties/values/items/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items.properties.values.items.type, parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items.properties.values.items, data: data34 };
                            vErrors === null ? vErrors = [err78] : vErrors.push(err78), errors++;
                          }
                        }
                      } else {
                        let err79 = { instancePath: instancePath + "/spec/namespaceSelector/matchExpressions/" + i5 + "/values", schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchExpressions/items/properties/values/type", keyword: "type", params: { type: "array" }, schema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items.properties.values.type, parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items.properties.values, data: data33 };
                        vErrors === null ? vErrors = [err79] : vErrors.push(err79), errors++;
                      }
                    }
                  } else {
                    let err80 = { instancePath: instancePath + "/spec/namespaceSelector/matchExpressions/" + i5, schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchExpressions/items/type", keyword: "type", params: { type: "object" }, schema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items.type, parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.items, data: data30 };
                    vErrors === null ? vErrors = [err80] : vErrors.push(err80), errors++;
                  }
                }
              } else {
                let err81 = { instancePath: instancePath + "/spec/namespaceSelector/matchExpressions", schemaPath: "#/properties/spec/properties/namespaceSelector/properties/matchExpressions/type", keyword: "type", params: { type: "array" }, schema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions.type, parentSchema: schema12.properties.spec.properties.namespaceSelector.properties.matchExpressions, data: data29 };
                vErrors === null ? vErrors = [err81] : vErrors.push(err81), errors++;
              }
            }
          } else {
            let err82 = { instancePath: instancePath + "/spec/namespaceSelector", schemaPath: "#/properties/spec/properties/namespaceSelector/type", keyword: "type", params: { type: "object" }, schema: schema12.properties.spec.properties.namespaceSelector.type, parentSchema: schema12.properties.spec.properties.namespaceSelector, data: data26 };
            vErrors === null ? vErrors = [err82] : vErrors.push(err82), errors++;
          }
        }
        if (data16.objectSelector !== void 0) {
          let data35 = data16.objectSelector;
          if (data35 && typeof data35 == "object" && !Array.isArray(data35)) {
            for (let key8 in data35)
              key8 === "matchLabels" || key8 === "matchExpressions" || delete data35[key8];
            if (data35.matchLabels !== void 0) {
              let data36 = data35.matchLabels;
              if (data36 && typeof data36 == "object" && !Array.isArray(data36)) {
                if (Object.keys(data36).length > 32) {
                  let err83 = { instancePath: instancePath + "/spec/objectSelector/matchLabels", schemaPath: "#/properties/spec/properties/objectSelector/properties/matchLabels/maxProperties", keyword: "maxProperties", params: { limit: 32 }, schema: 32, parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchLabels, data: data36 };
                  vErrors === null ? vErrors = [err83] : vErrors.push(err83), errors++;
                }
                if (Object.keys(data36).length < 1) {
                  let err84 = { instancePath: instancePath + "/spec/objectSelector/matchLabels", schemaPath: "#/properties/spec/properties/objectSelector/properties/matchLabels/minProperties", keyword: "minProperties", params: { limit: 1 }, schema: 1, parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchLabels, data: data36 };
                  vErrors === null ? vErrors = [err84] : vErrors.push(err84), errors++;
                }
                for (let key9 in data36) {
                  let data37 = data36[key9];
                  if (typeof data37 == "string") {
                    if (func2(data37) > 63) {
                      let err85 = { instancePath: instancePath + "/spec/objectSelector/matchLabels/" + key9.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/spec/properties/objectSelector/properties/matchLabels/additionalProperties/maxLength", keyword: "maxLength", params: { limit: 63 }, schema: 63, parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchLabels.additionalProperties, data: data37 };
                      vErrors === null ? vErrors = [err85] : vErrors.push(err85), errors++;
                    }
                    if (!pattern21.test(data37)) {
                      let err86 = { instancePath: instancePath + "/spec/objectSelector/matchLabels/" + key9.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/spec/properties/objectSelector/properties/matchLabels/additionalProperties/pattern", keyword: "pattern", params: { pattern: "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$" }, schema: "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$", parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchLabels.additionalProperties, data: data37 };
                      vErrors === null ? vErrors = [err86] : vErrors.push(err86), errors++;
                    }
                  } else {
                    let err87 = { instancePath: instancePath + "/spec/objectSelector/matchLabels/" + key9.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/spec/properties/objectSelector/properties/matchLabels/additionalProperties/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.spec.properties.objectSelector.properties.matchLabels.additionalProperties.type, parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchLabels.additionalProperties, data: data37 };
                    vErrors === null ? vErrors = [err87] : vErrors.push(err87), errors++;
                  }
                }
              } else {
                let err88 = { instancePath: instancePath + "/spec/objectSelector/matchLabels", schemaPath: "#/properties/spec/properties/objectSelector/properties/matchLabels/type", keyword: "type", params: { type: "object" }, schema: schema12.properties.spec.properties.objectSelector.properties.matchLabels.type, parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchLabels, data: data36 };
                vErrors === null ? vErrors = [err88] : vErrors.push(err88), errors++;
              }
            }
            if (data35.matchExpressions !== void 0) {
              let data38 = data35.matchExpressions;
              if (Array.isArray(data38)) {
                if (data38.length > 32) {
                  let err89 = { instancePath: instancePath + "/spec/objectSelector/matchExpressions", schemaPath: "#/properties/spec/properties/objectSelector/properties/matchExpressions/maxItems", keyword: "maxItems", params: { limit: 32 }, schema: 32, parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions, data: data38 };
                  vErrors === null ? vErrors = [err89] : vErrors.push(err89), errors++;
                }
                let len6 = data38.length;
                for (let i7 = 0; i7 < len6; i7++) {
                  let data39 = data38[i7];
                  if (data39 && typeof data39 == "object" && !Array.isArray(data39)) {
                    if (data39.key === void 0) {
                      let err90 = { instancePath: instancePath + "/spec/objectSelector/matchExpressions/" + i7, schemaPath: "#/properties/spec/properties/objectSelector/properties/matchExpressions/items/required", keyword: "required", params: { missingProperty: "key" }, schema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items.required, parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items, data: data39 };
                      vErrors === null ? vErrors = [err90] : vErrors.push(err90), errors++;
                    }
                    if (data39.operator === void 0) {
                      let err91 = { instancePath: instancePath + "/spec/objectSelector/matchExpressions/" + i7, schemaPath: "#/properties/spec/properties/objectSelector/properties/matchExpressions/items/required", keyword: "required", params: { missingProperty: "operator" }, schema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items.required, parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items, data: data39 };
                      vErrors === null ? vErrors = [err91] : vErrors.push(err91), errors++;
                    }
                    for (let key10 in data39)
                      key10 === "key" || key10 === "operator" || key10 === "values" || delete data39[key10];
                    if (data39.key !== void 0) {
                      let data40 = data39.key;
                      if (typeof data40 == "string") {
                        if (func2(data40) > 317) {
                          let err92 = { instancePath: instancePath + "/spec/objectSelector/matchExpressions/" + i7 + "/key", schemaPath: "#/properties/spec/properties/objectSelector/properties/matchExpressions/items/properties/key/maxLength", keyword: "maxLength", params: { limit: 317 }, schema: 317, parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items.properties.key, data: data40 };
                          vErrors === null ? vErrors = [err92] : vErrors.push(err92), errors++;
                        }
                        if (func2(data40) < 1) {
                          let err93 = { instancePath: instancePath + "/spec/objectSelector/matchExpressions/" + i7 + "/key", schemaPath: "#/properties/spec/properties/objectSelector/properties/matchExpressions/items/properties/key/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items.properties.key, data: data40 };
                          vErrors === null ? vErrors = [err93] : vErrors.push(err93), errors++;
                        }
                        if (!pattern22.test(data40)) {
                          let err94 = { instancePath: instancePath + "/spec/objectSelector/matchExpressions/" + i7 + "/key", schemaPath: "#/properties/spec/properties/objectSelector/properties/matchExpressions/items/properties/key/pattern", keyword: "pattern", params: { pattern: "^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$" }, schema: "^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$", parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items.properties.key, data: data40 };
                          vErrors === null ? vErrors = [err94] : vErrors.push(err94), errors++;
                        }
                      } else {
                        let err95 = { instancePath: instancePath + "/spec/objectSelector/matchExpressions/" + i7 + "/key", schemaPath: "#/properties/spec/properties/objectSelector/properties/matchExpressions/items/properties/key/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items.properties.key.type, parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items.properties.key, data: data40 };
                        vErrors === null ? vErrors = [err95] : vErrors.push(err95), errors++;
                      }
                    }
                    if (data39.operator !== void 0) {
                      let data41 = data39.operator;
                      if (typeof data41 != "string") {
                        let err96 = { instancePath: instancePath + "/spec/objectSelector/matchExpressions/" + i7 + "/operator", schemaPath: "#/properties/spec/properties/objectSelector/properties/matchExpressions/items/properties/operator/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items.properties.operator.type, parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items.properties.operator, data: data41 };
                        vErrors === null ? vErrors = [err96] : vErrors.push(err96), errors++;
                      }
                      if (!(data41 === "In" || data41 === "NotIn" || data41 === "Exists" || data41 === "DoesNotExist")) {
                        let err97 = { instancePath: instancePath + "/spec/objectSelector/matchExpressions/" + i7 + "/operator", schemaPath: "#/properties/spec/properties/objectSelector/properties/matchExpressions/items/properties/operator/enum", keyword: "enum", params: { allowedValues: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items.properties.operator.enum }, schema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items.properties.operator.enum, parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items.properties.operator, data: data41 };
                        vErrors === null ? vErrors = [err97] : vErrors.push(err97), errors++;
                      }
                    }
                    if (data39.values !== void 0) {
                      let data42 = data39.values;
                      if (Array.isArray(data42)) {
                        if (data42.length > 64) {
                          let err98 = { instancePath: instancePath + "/spec/objectSelector/matchExpressions/" + i7 + "/values", schemaPath: "#/properties/spec/properties/objectSelector/properties/matchExpressions/items/properties/values/maxItems", keyword: "maxItems", params: { limit: 64 }, schema: 64, parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items.properties.values, data: data42 };
                          vErrors === null ? vErrors = [err98] : vErrors.push(err98), errors++;
                        }
                        let len7 = data42.length;
                        for (let i8 = 0; i8 < len7; i8++) {
                          let data43 = data42[i8];
                          if (typeof data43 == "string") {
                            if (func2(data43) > 63) {
                              let err99 = { instancePath: instancePath + "/spec/objectSelector/matchExpressions/" + i7 + "/values/" + i8, schemaPath: "#/properties/spec/properties/objectSelector/properties/matchExpressions/items/properties/values/items/maxLength", keyword: "maxLength", params: { limit: 63 }, schema: 63, parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items.properties.values.items, data: data43 };
                              vErrors === null ? vErrors = [err99] : vErrors.push(err99), errors++;
                            }
                            if (!pattern21.test(data43)) {
                              let err100 = { instancePath: instancePath + "/spec/objectSelector/matchExpressions/" + i7 + "/values/" + i8, schemaPath: "#/properties/spec/properties/objectSelector/properties/matchExpressions/items/properties/values/items/pattern", keyword: "pattern", params: { pattern: "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$" }, schema: "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$", parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items.properties.values.items, data: data43 };
                              vErrors === null ? vErrors = [err100] : vErrors.push(err100), errors++;
                            }
                          } else {
                            let err101 = { instancePath: instancePath + "/spec/objectSelector/matchExpressions/" + i7 + "/values/" + i8, schemaPath: "#/properties/spec/properties/objectSelector/properties/matchExpressions/items/properties/values/items/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items.properties.values.items.type, parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items.properties.values.items, data: data43 };
                            vErrors === null ? vErrors = [err101] : vErrors.push(err101), errors++;
                          }
                        }
                      } else {
                        let err102 = { instancePath: instancePath + "/spec/objectSelector/matchExpressions/" + i7 + "/values", schemaPath: "#/properties/spec/properties/objectSelector/properties/matchExpressions/items/properties/values/type", keyword: "type", params: { type: "array" }, schema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items.properties.values.type, parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items.properties.values, data: data42 };
                        vErrors === null ? vErrors = [err102] : vErrors.push(err102), errors++;
                      }
                    }
                  } else {
                    let err103 = { instancePath: instancePath + "/spec/objectSelector/matchExpressions/" + i7, schemaPath: "#/properties/spec/properties/objectSelector/properties/matchExpressions/items/type", keyword: "type", params: { type: "object" }, schema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items.type, parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.items, data: data39 };
                    vErrors === null ? vErrors = [err103] : vErrors.push(err103), errors++;
                  }
                }
              } else {
                let err104 = { instancePath: instancePath + "/spec/objectSelector/matchExpressions", schemaPath: "#/properties/spec/properties/objectSelector/properties/matchExpressions/type", keyword: "type", params: { type: "array" }, schema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions.type, parentSchema: schema12.properties.spec.properties.objectSelector.properties.matchExpressions, data: data38 };
                vErrors === null ? vErrors = [err104] : vErrors.push(err104), errors++;
              }
            }
          } else {
            let err105 = { instancePath: instancePath + "/spec/objectSelector", schemaPath: "#/properties/spec/properties/objectSelector/type", keyword: "type", params: { type: "object" }, schema: schema12.properties.spec.properties.objectSelector.type, parentSchema: schema12.properties.spec.properties.objectSelector, data: data35 };
            vErrors === null ? vErrors = [err105] : vErrors.push(err105), errors++;
          }
        }
        if (data16.excludeLabels !== void 0) {
          let data44 = data16.excludeLabels;
          if (data44 && typeof data44 == "object" && !Array.isArray(data44)) {
            for (let key11 in data44)
              key11 === "matchLabels" || key11 === "matchExpressions" || delete data44[key11];
            if (data44.matchLabels !== void 0) {
              let data45 = data44.matchLabels;
              if (data45 && typeof data45 == "object" && !Array.isArray(data45)) {
                if (Object.keys(data45).length > 32) {
                  let err106 = { instancePath: instancePath + "/spec/excludeLabels/matchLabels", schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchLabels/maxProperties", keyword: "maxProperties", params: { limit: 32 }, schema: 32, parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchLabels, data: data45 };
                  vErrors === null ? vErrors = [err106] : vErrors.push(err106), errors++;
                }
                if (Object.keys(data45).length < 1) {
                  let err107 = { instancePath: instancePath + "/spec/excludeLabels/matchLabels", schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchLabels/minProperties", keyword: "minProperties", params: { limit: 1 }, schema: 1, parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchLabels, data: data45 };
                  vErrors === null ? vErrors = [err107] : vErrors.push(err107), errors++;
                }
                for (let key12 in data45) {
                  let data46 = data45[key12];
                  if (typeof data46 == "string") {
                    if (func2(data46) > 63) {
                      let err108 = { instancePath: instancePath + "/spec/excludeLabels/matchLabels/" + key12.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchLabels/additionalProperties/maxLength", keyword: "maxLength", params: { limit: 63 }, schema: 63, parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchLabels.additionalProperties, data: data46 };
                      vErrors === null ? vErrors = [err108] : vErrors.push(err108), errors++;
                    }
                    if (!pattern21.test(data46)) {
                      let err109 = { instancePath: instancePath + "/spec/excludeLabels/matchLabels/" + key12.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchLabels/additionalProperties/pattern", keyword: "pattern", params: { pattern: "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$" }, schema: "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$", parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchLabels.additionalProperties, data: data46 };
                      vErrors === null ? vErrors = [err109] : vErrors.push(err109), errors++;
                    }
                  } else {
                    let err110 = { instancePath: instancePath + "/spec/excludeLabels/matchLabels/" + key12.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchLabels/additionalProperties/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.spec.properties.excludeLabels.properties.matchLabels.additionalProperties.type, parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchLabels.additionalProperties, data: data46 };
                    vErrors === null ? vErrors = [err110] : vErrors.push(err110), errors++;
                  }
                }
              } else {
                let err111 = { instancePath: instancePath + "/spec/excludeLabels/matchLabels", schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchLabels/type", keyword: "type", params: { type: "object" }, schema: schema12.properties.spec.properties.excludeLabels.properties.matchLabels.type, parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchLabels, data: data45 };
                vErrors === null ? vErrors = [err111] : vErrors.push(err111), errors++;
              }
            }
            if (data44.matchExpressions !== void 0) {
              let data47 = data44.matchExpressions;
              if (Array.isArray(data47)) {
                if (data47.length > 32) {
                  let err112 = { instancePath: instancePath + "/spec/excludeLabels/matchExpressions", schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchExpressions/maxItems", keyword: "maxItems", params: { limit: 32 }, schema: 32, parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions, data: data47 };
                  vErrors === null ? vErrors = [err112] : vErrors.push(err112), errors++;
                }
                let len8 = data47.length;
                for (let i9 = 0; i9 < len8; i9++) {
                  let data48 = data47[i9];
                  if (data48 && typeof data48 == "object" && !Array.isArray(data48)) {
                    if (data48.key === void 0) {
                      let err113 = { instancePath: instancePath + "/spec/excludeLabels/matchExpressions/" + i9, schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchExpressions/items/required", keyword: "required", params: { missingProperty: "key" }, schema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items.required, parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items, data: data48 };
                      vErrors === null ? vErrors = [err113] : vErrors.push(err113), errors++;
                    }
                    if (data48.operator === void 0) {
                      let err114 = { instancePath: instancePath + "/spec/excludeLabels/matchExpressions/" + i9, schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchExpressions/items/required", keyword: "required", params: { missingProperty: "operator" }, schema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items.required, parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items, data: data48 };
                      vErrors === null ? vErrors = [err114] : vErrors.push(err114), errors++;
                    }
                    for (let key13 in data48)
                      key13 === "key" || key13 === "operator" || key13 === "values" || delete data48[key13];
                    if (data48.key !== void 0) {
                      let data49 = data48.key;
                      if (typeof data49 == "string") {
                        if (func2(data49) > 317) {
                          let err115 = { instancePath: instancePath + "/spec/excludeLabels/matchExpressions/" + i9 + "/key", schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchExpressions/items/properties/key/maxLength", keyword: "maxLength", params: { limit: 317 }, schema: 317, parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items.properties.key, data: data49 };
                          vErrors === null ? vErrors = [err115] : vErrors.push(err115), errors++;
                        }
                        if (func2(data49) < 1) {
                          let err116 = { instancePath: instancePath + "/spec/excludeLabels/matchExpressions/" + i9 + "/key", schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchExpressions/items/properties/key/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items.properties.key, data: data49 };
                          vErrors === null ? vErrors = [err116] : vErrors.push(err116), errors++;
                        }
                        if (!pattern22.test(data49)) {
                          let err117 = { instancePath: instancePath + "/spec/excludeLabels/matchExpressions/" + i9 + "/key", schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchExpressions/items/properties/key/pattern", keyword: "pattern", params: { pattern: "^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$" }, schema: "^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$", parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items.properties.key, data: data49 };
                          vErrors === null ? vErrors = [err117] : vErrors.push(err117), errors++;
                        }
                      } else {
                        let err118 = { instancePath: instancePath + "/spec/excludeLabels/matchExpressions/" + i9 + "/key", schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchExpressions/items/properties/key/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items.properties.key.type, parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items.properties.key, data: data49 };
                        vErrors === null ? vErrors = [err118] : vErrors.push(err118), errors++;
                      }
                    }
                    if (data48.operator !== void 0) {
                      let data50 = data48.operator;
                      if (typeof data50 != "string") {
                        let err119 = { instancePath: instancePath + "/spec/excludeLabels/matchExpressions/" + i9 + "/operator", schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchExpressions/items/properties/operator/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items.properties.operator.type, parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items.properties.operator, data: data50 };
                        vErrors === null ? vErrors = [err119] : vErrors.push(err119), errors++;
                      }
                      if (!(data50 === "In" || data50 === "NotIn" || data50 === "Exists" || data50 === "DoesNotExist")) {
                        let err120 = { instancePath: instancePath + "/spec/excludeLabels/matchExpressions/" + i9 + "/operator", schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchExpressions/items/properties/operator/enum", keyword: "enum", params: { allowedValues: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items.properties.operator.enum }, schema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items.properties.operator.enum, parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items.properties.operator, data: data50 };
                        vErrors === null ? vErrors = [err120] : vErrors.push(err120), errors++;
                      }
                    }
                    if (data48.values !== void 0) {
                      let data51 = data48.values;
                      if (Array.isArray(data51)) {
                        if (data51.length > 64) {
                          let err121 = { instancePath: instancePath + "/spec/excludeLabels/matchExpressions/" + i9 + "/values", schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchExpressions/items/properties/values/maxItems", keyword: "maxItems", params: { limit: 64 }, schema: 64, parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items.properties.values, data: data51 };
                          vErrors === null ? vErrors = [err121] : vErrors.push(err121), errors++;
                        }
                        let len9 = data51.length;
                        for (let i10 = 0; i10 < len9; i10++) {
                          let data52 = data51[i10];
                          if (typeof data52 == "string") {
                            if (func2(data52) > 63) {
                              let err122 = { instancePath: instancePath + "/spec/excludeLabels/matchExpressions/" + i9 + "/values/" + i10, schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchExpressions/items/properties/values/items/maxLength", keyword: "maxLength", params: { limit: 63 }, schema: 63, parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items.properties.values.items, data: data52 };
                              vErrors === null ? vErrors = [err122] : vErrors.push(err122), errors++;
                            }
                            if (!pattern21.test(data52)) {
                              let err123 = { instancePath: instancePath + "/spec/excludeLabels/matchExpressions/" + i9 + "/values/" + i10, schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchExpressions/items/properties/values/items/pattern", keyword: "pattern", params: { pattern: "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$" }, schema: "^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$", parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items.properties.values.items, data: data52 };
                              vErrors === null ? vErrors = [err123] : vErrors.push(err123), errors++;
                            }
                          } else {
                            let err124 = { instancePath: instancePath + "/spec/excludeLabels/matchExpressions/" + i9 + "/values/" + i10, schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchExpressions/items/properties/values/items/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items.properties.values.items.type, parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items.properties.values.items, data: data52 };
                            vErrors === null ? vErrors = [err124] : vErrors.push(err124), errors++;
                          }
                        }
                      } else {
                        let err125 = { instancePath: instancePath + "/spec/excludeLabels/matchExpressions/" + i9 + "/values", schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchExpressions/items/properties/values/type", keyword: "type", params: { type: "array" }, schema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items.properties.values.type, parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items.properties.values, data: data51 };
                        vErrors === null ? vErrors = [err125] : vErrors.push(err125), errors++;
                      }
                    }
                  } else {
                    let err126 = { instancePath: instancePath + "/spec/excludeLabels/matchExpressions/" + i9, schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchExpressions/items/type", keyword: "type", params: { type: "object" }, schema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items.type, parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.items, data: data48 };
                    vErrors === null ? vErrors = [err126] : vErrors.push(err126), errors++;
                  }
                }
              } else {
                let err127 = { instancePath: instancePath + "/spec/excludeLabels/matchExpressions", schemaPath: "#/properties/spec/properties/excludeLabels/properties/matchExpressions/type", keyword: "type", params: { type: "array" }, schema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions.type, parentSchema: schema12.properties.spec.properties.excludeLabels.properties.matchExpressions, data: data47 };
                vErrors === null ? vErrors = [err127] : vErrors.push(err127), errors++;
              }
            }
          } else {
            let err128 = { instancePath: instancePath + "/spec/excludeLabels", schemaPath: "#/properties/spec/properties/excludeLabels/type", keyword: "type", params: { type: "object" }, schema: schema12.properties.spec.properties.excludeLabels.type, parentSchema: schema12.properties.spec.properties.excludeLabels, data: data44 };
            vErrors === null ? vErrors = [err128] : vErrors.push(err128), errors++;
          }
        }
        if (data16.excludeUsers !== void 0) {
          let data53 = data16.excludeUsers;
          if (Array.isArray(data53)) {
            if (data53.length > 64) {
              let err129 = { instancePath: instancePath + "/spec/excludeUsers", schemaPath: "#/properties/spec/properties/excludeUsers/maxItems", keyword: "maxItems", params: { limit: 64 }, schema: 64, parentSchema: schema12.properties.spec.properties.excludeUsers, data: data53 };
              vErrors === null ? vErrors = [err129] : vErrors.push(err129), errors++;
            }
            let len10 = data53.length;
            for (let i11 = 0; i11 < len10; i11++) {
              let data54 = data53[i11];
              if (typeof data54 == "string") {
                if (func2(data54) > 256) {
                  let err130 = { instancePath: instancePath + "/spec/excludeUsers/" + i11, schemaPath: "#/properties/spec/properties/excludeUsers/items/maxLength", keyword: "maxLength", params: { limit: 256 }, schema: 256, parentSchema: schema12.properties.spec.properties.excludeUsers.items, data: data54 };
                  vErrors === null ? vErrors = [err130] : vErrors.push(err130), errors++;
                }
                if (func2(data54) < 1) {
                  let err131 = { instancePath: instancePath + "/spec/excludeUsers/" + i11, schemaPath: "#/properties/spec/properties/excludeUsers/items/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema12.properties.spec.properties.excludeUsers.items, data: data54 };
                  vErrors === null ? vErrors = [err131] : vErrors.push(err131), errors++;
                }
                if (!pattern30.test(data54)) {
                  let err132 = { instancePath: instancePath + "/spec/excludeUsers/" + i11, schemaPath: "#/properties/spec/properties/excludeUsers/items/pattern", keyword: "pattern", params: { pattern: "^[^\\x00-\\x1f\\x7f]+$" }, schema: "^[^\\x00-\\x1f\\x7f]+$", parentSchema: schema12.properties.spec.properties.excludeUsers.items, data: data54 };
                  vErrors === null ? vErrors = [err132] : vErrors.push(err132), errors++;
                }
              } else {
                let err133 = { instancePath: instancePath + "/spec/excludeUsers/" + i11, schemaPath: "#/properties/spec/properties/excludeUsers/items/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.spec.properties.excludeUsers.items.type, parentSchema: schema12.properties.spec.properties.excludeUsers.items, data: data54 };
                vErrors === null ? vErrors = [err133] : vErrors.push(err133), errors++;
              }
            }
          } else {
            let err134 = { instancePath: instancePath + "/spec/excludeUsers", schemaPath: "#/properties/spec/properties/excludeUsers/type", keyword: "type", params: { type: "array" }, schema: schema12.properties.spec.properties.excludeUsers.type, parentSchema: schema12.properties.spec.properties.excludeUsers, data: data53 };
            vErrors === null ? vErrors = [err134] : vErrors.push(err134), errors++;
          }
        }
        if (data16.excludeFields !== void 0) {
          let data55 = data16.excludeFields;
          if (Array.isArray(data55)) {
            if (data55.length > 64) {
              let err135 = { instancePath: instancePath + "/spec/excludeFields", schemaPath: "#/properties/spec/properties/excludeFields/maxItems", keyword: "maxItems", params: { limit: 64 }, schema: 64, parentSchema: schema12.properties.spec.properties.excludeFields, data: data55 };
              vErrors === null ? vErrors = [err135] : vErrors.push(err135), errors++;
            }
            let len11 = data55.length;
            for (let i12 = 0; i12 < len11; i12++) {
              let data56 = data55[i12];
              if (typeof data56 == "string") {
                if (func2(data56) > 512) {
                  let err136 = { instancePath: instancePath + "/spec/excludeFields/" + i12, schemaPath: "#/properties/spec/properties/excludeFields/items/maxLength", keyword: "maxLength", params: { limit: 512 }, schema: 512, parentSchema: schema12.properties.spec.properties.excludeFields.items, data: data56 };
                  vErrors === null ? vErrors = [err136] : vErrors.push(err136), errors++;
                }
                if (func2(data56) < 1) {
                  let err137 = { instancePath: instancePath + "/spec/excludeFields/" + i12, schemaPath: "#/properties/spec/properties/excludeFields/items/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema12.properties.spec.properties.excludeFields.items, data: data56 };
                  vErrors === null ? vErrors = [err137] : vErrors.push(err137), errors++;
                }
                if (!pattern11.test(data56)) {
                  let err138 = { instancePath: instancePath + "/spec/excludeFields/" + i12, schemaPath: "#/properties/spec/properties/excludeFields/items/pattern", keyword: "pattern", params: { pattern: '^[A-Za-z_][A-Za-z0-9_-]*(\\.([A-Za-z0-9_-]+|\\*)|\\[("[^"\\\\\\x00-\\x1f\\x7f]+"|\\*)\\])*$' }, schema: '^[A-Za-z_][A-Za-z0-9_-]*(\\.([A-Za-z0-9_-]+|\\*)|\\[("[^"\\\\\\x00-\\x1f\\x7f]+"|\\*)\\])*$', parentSchema: schema12.properties.spec.properties.excludeFields.items, data: data56 };
                  vErrors === null ? vErrors = [err138] : vErrors.push(err138), errors++;
                }
              } else {
                let err139 = { instancePath: instancePath + "/spec/excludeFields/" + i12, schemaPath: "#/properties/spec/properties/excludeFields/items/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.spec.properties.excludeFields.items.type, parentSchema: schema12.properties.spec.properties.excludeFields.items, data: data56 };
                vErrors === null ? vErrors = [err139] : vErrors.push(err139), errors++;
              }
            }
          } else {
            let err140 = { instancePath: instancePath + "/spec/excludeFields", schemaPath: "#/properties/spec/properties/excludeFields/type", keyword: "type", params: { type: "array" }, schema: schema12.properties.spec.properties.excludeFields.type, parentSchema: schema12.properties.spec.properties.excludeFields, data: data55 };
            vErrors === null ? vErrors = [err140] : vErrors.push(err140), errors++;
          }
        }
        let data57 = data16.noise;
        if (typeof data57 != "string") {
          let err141 = { instancePath: instancePath + "/spec/noise", schemaPath: "#/properties/spec/properties/noise/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.spec.properties.noise.type, parentSchema: schema12.properties.spec.properties.noise, data: data57 };
          vErrors === null ? vErrors = [err141] : vErrors.push(err141), errors++;
        }
        if (!(data57 === "Coalesce" || data57 === "CommitAll")) {
          let err142 = { instancePath: instancePath + "/spec/noise", schemaPath: "#/properties/spec/properties/noise/enum", keyword: "enum", params: { allowedValues: schema12.properties.spec.properties.noise.enum }, schema: schema12.properties.spec.properties.noise.enum, parentSchema: schema12.properties.spec.properties.noise, data: data57 };
          vErrors === null ? vErrors = [err142] : vErrors.push(err142), errors++;
        }
        let data58 = data16.suspend;
        if (typeof data58 != "boolean") {
          let err143 = { instancePath: instancePath + "/spec/suspend", schemaPath: "#/properties/spec/properties/suspend/type", keyword: "type", params: { type: "boolean" }, schema: schema12.properties.spec.properties.suspend.type, parentSchema: schema12.properties.spec.properties.suspend, data: data58 };
          vErrors === null ? vErrors = [err143] : vErrors.push(err143), errors++;
        }
      } else {
        let err144 = { instancePath: instancePath + "/spec", schemaPath: "#/properties/spec/type", keyword: "type", params: { type: "object" }, schema: schema12.properties.spec.type, parentSchema: schema12.properties.spec, data: data16 };
        vErrors === null ? vErrors = [err144] : vErrors.push(err144), errors++;
      }
    }
    if (data.status !== void 0) {
      let data59 = data.status;
      if (data59 && typeof data59 == "object" && !Array.isArray(data59)) {
        for (let key14 in data59)
          func33.call(schema12.properties.status.properties, key14) || delete data59[key14];
        if (data59.observedGeneration !== void 0) {
          let data60 = data59.observedGeneration;
          if (!(typeof data60 == "number" && !(data60 % 1) && !isNaN(data60) && isFinite(data60))) {
            let err145 = { instancePath: instancePath + "/status/observedGeneration", schemaPath: "#/properties/status/properties/observedGeneration/type", keyword: "type", params: { type: "integer" }, schema: schema12.properties.status.properties.observedGeneration.type, parentSchema: schema12.properties.status.properties.observedGeneration, data: data60 };
            vErrors === null ? vErrors = [err145] : vErrors.push(err145), errors++;
          }
          if (typeof data60 == "number" && isFinite(data60) && (data60 < 0 || isNaN(data60))) {
            let err146 = { instancePath: instancePath + "/status/observedGeneration", schemaPath: "#/properties/status/properties/observedGeneration/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, schema: 0, parentSchema: schema12.properties.status.properties.observedGeneration, data: data60 };
            vErrors === null ? vErrors = [err146] : vErrors.push(err146), errors++;
          }
        }
        if (data59.conditions !== void 0) {
          let data61 = data59.conditions;
          if (Array.isArray(data61)) {
            if (data61.length > 16) {
              let err147 = { instancePath: instancePath + "/status/conditions", schemaPath: "#/properties/status/properties/conditions/maxItems", keyword: "maxItems", params: { limit: 16 }, schema: 16, parentSchema: schema12.properties.status.properties.conditions, data: data61 };
              vErrors === null ? vErrors = [err147] : vErrors.push(err147), errors++;
            }
            let len12 = data61.length;
            for (let i13 = 0; i13 < len12; i13++) {
              let data62 = data61[i13];
              if (data62 && typeof data62 == "object" && !Array.isArray(data62)) {
                if (data62.type === void 0) {
                  let err148 = { instancePath: instancePath + "/status/conditions/" + i13, schemaPath: "#/properties/status/properties/conditions/items/required", keyword: "required", params: { missingProperty: "type" }, schema: schema12.properties.status.properties.conditions.items.required, parentSchema: schema12.properties.status.properties.conditions.items, data: data62 };
                  vErrors === null ? vErrors = [err148] : vErrors.push(err148), errors++;
                }
                if (data62.status === void 0) {
                  let err149 = { instancePath: instancePath + "/status/conditions/" + i13, schemaPath: "#/properties/status/properties/conditions/items/required", keyword: "required", params: { missingProperty: "status" }, schema: schema12.properties.status.properties.conditions.items.required, parentSchema: schema12.properties.status.properties.conditions.items, data: data62 };
                  vErrors === null ? vErrors = [err149] : vErrors.push(err149), errors++;
                }
                if (data62.reason === void 0) {
                  let err150 = { instancePath: instancePath + "/status/conditions/" + i13, schemaPath: "#/properties/status/properties/conditions/items/required", keyword: "required", params: { missingProperty: "reason" }, schema: schema12.properties.status.properties.conditions.items.required, parentSchema: schema12.properties.status.properties.conditions.items, data: data62 };
                  vErrors === null ? vErrors = [err150] : vErrors.push(err150), errors++;
                }
                if (data62.message === void 0) {
                  let err151 = { instancePath: instancePath + "/status/conditions/" + i13, schemaPath: "#/properties/status/properties/conditions/items/required", keyword: "required", params: { missingProperty: "message" }, schema: schema12.properties.status.properties.conditions.items.required, parentSchema: schema12.properties.status.properties.conditions.items, data: data62 };
                  vErrors === null ? vErrors = [err151] : vErrors.push(err151), errors++;
                }
                if (data62.lastTransitionTime === void 0) {
                  let err152 = { instancePath: instancePath + "/status/conditions/" + i13, schemaPath: "#/properties/status/properties/conditions/items/required", keyword: "required", params: { missingProperty: "lastTransitionTime" }, schema: schema12.properties.status.properties.conditions.items.required, parentSchema: schema12.properties.status.properties.conditions.items, data: data62 };
                  vErrors === null ? vErrors = [err152] : vErrors.push(err152), errors++;
                }
                for (let key15 in data62)
                  key15 === "type" || key15 === "status" || key15 === "reason" || key15 === "message" || key15 === "lastTransitionTime" || key15 === "observedGeneration" || delete data62[key15];
                if (data62.type !== void 0) {
                  let data63 = data62.type;
                  if (typeof data63 == "string") {
                    if (func2(data63) > 316) {
                      let err153 = { instancePath: instancePath + "/status/conditions/" + i13 + "/type", schemaPath: "#/properties/status/properties/conditions/items/properties/type/maxLength", keyword: "maxLength", params: { limit: 316 }, schema: 316, parentSchema: schema12.properties.status.properties.conditions.items.properties.type, data: data63 };
                      vErrors === null ? vErrors = [err153] : vErrors.push(err153), errors++;
                    }
                    if (func2(data63) < 1) {
                      let err154 = { instancePath: instancePath + "/status/conditions/" + i13 + "/type", schemaPath: "#/properties/status/properties/conditions/items/properties/type/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema12.properties.status.properties.conditions.items.properties.type, data: data63 };
                      vErrors === null ? vErrors = [err154] : vErrors.push(err154), errors++;
                    }
                    if (!pattern12.test(data63)) {
                      let err155 = { instancePath: instancePath + "/status/conditions/" + i13 + "/type", schemaPath: "#/properties/status/properties/conditions/items/properties/type/pattern", keyword: "pattern", params: { pattern: "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$" }, schema: "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$", parentSchema: schema12.properties.status.properties.conditions.items.properties.type, data: data63 };
                      vErrors === null ? vErrors = [err155] : vErrors.push(err155), errors++;
                    }
                  } else {
                    let err156 = { instancePath: instancePath + "/status/conditions/" + i13 + "/type", schemaPath: "#/properties/status/properties/conditions/items/properties/type/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.status.properties.conditions.items.properties.type.type, parentSchema: schema12.properties.status.properties.conditions.items.properties.type, data: data63 };
                    vErrors === null ? vErrors = [err156] : vErrors.push(err156), errors++;
                  }
                }
                if (data62.status !== void 0) {
                  let data64 = data62.status;
                  if (typeof data64 != "string") {
                    let err157 = { instancePath: instancePath + "/status/conditions/" + i13 + "/status", schemaPath: "#/properties/status/properties/conditions/items/properties/status/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.status.properties.conditions.items.properties.status.type, parentSchema: schema12.properties.status.properties.conditions.items.properties.status, data: data64 };
                    vErrors === null ? vErrors = [err157] : vErrors.push(err157), errors++;
                  }
                  if (!(data64 === "True" || data64 === "False" || data64 === "Unknown")) {
                    let err158 = { instancePath: instancePath + "/status/conditions/" + i13 + "/status", schemaPath: "#/properties/status/properties/conditions/items/properties/status/enum", keyword: "enum", params: { allowedValues: schema12.properties.status.properties.conditions.items.properties.status.enum }, schema: schema12.properties.status.properties.conditions.items.properties.status.enum, parentSchema: schema12.properties.status.properties.conditions.items.properties.status, data: data64 };
                    vErrors === null ? vErrors = [err158] : vErrors.push(err158), errors++;
                  }
                }
                if (data62.reason !== void 0) {
                  let data65 = data62.reason;
                  if (typeof data65 == "string") {
                    if (func2(data65) > 1024) {
                      let err159 = { instancePath: instancePath + "/status/conditions/" + i13 + "/reason", schemaPath: "#/properties/status/properties/conditions/items/properties/reason/maxLength", keyword: "maxLength", params: { limit: 1024 }, schema: 1024, parentSchema: schema12.properties.status.properties.conditions.items.properties.reason, data: data65 };
                      vErrors === null ? vErrors = [err159] : vErrors.push(err159), errors++;
                    }
                    if (func2(data65) < 1) {
                      let err160 = { instancePath: instancePath + "/status/conditions/" + i13 + "/reason", schemaPath: "#/properties/status/properties/conditions/items/properties/reason/minLength", keyword: "minLength", params: { limit: 1 }, schema: 1, parentSchema: schema12.properties.status.properties.conditions.items.properties.reason, data: data65 };
                      vErrors === null ? vErrors = [err160] : vErrors.push(err160), errors++;
                    }
                    if (!pattern13.test(data65)) {
                      let err161 = { instancePath: instancePath + "/status/conditions/" + i13 + "/reason", schemaPath: "#/properties/status/properties/conditions/items/properties/reason/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$" }, schema: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$", parentSchema: schema12.properties.status.properties.conditions.items.properties.reason, data: data65 };
                      vErrors === null ? vErrors = [err161] : vErrors.push(err161), errors++;
                    }
                  } else {
                    let err162 = { instancePath: instancePath + "/status/conditions/" + i13 + "/reason", schemaPath: "#/properties/status/properties/conditions/items/properties/reason/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.status.properties.conditions.items.properties.reason.type, parentSchema: schema12.properties.status.properties.conditions.items.properties.reason, data: data65 };
                    vErrors === null ? vErrors = [err162] : vErrors.push(err162), errors++;
                  }
                }
                if (data62.message !== void 0) {
                  let data66 = data62.message;
                  if (typeof data66 == "string") {
                    if (func2(data66) > 32768) {
                      let err163 = { instancePath: instancePath + "/status/conditions/" + i13 + "/message", schemaPath: "#/properties/status/properties/conditions/items/properties/message/maxLength", keyword: "maxLength", params: { limit: 32768 }, schema: 32768, parentSchema: schema12.properties.status.properties.conditions.items.properties.message, data: data66 };
                      vErrors === null ? vErrors = [err163] : vErrors.push(err163), errors++;
                    }
                  } else {
                    let err164 = { instancePath: instancePath + "/status/conditions/" + i13 + "/message", schemaPath: "#/properties/status/properties/conditions/items/properties/message/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.status.properties.conditions.items.properties.message.type, parentSchema: schema12.properties.status.properties.conditions.items.properties.message, data: data66 };
                    vErrors === null ? vErrors = [err164] : vErrors.push(err164), errors++;
                  }
                }
                if (data62.lastTransitionTime !== void 0) {
                  let data67 = data62.lastTransitionTime;
                  if (typeof data67 == "string") {
                    if (func2(data67) > 64) {
                      let err165 = { instancePath: instancePath + "/status/conditions/" + i13 + "/lastTransitionTime", schemaPath: "#/properties/status/properties/conditions/items/properties/lastTransitionTime/maxLength", keyword: "maxLength", params: { limit: 64 }, schema: 64, parentSchema: schema12.properties.status.properties.conditions.items.properties.lastTransitionTime, data: data67 };
                      vErrors === null ? vErrors = [err165] : vErrors.push(err165), errors++;
                    }
                    if (!pattern14.test(data67)) {
                      let err166 = { instancePath: instancePath + "/status/conditions/" + i13 + "/lastTransitionTime", schemaPath: "#/properties/status/properties/conditions/items/properties/lastTransitionTime/pattern", keyword: "pattern", params: { pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$" }, schema: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$", parentSchema: schema12.properties.status.properties.conditions.items.properties.lastTransitionTime, data: data67 };
                      vErrors === null ? vErrors = [err166] : vErrors.push(err166), errors++;
                    }
                  } else {
                    let err167 = { instancePath: instancePath + "/status/conditions/" + i13 + "/lastTransitionTime", schemaPath: "#/properties/status/properties/conditions/items/properties/lastTransitionTime/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.status.properties.conditions.items.properties.lastTransitionTime.type, parentSchema: schema12.properties.status.properties.conditions.items.properties.lastTransitionTime, data: data67 };
                    vErrors === null ? vErrors = [err167] : vErrors.push(err167), errors++;
                  }
                }
                if (data62.observedGeneration !== void 0) {
                  let data68 = data62.observedGeneration;
                  if (!(typeof data68 == "number" && !(data68 % 1) && !isNaN(data68) && isFinite(data68))) {
                    let err168 = { instancePath: instancePath + "/status/conditions/" + i13 + "/observedGeneration", schemaPath: "#/properties/status/properties/conditions/items/properties/observedGeneration/type", keyword: "type", params: { type: "integer" }, schema: schema12.properties.status.properties.conditions.items.properties.observedGeneration.type, parentSchema: schema12.properties.status.properties.conditions.items.properties.observedGeneration, data: data68 };
                    vErrors === null ? vErrors = [err168] : vErrors.push(err168), errors++;
                  }
                  if (typeof data68 == "number" && isFinite(data68) && (data68 < 0 || isNaN(data68))) {
                    let err169 = { instancePath: instancePath + "/status/conditions/" + i13 + "/observedGeneration", schemaPath: "#/properties/status/properties/conditions/items/properties/observedGeneration/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, schema: 0, parentSchema: schema12.properties.status.properties.conditions.items.properties.observedGeneration, data: data68 };
                    vErrors === null ? vErrors = [err169] : vErrors.push(err169), errors++;
                  }
                }
              } else {
                let err170 = { instancePath: instancePath + "/status/conditions/" + i13, schemaPath: "#/properties/status/properties/conditions/items/type", keyword: "type", params: { type: "object" }, schema: schema12.properties.status.properties.conditions.items.type, parentSchema: schema12.properties.status.properties.conditions.items, data: data62 };
                vErrors === null ? vErrors = [err170] : vErrors.push(err170), errors++;
              }
            }
          } else {
            let err171 = { instancePath: instancePath + "/status/conditions", schemaPath: "#/properties/status/properties/conditions/type", keyword: "type", params: { type: "array" }, schema: schema12.properties.status.properties.conditions.type, parentSchema: schema12.properties.status.properties.conditions, data: data61 };
            vErrors === null ? vErrors = [err171] : vErrors.push(err171), errors++;
          }
        }
        if (data59.resources !== void 0) {
          let data69 = data59.resources;
          if (Array.isArray(data69)) {
            if (data69.length > 512) {
              let err172 = { instancePath: instancePath + "/status/resources", schemaPath: "#/properties/status/properties/resources/maxItems", keyword: "maxItems", params: { limit: 512 }, schema: 512, parentSchema: schema12.properties.status.properties.resources, data: data69 };
              vErrors === null ? vErrors = [err172] : vErrors.push(err172), errors++;
            }
            let len13 = data69.length;
            for (let i14 = 0; i14 < len13; i14++) {
              let data70 = data69[i14];
              if (data70 && typeof data70 == "object" && !Array.isArray(data70)) {
                if (data70.apiVersion === void 0) {
                  let err173 = { instancePath: instancePath + "/status/resources/" + i14, schemaPath: "#/properties/status/properties/resources/items/required", keyword: "required", params: { missingProperty: "apiVersion" }, schema: schema12.properties.status.properties.resources.items.required, parentSchema: schema12.properties.status.properties.resources.items, data: data70 };
                  vErrors === null ? vErrors = [err173] : vErrors.push(err173), errors++;
                }
                if (data70.kind === void 0) {
                  let err174 = { instancePath: instancePath + "/status/resources/" + i14, schemaPath: "#/properties/status/properties/resources/items/required", keyword: "required", params: { missingProperty: "kind" }, schema: schema12.properties.status.properties.resources.items.required, parentSchema: schema12.properties.status.properties.resources.items, data: data70 };
                  vErrors === null ? vErrors = [err174] : vErrors.push(err174), errors++;
                }
                if (data70.objects === void 0) {
                  let err175 = { instancePath: instancePath + "/status/resources/" + i14, schemaPath: "#/properties/status/properties/resources/items/required", keyword: "required", params: { missingProperty: "objects" }, schema: schema12.properties.status.properties.resources.items.required, parentSchema: schema12.properties.status.properties.resources.items, data: data70 };
                  vErrors === null ? vErrors = [err175] : vErrors.push(err175), errors++;
                }
                for (let key16 in data70)
                  key16 === "apiVersion" || key16 === "kind" || key16 === "objects" || delete data70[key16];
                if (data70.apiVersion !== void 0) {
                  let data71 = data70.apiVersion;
                  if (typeof data71 == "string") {
                    if (func2(data71) > 317) {
                      let err176 = { instancePath: instancePath + "/status/resources/" + i14 + "/apiVersion", schemaPath: "#/properties/status/properties/resources/items/properties/apiVersion/maxLength", keyword: "maxLength", params: { limit: 317 }, schema: 317, parentSchema: schema12.properties.status.properties.resources.items.properties.apiVersion, data: data71 };
                      vErrors === null ? vErrors = [err176] : vErrors.push(err176), errors++;
                    }
                  } else {
                    let err177 = { instancePath: instancePath + "/status/resources/" + i14 + "/apiVersion", schemaPath: "#/properties/status/properties/resources/items/properties/apiVersion/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.status.properties.resources.items.properties.apiVersion.type, parentSchema: schema12.properties.status.properties.resources.items.properties.apiVersion, data: data71 };
                    vErrors === null ? vErrors = [err177] : vErrors.push(err177), errors++;
                  }
                }
                if (data70.kind !== void 0) {
                  let data72 = data70.kind;
                  if (typeof data72 == "string") {
                    if (func2(data72) > 63) {
                      let err178 = { instancePath: instancePath + "/status/resources/" + i14 + "/kind", schemaPath: "#/properties/status/properties/resources/items/properties/kind/maxLength", keyword: "maxLength", params: { limit: 63 }, schema: 63, parentSchema: schema12.properties.status.properties.resources.items.properties.kind, data: data72 };
                      vErrors === null ? vErrors = [err178] : vErrors.push(err178), errors++;
                    }
                  } else {
                    let err179 = { instancePath: instancePath + "/status/resources/" + i14 + "/kind", schemaPath: "#/properties/status/properties/resources/items/properties/kind/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.status.properties.resources.items.properties.kind.type, parentSchema: schema12.properties.status.properties.resources.items.properties.kind, data: data72 };
                    vErrors === null ? vErrors = [err179] : vErrors.push(err179), errors++;
                  }
                }
                if (data70.objects !== void 0) {
                  let data73 = data70.objects;
                  if (!(typeof data73 == "number" && !(data73 % 1) && !isNaN(data73) && isFinite(data73))) {
                    let err180 = { instancePath: instancePath + "/status/resources/" + i14 + "/objects", schemaPath: "#/properties/status/properties/resources/items/properties/objects/type", keyword: "type", params: { type: "integer" }, schema: schema12.properties.status.properties.resources.items.properties.objects.type, parentSchema: schema12.properties.status.properties.resources.items.properties.objects, data: data73 };
                    vErrors === null ? vErrors = [err180] : vErrors.push(err180), errors++;
                  }
                  if (typeof data73 == "number" && isFinite(data73) && (data73 < 0 || isNaN(data73))) {
                    let err181 = { instancePath: instancePath + "/status/resources/" + i14 + "/objects", schemaPath: "#/properties/status/properties/resources/items/properties/objects/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, schema: 0, parentSchema: schema12.properties.status.properties.resources.items.properties.objects, data: data73 };
                    vErrors === null ? vErrors = [err181] : vErrors.push(err181), errors++;
                  }
                }
              } else {
                let err182 = { instancePath: instancePath + "/status/resources/" + i14, schemaPath: "#/properties/status/properties/resources/items/type", keyword: "type", params: { type: "object" }, schema: schema12.properties.status.properties.resources.items.type, parentSchema: schema12.properties.status.properties.resources.items, data: data70 };
                vErrors === null ? vErrors = [err182] : vErrors.push(err182), errors++;
              }
            }
          } else {
            let err183 = { instancePath: instancePath + "/status/resources", schemaPath: "#/properties/status/properties/resources/type", keyword: "type", params: { type: "array" }, schema: schema12.properties.status.properties.resources.type, parentSchema: schema12.properties.status.properties.resources, data: data69 };
            vErrors === null ? vErrors = [err183] : vErrors.push(err183), errors++;
          }
        }
        if (data59.matchedResources !== void 0) {
          let data74 = data59.matchedResources;
          if (!(typeof data74 == "number" && !(data74 % 1) && !isNaN(data74) && isFinite(data74))) {
            let err184 = { instancePath: instancePath + "/status/matchedResources", schemaPath: "#/properties/status/properties/matchedResources/type", keyword: "type", params: { type: "integer" }, schema: schema12.properties.status.properties.matchedResources.type, parentSchema: schema12.properties.status.properties.matchedResources, data: data74 };
            vErrors === null ? vErrors = [err184] : vErrors.push(err184), errors++;
          }
          if (typeof data74 == "number" && isFinite(data74)) {
            if (data74 > 2147483647 || isNaN(data74)) {
              let err185 = { instancePath: instancePath + "/status/matchedResources", schemaPath: "#/properties/status/properties/matchedResources/maximum", keyword: "maximum", params: { comparison: "<=", limit: 2147483647 }, schema: 2147483647, parentSchema: schema12.properties.status.properties.matchedResources, data: data74 };
              vErrors === null ? vErrors = [err185] : vErrors.push(err185), errors++;
            }
            if (data74 < 0 || isNaN(data74)) {
              let err186 = { instancePath: instancePath + "/status/matchedResources", schemaPath: "#/properties/status/properties/matchedResources/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, schema: 0, parentSchema: schema12.properties.status.properties.matchedResources, data: data74 };
              vErrors === null ? vErrors = [err186] : vErrors.push(err186), errors++;
            }
          }
        }
        if (data59.capturedObjects !== void 0) {
          let data75 = data59.capturedObjects;
          if (!(typeof data75 == "number" && !(data75 % 1) && !isNaN(data75) && isFinite(data75))) {
            let err187 = { instancePath: instancePath + "/status/capturedObjects", schemaPath: "#/properties/status/properties/capturedObjects/type", keyword: "type", params: { type: "integer" }, schema: schema12.properties.status.properties.capturedObjects.type, parentSchema: schema12.properties.status.properties.capturedObjects, data: data75 };
            vErrors === null ? vErrors = [err187] : vErrors.push(err187), errors++;
          }
          if (typeof data75 == "number" && isFinite(data75) && (data75 < 0 || isNaN(data75))) {
            let err188 = { instancePath: instancePath + "/status/capturedObjects", schemaPath: "#/properties/status/properties/capturedObjects/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, schema: 0, parentSchema: schema12.properties.status.properties.capturedObjects, data: data75 };
            vErrors === null ? vErrors = [err188] : vErrors.push(err188), errors++;
          }
        }
        if (data59.commits !== void 0) {
          let data76 = data59.commits;
          if (!(typeof data76 == "number" && !(data76 % 1) && !isNaN(data76) && isFinite(data76))) {
            let err189 = { instancePath: instancePath + "/status/commits", schemaPath: "#/properties/status/properties/commits/type", keyword: "type", params: { type: "integer" }, schema: schema12.properties.status.properties.commits.type, parentSchema: schema12.properties.status.properties.commits, data: data76 };
            vErrors === null ? vErrors = [err189] : vErrors.push(err189), errors++;
          }
          if (typeof data76 == "number" && isFinite(data76) && (data76 < 0 || isNaN(data76))) {
            let err190 = { instancePath: instancePath + "/status/commits", schemaPath: "#/properties/status/properties/commits/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, schema: 0, parentSchema: schema12.properties.status.properties.commits, data: data76 };
            vErrors === null ? vErrors = [err190] : vErrors.push(err190), errors++;
          }
        }
        if (data59.droppedChanges !== void 0) {
          let data77 = data59.droppedChanges;
          if (!(typeof data77 == "number" && !(data77 % 1) && !isNaN(data77) && isFinite(data77))) {
            let err191 = { instancePath: instancePath + "/status/droppedChanges", schemaPath: "#/properties/status/properties/droppedChanges/type", keyword: "type", params: { type: "integer" }, schema: schema12.properties.status.properties.droppedChanges.type, parentSchema: schema12.properties.status.properties.droppedChanges, data: data77 };
            vErrors === null ? vErrors = [err191] : vErrors.push(err191), errors++;
          }
          if (typeof data77 == "number" && isFinite(data77) && (data77 < 0 || isNaN(data77))) {
            let err192 = { instancePath: instancePath + "/status/droppedChanges", schemaPath: "#/properties/status/properties/droppedChanges/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, schema: 0, parentSchema: schema12.properties.status.properties.droppedChanges, data: data77 };
            vErrors === null ? vErrors = [err192] : vErrors.push(err192), errors++;
          }
        }
        if (data59.lastSnapshotTime !== void 0) {
          let data78 = data59.lastSnapshotTime;
          if (typeof data78 == "string") {
            if (func2(data78) > 64) {
              let err193 = { instancePath: instancePath + "/status/lastSnapshotTime", schemaPath: "#/properties/status/properties/lastSnapshotTime/maxLength", keyword: "maxLength", params: { limit: 64 }, schema: 64, parentSchema: schema12.properties.status.properties.lastSnapshotTime, data: data78 };
              vErrors === null ? vErrors = [err193] : vErrors.push(err193), errors++;
            }
            if (!pattern14.test(data78)) {
              let err194 = { instancePath: instancePath + "/status/lastSnapshotTime", schemaPath: "#/properties/status/properties/lastSnapshotTime/pattern", keyword: "pattern", params: { pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$" }, schema: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$", parentSchema: schema12.properties.status.properties.lastSnapshotTime, data: data78 };
              vErrors === null ? vErrors = [err194] : vErrors.push(err194), errors++;
            }
          } else {
            let err195 = { instancePath: instancePath + "/status/lastSnapshotTime", schemaPath: "#/properties/status/properties/lastSnapshotTime/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.status.properties.lastSnapshotTime.type, parentSchema: schema12.properties.status.properties.lastSnapshotTime, data: data78 };
            vErrors === null ? vErrors = [err195] : vErrors.push(err195), errors++;
          }
        }
        if (data59.lastSnapshotCommit !== void 0) {
          let data79 = data59.lastSnapshotCommit;
          if (typeof data79 == "string") {
            if (func2(data79) > 64) {
              let err196 = { instancePath: instancePath + "/status/lastSnapshotCommit", schemaPath: "#/properties/status/properties/lastSnapshotCommit/maxLength", keyword: "maxLength", params: { limit: 64 }, schema: 64, parentSchema: schema12.properties.status.properties.lastSnapshotCommit, data: data79 };
              vErrors === null ? vErrors = [err196] : vErrors.push(err196), errors++;
            }
            if (!pattern15.test(data79)) {
              let err197 = { instancePath: instancePath + "/status/lastSnapshotCommit", schemaPath: "#/properties/status/properties/lastSnapshotCommit/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{40}([0-9a-f]{24})?$" }, schema: "^[0-9a-f]{40}([0-9a-f]{24})?$", parentSchema: schema12.properties.status.properties.lastSnapshotCommit, data: data79 };
              vErrors === null ? vErrors = [err197] : vErrors.push(err197), errors++;
            }
          } else {
            let err198 = { instancePath: instancePath + "/status/lastSnapshotCommit", schemaPath: "#/properties/status/properties/lastSnapshotCommit/type", keyword: "type", params: { type: "string" }, schema: schema12.properties.status.properties.lastSnapshotCommit.type, parentSchema: schema12.properties.status.properties.lastSnapshotCommit, data: data79 };
            vErrors === null ? vErrors = [err198] : vErrors.push(err198), errors++;
          }
        }
      } else {
        let err199 = { instancePath: instancePath + "/status", schemaPath: "#/properties/status/type", keyword: "type", params: { type: "object" }, schema: schema12.properties.status.type, parentSchema: schema12.properties.status, data: data59 };
        vErrors === null ? vErrors = [err199] : vErrors.push(err199), errors++;
      }
    }
  } else {
    let err200 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, schema: schema12.type, parentSchema: schema12, data };
    vErrors === null ? vErrors = [err200] : vErrors.push(err200), errors++;
  }
  return validate11.errors = vErrors, errors === 0;
}

function validator(check) {
  return (object) => {
    let value = isObject(object) ? withoutNulls(object) : object;
    return check(value) ? { ok: !0, value } : { ok: !1, errors: (check.errors ?? []).slice(0, 20).map((error) => ({
      path: pathOf(value, error),
      message: messageOf(error)
    })) };
  };
}
function withoutNulls(value) {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  let kept = Object.entries(value).filter(([, entry]) => entry != null);
  return Object.fromEntries(kept.map(([key, entry]) => [key, withoutNulls(entry)]));
}
function pathOf(root, error) {
  let segments = error.instancePath.split("/").slice(1).map(unescapePointer);
  error.keyword === "required" && segments.push(String(error.params.missingProperty)), error.keyword === "uniqueItems" && segments.push(String(repeated(error.params).later));
  let path = "", at = root;
  for (let segment of segments)
    Array.isArray(at) ? path += `[${segment}]` : /^[A-Za-z_][A-Za-z0-9_-]*$/.test(segment) ? path += path === "" ? segment : `.${segment}` : path += `[${JSON.stringify(segment)}]`, at = at?.[segment];
  return path;
}
function repeated({ i, j }) {
  return { earlier: Math.min(Number(i), Number(j)), later: Math.max(Number(i), Number(j)) };
}
function unescapePointer(segment) {
  return segment.replaceAll("~1", "/").replaceAll("~0", "~");
}
function messageOf({ keyword, params, parentSchema, data, message }) {
  let title = parentSchema?.title, limit = String(params.limit);
  switch (keyword) {
    case "required":
      return "is required; add it";
    case "type":
      return `must be ${withArticle(String(params.type))}, not ${withArticle(typeName(data))}${hint(params, data)}`;
    case "enum":
      return `must be one of: ${params.allowedValues.map(String).join(", ")}`;
    case "const":
      return `must be ${String(params.allowedValue)}`;
    case "pattern":
      return title === void 0 ? `must match ${String(params.pattern)}` : `must be ${String(title)}`;
    case "minLength":
      return limit === "1" ? "must not be empty" : `must be at least ${limit} characters long`;
    case "maxLength":
      return `must be at most ${limit} characters long, not ${[...String(data)].length}`;
    case "minimum":
      return `must be at least ${limit}`;
    case "maximum":
      return `must be at most ${limit}`;
    case "minItems":
      return `must have at least ${limit} ${limit === "1" ? "item" : "items"}; add one`;
    case "maxItems":
      return `must have at most ${limit} items, not ${data.length}`;
    case "minProperties":
      return `must have at least ${limit} ${limit === "1" ? "entry" : "entries"}; give it a value or remove the field`;
    case "maxProperties":
      return `must have at most ${limit} entries, not ${Object.keys(data).length}`;
    case "uniqueItems":
      return `must not repeat item ${repeated(params).earlier}; remove it`;
    default:
      return message ?? `breaks the rule "${keyword}"`;
  }
}
function hint(params, data) {
  let unquoted = typeof data == "number" || typeof data == "boolean" || typeof data == "bigint";
  return params.type === "string" && unquoted ? "; put it in quotes" : "";
}
function typeName(data) {
  return data == null ? "null" : Array.isArray(data) ? "array" : typeof data == "bigint" ? "number" : typeof data;
}
function withArticle(type) {
  return type === "array" ? "a list" : type === "null" ? "null" : /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}
function isObject(value) {
  return typeof value == "object" && value !== null && !Array.isArray(value);
}

var validateGitRepoConfig = validator(checkGitRepoConfig), validateWatchRule = validator(checkWatchRule);
export {
  validateGitRepoConfig,
  validateWatchRule
};
