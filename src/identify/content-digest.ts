import { isJsonObject, type JsonObject, type JsonValue } from '../kube/json.ts';
import type { KubeObject } from '../kube/object.ts';
import { digestOf } from '../sanitize/digest.ts';
import { fieldsOfManifest, type Manifest, manifestOfFields } from '../sanitize/manifest.ts';

/**
 * Digest of a sanitized object that is the same for the reviewed and for the stored one.
 *
 * Built-in kinds are stored as protocol buffers, which know no difference between an empty list and none: a Role that
 * is reviewed with `rules: []` is stored with `rules: null`. So null and what is empty count as absent here. That can
 * only make two requests look the same which are not, and then nobody is credited.
 */
export function contentDigestOf(manifest: Manifest): string {
  return digestOf(manifestOfFields(withoutEmpty(fieldsOfManifest(manifest)) ?? {}));
}

/** Digest of an object's managedFields, as reviewed and as stored. */
export function fieldsDigestOf(object: KubeObject): string {
  const managedFields = (object.metadata.managedFields ?? null) as unknown as JsonValue;
  return digestOf(manifestOfFields({ managedFields }));
}

function withoutEmpty(fields: JsonObject): JsonObject | undefined {
  const kept: JsonObject = {};
  let isEmpty = true;
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    const full = value === undefined ? undefined : fullOf(value);
    if (full === undefined) continue;
    // A key such as `__proto__` has to stay a key.
    Object.defineProperty(kept, key, { value: full, enumerable: true, configurable: true, writable: true });
    isEmpty = false;
  }
  return isEmpty ? undefined : kept;
}

function fullOf(value: JsonValue): JsonValue | undefined {
  if (value === null) return undefined;
  // The items of a list stay, empty or not: their places count.
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((item) => fullOf(item) ?? null);
  return isJsonObject(value) ? withoutEmpty(value) : value;
}
