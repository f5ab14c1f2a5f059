import { isJsonObject, type JsonValue } from '../kube/json.ts';
import { fieldsOfManifest, type Manifest } from '../sanitize/manifest.ts';

const PLAIN_KEY = /^[A-Za-z0-9_-]+$/;
/** What a quoted key of a field path cannot hold. */
const UNQUOTABLE = /["\\\p{Cc}]/u;

/**
 * The fields in which two manifests differ, as paths that `excludeFields` takes: the deepest ones, but lists of
 * different lengths as a whole, and items of lists as `[*]`. Undefined when there are more than `max`, or when they
 * cannot be written as paths.
 */
export function changedFields(
  before: Manifest,
  after: Manifest,
  max: number,
): ReadonlySet<string> | undefined {
  const fields = new Set<string>();
  const isComplete = compare(fieldsOfManifest(before), fieldsOfManifest(after), '', fields, max);
  return isComplete && !fields.has('') ? fields : undefined;
}

function compare(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  path: string,
  fields: Set<string>,
  max: number,
): boolean {
  if (Object.is(before, after)) return true;
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.every((item, at) => compare(item, after[at], `${path}[*]`, fields, max));
  }
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const step = stepTo(path, key);
      if (step !== undefined) {
        if (!compare(before[key], after[key], step, fields, max)) return false;
      } else if (!compare(before[key], after[key], '', new Set(), 0)) {
        // It cannot be written: all beside it is named, too.
        fields.add(path);
      }
    }
    return fields.size <= max;
  }
  fields.add(path);
  return fields.size <= max;
}

function isObject(value: JsonValue | undefined) {
  return value !== undefined && isJsonObject(value);
}

function stepTo(path: string, key: string): string | undefined {
  if (path === '') return /^[A-Za-z_]/.test(key) && PLAIN_KEY.test(key) ? key : undefined;
  if (PLAIN_KEY.test(key)) return `${path}.${key}`;
  return UNQUOTABLE.test(key) ? undefined : `${path}["${key}"]`;
}
