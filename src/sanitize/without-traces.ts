import { isJsonObject, type JsonValue } from '../kube/json.ts';
import { fingerprintOf, isFingerprint } from './fingerprint.ts';
import type { SecretTraces } from './secret-traces.ts';

/** Metadata with each text that gives a secret away replaced by its fingerprint; what names the object stays. */
export function metadataWithoutTraces(metadata: JsonValue, traces: SecretTraces, key: Buffer): JsonValue {
  if (!isJsonObject(metadata)) return metadata;
  return Object.fromEntries(
    Object.entries(metadata).map(([field, value]) => [
      field,
      field === 'name' || field === 'namespace' ? value : withoutTraces(value, traces, key),
    ]),
  );
}

/** The value with each text, number and name in it that gives a secret away replaced by its fingerprint. */
export function withoutTraces(value: JsonValue, traces: SecretTraces, key: Buffer): JsonValue {
  if (typeof value === 'string') {
    return !isFingerprint(value) && traces.inText(value) ? fingerprintOf(value, key) : value;
  }
  if (Array.isArray(value)) return value.map((item) => withoutTraces(item, traces, key));
  if (!isJsonObject(value)) {
    return value !== null && typeof value !== 'boolean' && traces.inText(String(value))
      ? fingerprintOf(String(value), key)
      : value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [
      traces.inName(name) ? fingerprintOf(name, key) : name,
      withoutTraces(child, traces, key),
    ]),
  );
}
