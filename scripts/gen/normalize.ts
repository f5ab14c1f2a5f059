import { mapSchema, type Schema } from './schema.ts';

/** One step from a structural CRD schema to plain JSON Schema. Pure: returns a copy. */
export interface NormalizeRule {
  readonly name: string;
  readonly apply: (schema: Schema) => Schema;
}

/** What kube-openapi accepts as `date-time`: RFC 3339, letters in either case. */
const DATE_TIME =
  '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$';

const INT32_MAX = 2 ** 31 - 1;

/**
 * The rules in the order in which they run on each schema, innermost schema first.
 * Source of each: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
 */
export const normalizeRules: readonly NormalizeRule[] = [
  {
    name: 'int-or-string becomes a union of integer and string',
    apply: ({ 'x-kubernetes-int-or-string': intOrString, anyOf, ...rest }) => {
      if (intOrString !== true) return anyOf === undefined ? rest : { ...rest, anyOf };
      return { ...rest, type: ['integer', 'string'] };
    },
  },
  {
    name: 'nullable becomes a union with null',
    apply: ({ nullable, ...rest }) => {
      if (nullable !== true || rest.type === undefined) return rest;
      const union: Schema = { ...rest, type: [rest.type, 'null'].flat() };
      return rest.enum === undefined ? union : { ...union, enum: [...rest.enum, null] };
    },
  },
  {
    name: 'unknown fields are pruned unless the schema preserves them',
    apply: (schema) => {
      if (schema['x-kubernetes-preserve-unknown-fields'] === true) {
        return { ...schema, additionalProperties: true };
      }
      const pruned = schema.properties !== undefined && schema.additionalProperties === undefined;
      return pruned ? { ...schema, additionalProperties: false } : schema;
    },
  },
  {
    name: 'a list of type set holds nothing twice',
    apply: (schema) =>
      schema['x-kubernetes-list-type'] === 'set' ? { ...schema, uniqueItems: true } : schema,
  },
  {
    name: 'format date-time becomes a pattern',
    apply: ({ format, ...rest }) => {
      if (format !== 'date-time') return format === undefined ? rest : { ...rest, format };
      return { title: 'a time such as 2025-01-31T18:30:00Z', ...rest, pattern: DATE_TIME };
    },
  },
  {
    name: 'integer formats become bounds',
    apply: ({ format, ...rest }) => {
      if (format === 'int64') return rest;
      if (format === 'int32') return { minimum: -INT32_MAX - 1, maximum: INT32_MAX, ...rest };
      return format === undefined ? rest : { ...rest, format };
    },
  },
  {
    name: 'x- extensions go',
    apply: (schema) =>
      Object.fromEntries(Object.entries(schema).filter(([keyword]) => !keyword.startsWith('x-'))) as Schema,
  },
];

/** The plain JSON Schema (draft 7) of a structural CRD schema. */
export function normalize(schema: Schema): Schema {
  return mapSchema(schema, (node) => normalizeRules.reduce((current, rule) => rule.apply(current), node));
}
