import { isJsonObject, type JsonObject, type JsonValue } from '../kube/json.ts';
import { groupOf } from '../kube/object.ts';
import { fingerprintOf, isFingerprint } from './fingerprint.ts';
import { fieldsOfManifest, type Manifest, manifestOfFields } from './manifest.ts';
import { redactFields } from './redact-fields.ts';
import { type SecretTraces, tracesOf } from './secret-traces.ts';
import { type SensitiveKinds, sensitiveFieldsOf } from './sensitive-kinds.ts';
import { metadataWithoutTraces, withoutTraces } from './without-traces.ts';

export { deriveRepositoryKey } from './fingerprint.ts';

/** Fields whose values are secret, for one kind. */
interface SensitiveKind {
  readonly group: string;
  readonly kind: string;
  /** Maps of key to base64. */
  readonly encoded: readonly string[];
  /** Maps of key to plain text, each with the encoded map into which the API server would merge it. */
  readonly plain: Readonly<Record<string, string>>;
}

const SENSITIVE_KINDS: readonly SensitiveKind[] = [
  { group: '', kind: 'Secret', encoded: ['data'], plain: { stringData: 'data' } },
];

/** Types that Kubernetes and Helm define, and identity: they can not hold a value, though they may resemble one. */
const KNOWN_TYPE =
  /^(?:Opaque|kubernetes\.io\/[a-z-]+|bootstrap\.kubernetes\.io\/token|helm\.sh\/release\.v1)$/;

const NO_MORE_KINDS: SensitiveKinds = new Map();

/**
 * The manifest with each secret value replaced by a keyed fingerprint: a change shows, its content does not. What is
 * written of it goes through `refuseToApply`, so that it can not overwrite the live object. Kinds that hold no secrets,
 * by themselves or because `additional` says so, are returned as they are.
 *
 * Annotations, labels and every other text that holds one of the values or a copy of a Secret are replaced too.
 * `stringData` is folded into `data`, as the API server does, because a fingerprint in it would be accepted.
 */
export function redact(
  manifest: Manifest,
  key: Buffer,
  additional: SensitiveKinds = NO_MORE_KINDS,
): Manifest {
  const fields = fieldsOfManifest(manifest);
  const sensitive = sensitiveKindOf(manifest);
  if (sensitive === undefined) {
    const sensitiveFields = sensitiveFieldsOf(additional, manifest);
    if (sensitiveFields === undefined) return manifest;
    return manifestOfFields(redactFields(fields, sensitiveFields, key));
  }
  const values: Buffer[] = [];
  const redacted = new Map<string, JsonObject>();
  for (const [map, entries] of valueMapsOf(fields, sensitive)) {
    const fingerprints: [string, JsonValue][] = [];
    for (const [name, value] of entries) {
      if (Buffer.isBuffer(value)) values.push(value);
      fingerprints.push([name, Buffer.isBuffer(value) ? fingerprintOf(value, key) : value]);
    }
    redacted.set(map, Object.fromEntries(fingerprints));
  }
  const traces = tracesOf(values);
  const result: [string, JsonValue][] = [];
  for (const [field, value] of Object.entries(fields)) {
    if (redacted.has(field) || sensitive.encoded.includes(field) || field in sensitive.plain) continue;
    result.push([
      field,
      field === 'metadata'
        ? metadataWithoutTraces(value, traces, key)
        : redactField(field, value, traces, key),
    ]);
  }
  return manifestOfFields(Object.fromEntries([...result, ...redacted]));
}

/** Does `redact` treat manifests of this kind? */
export function isSensitive(
  manifest: { readonly apiVersion: string; readonly kind: string },
  additional: SensitiveKinds = NO_MORE_KINDS,
): boolean {
  return sensitiveKindOf(manifest) !== undefined || sensitiveFieldsOf(additional, manifest) !== undefined;
}

function sensitiveKindOf(manifest: {
  readonly apiVersion: string;
  readonly kind: string;
}): SensitiveKind | undefined {
  const group = groupOf(manifest.apiVersion);
  return SENSITIVE_KINDS.find((each) => each.kind === manifest.kind && each.group === group);
}

/** Each encoded map with the plain maps merged into it: decoded bytes, or a fingerprint that already stands there. */
function valueMapsOf(
  fields: JsonObject,
  sensitive: SensitiveKind,
): Map<string, Map<string, Buffer | string>> {
  const maps = new Map<string, Map<string, Buffer | string>>();
  const mapOf = (name: string) => {
    const map = maps.get(name) ?? new Map<string, Buffer | string>();
    maps.set(name, map);
    return map;
  };
  for (const name of sensitive.encoded) {
    if (fields[name] === undefined || fields[name] === null) continue;
    for (const [key, value] of entriesOf(fields[name])) mapOf(name).set(key, decoded(value));
  }
  for (const [name, target] of Object.entries(sensitive.plain)) {
    if (fields[name] === undefined || fields[name] === null) continue;
    for (const [key, value] of entriesOf(fields[name]))
      mapOf(target).set(key, Buffer.from(textOf(value), 'utf8'));
  }
  return maps;
}

/** A field of another shape than a map can not come from the API server; it is one value then. */
function entriesOf(value: JsonValue): [string, JsonValue][] {
  return isJsonObject(value) ? Object.entries(value) : [['value', value]];
}

function decoded(value: JsonValue): Buffer | string {
  const text = textOf(value);
  if (isFingerprint(text)) return text;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : Buffer.from(text, 'utf8');
}

function textOf(value: JsonValue): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value, (_, child) => (typeof child === 'bigint' ? String(child) : child)) ?? '';
}

function redactField(field: string, value: JsonValue, traces: SecretTraces, key: Buffer): JsonValue {
  if (field === 'apiVersion' || field === 'kind') return value;
  if (field === 'type' && typeof value === 'string' && KNOWN_TYPE.test(value)) return value;
  return withoutTraces(value, traces, key);
}
