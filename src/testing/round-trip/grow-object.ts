import fc from 'fast-check';
import type { Path } from './differences.ts';
import { type ExactObject, type ExactValue, isExactObject } from './exact-value.ts';
import type { ObjectSchema, Schemas } from './openapi.ts';
import { valuesOf } from './schema-values.ts';

/** A field that an object does not have and its schema allows, or one more item of a list that it has. */
export interface Growth {
  readonly path: Path;
  readonly schema: ObjectSchema;
}

/** Metadata that makes the object another one, that is the server's, or that only lives with other objects. */
const METADATA_LEFT: ReadonlySet<string> = new Set([
  ...['name', 'namespace', 'generateName', 'uid', 'resourceVersion', 'creationTimestamp', 'generation'],
  ...['deletionTimestamp', 'deletionGracePeriodSeconds', 'managedFields', 'selfLink', 'ownerReferences'],
]);

/** Every way in which the object can grow by one field or item, wherever it has an object or a list already. */
export function growthsOf(schemas: Schemas, of: ObjectSchema, value: ExactValue, path: Path = []): Growth[] {
  const { schema } = schemas.resolve(of);
  if (Array.isArray(value)) {
    const items = schema.items ?? {};
    const below = value.flatMap((item: ExactValue, at) => growthsOf(schemas, items, item, [...path, at]));
    return [...below, { path: [...path, value.length], schema: items }];
  }
  if (!isExactObject(value) || schema.properties === undefined) return [];
  return Object.entries(schema.properties).flatMap(([key, child]) => {
    if (path.length === 0 && (key === 'status' || key === 'kind' || key === 'apiVersion')) return [];
    if (path[0] === 'metadata' && path.length === 1 && METADATA_LEFT.has(key)) return [];
    const before = value[key];
    const at = [...path, key];
    return before === undefined ? [{ path: at, schema: child }] : growthsOf(schemas, child, before, at);
  });
}

/** The object with a value of its schema at the place of growth. The same seed gives the same value. */
export function grown(
  schemas: Schemas,
  object: ExactObject,
  { path, schema }: Growth,
  seed: number,
): ExactObject {
  const name = [...path].reverse().find((step) => typeof step === 'string');
  const [value = null] = fc.sample(valuesOf(schemas, schema, String(name)), { seed, numRuns: 1 });
  return withValue(object, path, value) as ExactObject;
}

/** JSON with every digit of its integers. */
export function exactJson(value: ExactValue): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(exactJson).join(',')}]`;
  return `{${Object.entries(value)
    .map(([key, child]) => `${JSON.stringify(key)}:${exactJson(child)}`)
    .join(',')}}`;
}

function withValue(whole: ExactValue | undefined, [key, ...rest]: Path, value: ExactValue): ExactValue {
  if (key === undefined) return value;
  if (typeof key === 'number') {
    const items = Array.isArray(whole) ? [...(whole as readonly ExactValue[])] : [];
    items[key] = withValue(items[key], rest, value);
    return items;
  }
  const fields = isExactObject(whole) ? whole : {};
  return { ...fields, [key]: withValue(fields[key], rest, value) };
}
