import {
  type ExactObject,
  type ExactValue,
  isExactObject,
} from '../../src/testing/round-trip/exact-value.ts';
import type { ObjectSchema, Schemas } from '../../src/testing/round-trip/openapi.ts';
import { hasField } from '../../src/testing/round-trip/schema-fields.ts';
import type { Candidates } from './candidates.ts';

/**
 * In which item of lists a field is tried: in the one that has most of what leads to it, in a new one of its list, or in
 * a new one of the lists above. `bare`: what has to be made on the way has no more than what is required;
 * `likely`: but for the items of lists.
 */
export const PLACES = [
  ...([
    'fitting',
    'fitting bare',
    'new',
    'new bare',
    'new likely bare',
    'new above',
    'new above bare',
  ] as const),
];
export type Place = (typeof PLACES)[number];

/** Where a value is put: the field, the schema of its kind, and what makes the rest. */
export interface Site {
  readonly schemas: Schemas;
  readonly candidates: Candidates;
  readonly place: Place;
  /** What has to stand beside the value, or must not (`null`). */
  readonly companion?: ExactObject | undefined;
}

/** The object with a value at the steps; what is missing on the way is made with all that it requires. */
export function placeValue(
  site: Site,
  of: ObjectSchema,
  object: ExactObject,
  steps: readonly string[],
  value: ExactValue,
): ExactObject {
  return put(site, of, object, steps, value, '', '') as ExactObject;
}

function put(
  site: Site,
  of: ObjectSchema,
  whole: ExactValue | undefined,
  [step, ...rest]: readonly string[],
  value: ExactValue,
  owner: string,
  field: string,
): ExactValue {
  if (step === undefined) return value;
  const { schemas, candidates, place } = site;
  const { schema, name } = schemas.resolve(of);
  if (step === '[]') {
    const items: ExactValue[] = Array.isArray(whole) ? [...(whole as readonly ExactValue[])] : [];
    const isDeepest = !rest.includes('[]');
    const isNew = items.length === 0 || (isDeepest ? /^new( likely)?( bare)?$/ : /^new above/).test(place);
    const at = isNew ? items.length : fittingItem(items, rest);
    const made = () =>
      place.endsWith('bare') && !place.includes('likely')
        ? candidates.bare(schema.items ?? {}, at)
        : candidates.item(of, owner, field, at);
    const before = isNew ? made() : items[at];
    items[at] = put(site, schema.items ?? {}, before, rest, value, owner, field);
    return items;
  }
  const fields = isExactObject(whole) ? whole : {};
  const key = step === '{}' ? (Object.keys(fields)[0] ?? 'a') : step;
  const child =
    step === '{}' ? (schema.additionalProperties as ObjectSchema) : (schema.properties?.[step] ?? {});
  const own = step === '{}' ? owner : name.slice(name.lastIndexOf('.') + 1);
  const isList = schemas.resolve(child).schema.items !== undefined;
  const likely = place.endsWith('bare') ? candidates.bare(child) : candidates.of(child, own, key)[0];
  const before = fields[key] ?? (rest.length === 0 || isList ? undefined : likely);
  const placed = { ...fields, [key]: put(site, child, before, rest, value, own, key) };
  return rest.length > 0 || site.companion === undefined ? placed : beside(placed, site.companion);
}

/** The object with a companion; `null` takes a field away. */
function beside(object: ExactObject, companion: ExactObject): ExactObject {
  const merged = Object.entries(companion).map(([key, value]) => {
    const own = object[key];
    return [key, isExactObject(value) ? beside(isExactObject(own) ? own : {}, value) : value] as const;
  });
  return Object.fromEntries(
    Object.entries({ ...object, ...Object.fromEntries(merged) }).filter(([, value]) => value !== null),
  );
}

/** The item that has most of the steps already; the last of them. */
function fittingItem(items: readonly ExactValue[], steps: readonly string[]): number {
  const depth = (item: ExactValue) => steps.findIndex((_, at) => !hasField(item, steps.slice(0, at + 1)));
  const depths = items.map((item) => (depth(item) < 0 ? steps.length : depth(item)));
  return depths.lastIndexOf(Math.max(...depths));
}

/** What else stands beside a field; nothing where a list is on the way. */
export function siblings(object: ExactObject, steps: readonly string[]): string[] {
  let at: ExactValue | undefined = object;
  for (const step of steps.slice(0, -1)) {
    if (step === '[]') return [];
    if (!isExactObject(at)) return [];
    at = step === '{}' ? Object.values(at)[0] : at[step];
  }
  return isExactObject(at) ? Object.keys(at).filter((key) => key !== steps.at(-1)) : [];
}

/** The object without a key of what stands at the steps. */
export function without(object: ExactObject, steps: readonly string[], key: string): ExactObject {
  return cut(object, steps, key) as ExactObject;
}

function cut(value: ExactValue | undefined, [step, ...rest]: readonly string[], key: string): ExactValue {
  if (!isExactObject(value)) return value ?? {};
  if (step === undefined) return Object.fromEntries(Object.entries(value).filter(([own]) => own !== key));
  const own = step === '{}' ? (Object.keys(value)[0] ?? '') : step;
  return { ...value, [own]: cut(value[own], rest, key) };
}
