import { exactAt } from './exact-value.ts';
import type { RawApi } from './raw-api.ts';

/** A schema of OpenAPI v3, as far as it is read here. */
export interface ObjectSchema {
  readonly $ref?: string;
  readonly allOf?: readonly ObjectSchema[];
  readonly oneOf?: readonly ObjectSchema[];
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, ObjectSchema>>;
  readonly required?: readonly string[];
  readonly items?: ObjectSchema;
  readonly additionalProperties?: ObjectSchema | boolean;
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }[];
}

/** The schemas of the API server's own kinds. */
export interface Schemas {
  /** The schema of a kind, by `apps/v1 Deployment`. */
  readonly kinds: ReadonlyMap<string, ObjectSchema>;
  /** The schema itself, or the one that it refers to, and that one's name. */
  resolve(schema: ObjectSchema): { readonly schema: ObjectSchema; readonly name: string };
}

/** Read `/openapi/v3` and the documents that it names, of these versions (`v1`, `apps/v1`). */
export async function readSchemas(api: RawApi, apiVersions: ReadonlySet<string>): Promise<Schemas> {
  const index = await api.send('GET', '/openapi/v3');
  const paths = Object.entries(exactAt(index.body, 'paths') ?? {}).filter(([path]) =>
    apiVersions.has(path.replace(/^apis?\//, '')),
  );
  const named = new Map<string, ObjectSchema>();
  const kinds = new Map<string, ObjectSchema>();
  for (const [, about] of paths) {
    const { body } = await api.send('GET', String(exactAt(about, 'serverRelativeURL')));
    const schemas = (exactAt(body, 'components', 'schemas') ?? {}) as unknown as Record<string, ObjectSchema>;
    for (const [name, schema] of Object.entries(schemas)) {
      named.set(name, schema);
      for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? [])
        kinds.set(`${group === '' ? version : `${group}/${version}`} ${kind}`, { $ref: name });
    }
  }
  const resolve = (schema: ObjectSchema, name = ''): { schema: ObjectSchema; name: string } => {
    const [only] = schema.allOf ?? [];
    if (only !== undefined) return resolve(only, name);
    if (schema.$ref === undefined) return { schema, name };
    const target = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
    const found = named.get(target);
    if (found === undefined) throw new Error(`No schema ${target}`);
    return resolve(found, target);
  };
  return { kinds, resolve };
}
