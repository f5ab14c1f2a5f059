import { isDeepStrictEqual } from 'node:util';
import { compile } from 'json-schema-to-typescript';
import type { Crd } from './crd.ts';
import { singular, upperFirst } from './names.ts';
import { normalize } from './normalize.ts';
import { objectMetaInputSchema, objectMetaSchema } from './object-meta.ts';
import type { Schema } from './schema.ts';

/** `input`: as a user writes it. `complete`: as the API server stores it, so what has a default is there. */
type View = 'input' | 'complete';

/** A schema that json-schema-to-typescript prints as the type it names. */
type NamedSchema = Schema & { tsType?: string };

/** Interfaces by name, each flat: what is nested in one is another, referred to by name. */
type Interfaces = Map<string, NamedSchema>;

/** `gen/model.ts`: the interfaces of every kind, in both views. */
export async function modelFile(crds: readonly Crd[]): Promise<string> {
  const interfaces: Interfaces = new Map();
  for (const crd of crds) {
    for (const view of ['input', 'complete'] as const) addKind(interfaces, crd, view);
  }
  const printed: string[] = [];
  for (const [name, schema] of interfaces) printed.push(await print(name, schema));
  return printed.join('\n');
}

function addKind(interfaces: Interfaces, crd: Crd, view: View): void {
  const { properties = {}, ...root } = normalize(crd.schema);
  const { status, ...written } = properties;
  const input = view === 'input';
  const whole: Schema = {
    ...root,
    description: input ? `${crd.kind} as a user writes it. ${root.description}` : (root.description ?? ''),
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    properties: {
      ...written,
      apiVersion: { ...written.apiVersion, enum: [crd.apiVersion] },
      kind: { ...written.kind, enum: [crd.kind] },
      metadata: normalize(input ? objectMetaInputSchema : objectMetaSchema),
      ...(input || status === undefined ? {} : { status }),
    },
  };
  addInterface(interfaces, crd.kind, whole, view);
}

/** Adds the interface of an object schema and of those nested in it; the name under which it was added. */
function addInterface(interfaces: Interfaces, base: string, schema: Schema, view: View): string {
  const properties = schema.properties ?? {};
  const differs = view === 'input' && (hasDefault(schema) || 'metadata' in properties);
  const name = knownName(schema) ?? `${base}${differs ? 'Input' : ''}`;
  const required = Object.keys(properties).filter(
    (property) =>
      schema.required?.includes(property) ||
      (view === 'complete' && properties[property]?.default !== undefined),
  );
  const slot = { ...withoutRules(schema), required };
  const before = interfaces.get(name);
  // The slot is taken before the nested ones, so that an interface stands above what it refers to.
  if (before === undefined) interfaces.set(name, slot);
  const flat: NamedSchema = {
    ...slot,
    properties: Object.fromEntries(
      Object.entries(properties).map(([property, child]) => {
        const { title: _, default: __, ...plain } = child;
        const tsType = typeOf(interfaces, nestedName(base, property), child, view);
        return [property, tsType === undefined ? plain : { description: child.description, tsType }];
      }),
    ) as Record<string, Schema>,
  };
  if (before !== undefined && !isDeepStrictEqual(shape(before), shape(flat))) {
    throw new Error(`Two different schemas would both be called ${name}`);
  }
  interfaces.set(name, flat);
  return name;
}

/** The TypeScript type of a schema that holds others, or undefined for a scalar. */
function typeOf(interfaces: Interfaces, base: string, schema: Schema, view: View): string | undefined {
  if (schema.properties !== undefined) return addInterface(interfaces, base, schema, view);
  if (schema.type === 'array' && schema.items !== undefined) {
    const item = typeOf(interfaces, singular(base), schema.items, view) ?? scalarType(schema.items);
    return `readonly ${item.includes('|') ? `(${item})` : item}[]`;
  }
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object') {
    const value = schema.additionalProperties;
    return `Readonly<Record<string, ${typeOf(interfaces, base, value, view) ?? scalarType(value)}>>`;
  }
  return undefined;
}

function scalarType(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const types = [schema.type ?? 'unknown'].flat();
  return types.map((type) => (type === 'integer' ? 'number' : type)).join(' | ');
}

/** Shapes that several fields share have a name of their own. */
function knownName(schema: Schema): string | undefined {
  const has = (...names: string[]) => isDeepStrictEqual(Object.keys(schema.properties ?? {}).sort(), names);
  if (has('matchExpressions', 'matchLabels')) return 'LabelSelector';
  if (has('key', 'operator', 'values')) return 'LabelSelectorRequirement';
  if (schema.properties?.lastTransitionTime !== undefined) return 'Condition';
  if (schema.properties?.uid !== undefined) return 'ObjectMeta';
  if (has('annotations', 'labels', 'name', 'namespace')) return 'ObjectMetaInput';
  return undefined;
}

/** `spec` fields are called after their kind alone: GitRepoConfigPush, but GitRepoConfigStatus. */
function nestedName(base: string, property: string): string {
  return `${base.replace(/Spec$/, '')}${upperFirst(property)}`;
}

function hasDefault(schema: Schema): boolean {
  const children = [...Object.values(schema.properties ?? {}), ...(schema.items ? [schema.items] : [])];
  return children.some((child) => child.default !== undefined || hasDefault(child));
}

function withoutRules({ title: _, default: __, ...schema }: Schema): Schema {
  return schema;
}

/** What must agree when two fields share an interface: everything but the description of the whole. */
function shape({ description: _, ...rest }: NamedSchema): object {
  return rest;
}

async function print(name: string, schema: NamedSchema): Promise<string> {
  const shared: Record<string, string> = {
    LabelSelector:
      'Selects by labels: everything that is stated must hold; an empty selector matches everything.',
  };
  const described = { ...schema, description: shared[name] ?? schema.description };
  const text = await compile(described as Parameters<typeof compile>[0], name, {
    bannerComment: '',
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    style: { singleQuote: true, printWidth: 110 },
  });
  return text.replace(/^ {2}(?=["\w-]+\??: )/gm, '  readonly ');
}
