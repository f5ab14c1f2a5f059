import { isJsonObject, type JsonObject, type JsonValue } from '../kube/json.ts';

/**
 * Copy-on-write edits of plain JSON. Invariants: the input is never changed; a value that needs no change is returned
 * as the same reference, so that untouched subtrees are shared and nothing is copied when there is nothing to remove.
 */

/** What becomes of one value: another value, the same one, or nothing (undefined: its key or list item goes). */
export type Change = (value: JsonValue) => JsonValue | undefined;

export const remove: Change = () => undefined;

/** The object without the keys for which `drop` is true. */
export function withoutKeys(fields: JsonObject, drop: (key: string) => boolean): JsonObject {
  let copy: JsonObject | undefined;
  for (const key in fields) {
    if (!drop(key)) continue;
    copy ??= { ...fields };
    delete copy[key];
  }
  return copy ?? fields;
}

/**
 * Change the values at a path. A step is a key, or `*` for every item of a list (or every value of an object).
 * A path that leads nowhere changes nothing. Containers that the change leaves empty are dropped; those that were
 * empty before stay.
 */
export function changeAt(fields: JsonObject, path: readonly string[], change: Change): JsonObject {
  const changed = step(fields, path, 0, change);
  return changed === undefined ? {} : (changed as JsonObject);
}

/** Remove what stands at the path. */
export function removeAt(fields: JsonObject, ...path: string[]): JsonObject {
  return changeAt(fields, path, remove);
}

/** The value at a path of plain keys, or undefined. */
export function valueAt(fields: JsonValue | undefined, ...path: string[]): JsonValue | undefined {
  let value = fields;
  for (const key of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** The list without the items for which `drop` is true; undefined when none is left. */
export function withoutItems(
  value: JsonValue,
  drop: (item: JsonValue, index: number) => boolean,
): JsonValue | undefined {
  if (!Array.isArray(value)) return value;
  const rest = value.filter((item, index) => !drop(item, index));
  if (rest.length === value.length) return value;
  return rest.length === 0 ? undefined : rest;
}

function step(
  value: JsonValue,
  path: readonly string[],
  depth: number,
  change: Change,
): JsonValue | undefined {
  const key = path[depth];
  if (key === undefined) return change(value);
  if (Array.isArray(value)) return key === '*' ? stepItems(value, path, depth + 1, change) : value;
  if (!isJsonObject(value)) return value;
  if (key !== '*') return stepKey(value, key, path, depth + 1, change);
  let result: JsonObject | undefined = value;
  for (const each of Object.keys(value)) {
    if (result !== undefined) result = stepKey(result, each, path, depth + 1, change);
  }
  return result;
}

function stepKey(
  fields: JsonObject,
  key: string,
  path: readonly string[],
  depth: number,
  change: Change,
): JsonObject | undefined {
  if (!Object.hasOwn(fields, key)) return fields;
  const before = fields[key] as JsonValue;
  const after = step(before, path, depth, change);
  if (after === before) return fields;
  const copy = { ...fields };
  if (after !== undefined) {
    Object.defineProperty(copy, key, { value: after, enumerable: true, writable: true, configurable: true });
    return copy;
  }
  delete copy[key];
  return Object.keys(copy).length === 0 ? undefined : copy;
}

function stepItems(
  items: JsonValue[],
  path: readonly string[],
  depth: number,
  change: Change,
): JsonValue[] | undefined {
  let copy: JsonValue[] | undefined;
  for (const [index, item] of items.entries()) {
    const after = step(item, path, depth, change);
    if (after === item && copy === undefined) continue;
    copy ??= items.slice(0, index);
    if (after !== undefined) copy.push(after);
  }
  if (copy === undefined) return items;
  return copy.length === 0 ? undefined : copy;
}
