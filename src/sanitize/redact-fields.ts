import { isJsonObject, type JsonObject, type JsonValue } from '../kube/json.ts';
import { changeFields } from './exclude-fields.ts';
import { fingerprintOf, isFingerprint } from './fingerprint.ts';
import { tracesOf } from './secret-traces.ts';
import type { SensitiveFields } from './sensitive-kinds.ts';
import { metadataWithoutTraces, withoutTraces } from './without-traces.ts';

/** What names an object, and is never sensitive as a whole. */
const NAMING = new Set(['apiVersion', 'kind', 'metadata']);
const BASE64 = /^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The fields of an object with each value in the sensitive ones replaced by its fingerprint, and every other text
 * that repeats one of them too. Maps and lists keep their keys and lengths; null stays.
 */
export function redactFields(fields: JsonObject, sensitive: SensitiveFields, key: Buffer): JsonObject {
  const values: Buffer[] = [];
  const hide = (value: JsonValue): JsonValue => fingerprinted(value, key, values);
  const hidden =
    sensitive === 'all'
      ? Object.fromEntries(
          Object.entries(fields).map(([name, value]) => [name, NAMING.has(name) ? value : hide(value)]),
        )
      : changeFields(fields, sensitive, hide);
  const traces = tracesOf(values);
  return Object.fromEntries(
    Object.entries(hidden).map(([name, value]) => {
      if (name === 'apiVersion' || name === 'kind') return [name, value];
      if (name === 'metadata') return [name, metadataWithoutTraces(value, traces, key)];
      return [traces.inName(name) ? fingerprintOf(name, key) : name, withoutTraces(value, traces, key)];
    }),
  );
}

/** The value with a fingerprint in place of each text, number and boolean; `values` takes what they were. */
function fingerprinted(value: JsonValue, key: Buffer, values: Buffer[]): JsonValue {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map((item) => fingerprinted(item, key, values));
  if (isJsonObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, child]) => [name, fingerprinted(child, key, values)]),
    );
  }
  const text = String(value);
  if (isFingerprint(text)) return text;
  if (typeof value !== 'boolean') {
    values.push(Buffer.from(text, 'utf8'));
    // What is written in base64 may be repeated as what it stands for.
    if (BASE64.test(text)) values.push(Buffer.from(text, 'base64'));
  }
  return fingerprintOf(text, key);
}
