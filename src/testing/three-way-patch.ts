import { isJsonObject, type JsonObject, type JsonValue } from '../kube/json.ts';

/**
 * The JSON merge patch by which `kubectl apply` turns `live` into `wanted`: what `wanted` has, and the end of what only
 * `applied`, its last application, had. Fields of others stay. Empty: nothing is to be done. Source:
 * https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/#merge-patch-calculation
 */
export function threeWayPatch(live: JsonObject, wanted: JsonObject, applied: JsonObject): JsonObject {
  const patch: JsonObject = {};
  for (const [field, value] of Object.entries(wanted)) {
    const [now, before] = [live[field], applied[field]];
    if (isJsonObject(value) && isJsonObject(now)) {
      const inner = threeWayPatch(now, value, isJsonObject(before) ? before : {});
      if (Object.keys(inner).length > 0) patch[field] = inner;
    } else if (!isSame(value, now)) patch[field] = value;
  }
  for (const field of Object.keys(applied)) if (!(field in wanted) && field in live) patch[field] = null;
  return patch;
}

/** Whether a list stands anywhere in it. */
export function hasList(value: JsonValue): boolean {
  if (Array.isArray(value)) return true;
  return isJsonObject(value) && Object.values(value).some(hasList);
}

function isSame(one: JsonValue, other: JsonValue | undefined): boolean {
  return other !== undefined && sortedText(one) === sortedText(other);
}

/** JSON as Go writes it: the keys of every object in order, and nothing that means something in HTML. */
export function sortedText(value: JsonValue): string {
  const text = JSON.stringify(value, (_, inner) =>
    isJsonObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
  return text.replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
