/** The part of OpenAPI v3 that a structural CRD schema may use and this generator reads. */
export interface Schema {
  type?: string | string[];
  title?: string;
  description?: string;
  format?: string;
  nullable?: boolean;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  maxProperties?: number;
  uniqueItems?: boolean;
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  not?: Schema;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-list-type'?: string;
  'x-kubernetes-validations'?: { rule: string; message?: string }[];
  [extension: `x-${string}`]: unknown;
}

/** A copy of `schema` in which `change` was applied to every schema below it and then to itself. */
export function mapSchema(schema: Schema, change: (schema: Schema) => Schema): Schema {
  const below = (child: Schema) => mapSchema(child, change);
  const copy: Schema = { ...schema };
  if (schema.properties !== undefined) {
    copy.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, child]) => [name, below(child)]),
    );
  }
  if (typeof schema.additionalProperties === 'object') {
    copy.additionalProperties = below(schema.additionalProperties);
  }
  if (schema.items !== undefined) copy.items = below(schema.items);
  if (schema.not !== undefined) copy.not = below(schema.not);
  for (const junctor of ['allOf', 'anyOf', 'oneOf'] as const) {
    if (schema[junctor] !== undefined) copy[junctor] = schema[junctor].map(below);
  }
  return change(copy);
}
