import { type ExactValue, isExactObject } from './exact-value.ts';
import type { ObjectSchema, Schemas } from './openapi.ts';

/** A field that a schema allows somewhere below a kind. */
export interface SchemaField {
  /** From the kind down: `[]` is any item of a list, `{}` any value of a map. */
  readonly steps: readonly string[];
  readonly schema: ObjectSchema;
  /** The schema that has the field: `Container` of `io.k8s.api.core.v1.Container`. */
  readonly owner: string;
}

/** What only the API server sets, in each object, and owner references, which the files leave out: no person's. */
const SERVER_SET: ReadonlySet<string> = new Set([
  ...['apiVersion', 'kind', 'status', 'metadata creationTimestamp', 'metadata deletionGracePeriodSeconds'],
  ...[
    'metadata deletionTimestamp',
    'metadata generation',
    'metadata managedFields',
    'metadata resourceVersion',
  ],
  ...['metadata ownerReferences', 'metadata selfLink', 'metadata uid'],
]);

/**
 * Every field below a kind that a person could set, parents before children. A schema that contains itself is gone
 * through once: the field that leads back to it counts, what would be below it does not.
 */
export function fieldsOf(
  schemas: Schemas,
  of: ObjectSchema,
  steps: readonly string[] = [],
  above: readonly string[] = [],
): SchemaField[] {
  const { schema, name } = schemas.resolve(of);
  if (above.includes(name)) return [];
  const within = name === '' ? above : [...above, name];
  if (schema.items !== undefined) return fieldsOf(schemas, schema.items, [...steps, '[]'], within);
  if (typeof schema.additionalProperties === 'object')
    return fieldsOf(schemas, schema.additionalProperties, [...steps, '{}'], within);
  const owner = name.slice(name.lastIndexOf('.') + 1);
  return Object.entries(schema.properties ?? {}).flatMap(([key, child]) => {
    const at = [...steps, key];
    if (SERVER_SET.has(at.join(' '))) return [];
    return [{ steps: at, schema: child, owner }, ...fieldsOf(schemas, child, at, within)];
  });
}

/** Where a value has something at the steps, which are those of a `SchemaField`. */
export function hasField(value: ExactValue | undefined, [step, ...rest]: readonly string[]): boolean {
  if (value === undefined || value === null) return false;
  if (step === undefined) return true;
  if (step === '[]') return Array.isArray(value) && value.some((item: ExactValue) => hasField(item, rest));
  if (!isExactObject(value)) return false;
  if (step === '{}') return Object.values(value).some((child) => hasField(child, rest));
  return hasField(value[step], rest);
}

/** `spec.containers[].env` */
export function nameOfField(steps: readonly string[]): string {
  return steps.map((step, at) => (step === '[]' || step === '{}' || at === 0 ? step : `.${step}`)).join('');
}
