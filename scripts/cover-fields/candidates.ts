import {
  type ExactObject,
  type ExactValue,
  isExactObject,
} from '../../src/testing/round-trip/exact-value.ts';
import type { ObjectSchema, Schemas } from '../../src/testing/round-trip/openapi.ts';
import { BY_FIELD, BY_NAME } from './values.ts';

/** Values that are tried for one field. */
const CANDIDATES_MAX = 24;
/** How deep a value goes below the field that it is for. */
const DEPTH_MAX = 4;

/** What validation requires of many, and no schema says so. */
const NAMING: ReadonlySet<string> = new Set(['name', 'image', 'path']);

/** Makes values for fields: those that were accepted for the same field elsewhere first. */
export class Candidates {
  readonly #schemas: Schemas;
  readonly #learned: Map<string, ExactValue>;

  constructor(schemas: Schemas, learned: ReadonlyMap<string, ExactValue> = new Map()) {
    this.#schemas = schemas;
    this.#learned = new Map(learned);
  }

  /** Others that know the same, and learn for themselves: what is found for a kind depends on no other kind's turn. */
  copy(): Candidates {
    return new Candidates(this.#schemas, this.#learned);
  }

  /** The API server took this value. */
  learn(owner: string, field: string, value: ExactValue): void {
    this.#learned.set(`${owner}.${field}`, value);
  }

  /** What may be accepted in the field, the likeliest first. `at` makes what has to be unique in a list so. */
  of(of: ObjectSchema, owner: string, field: string, at = 0, depth = 0): ExactValue[] {
    const learned = this.#learned.get(`${owner}.${field}`);
    const given = (BY_FIELD[`${owner}.${field}`] ?? []).map((value) => numbered(value, at));
    const all = [
      ...given,
      ...(learned === undefined ? [] : [learned]),
      ...this.#made(of, owner, field, at, depth),
    ];
    return all.slice(0, CANDIDATES_MAX);
  }

  /** An item of a list, with all that it requires. */
  item(of: ObjectSchema, owner: string, field: string, at: number): ExactValue {
    return this.of(this.#itemsOf(of), owner, `${field}[]`, at)[0] ?? {};
  }

  /** No more than what is required, and a name. */
  bare(of: ObjectSchema, at = 0): ExactValue {
    const { schema, name } = this.#schemas.resolve(of);
    const { properties = {}, required = [] } = schema;
    const owner = name.slice(name.lastIndexOf('.') + 1);
    const keys = Object.keys(properties).filter(
      (key) => required.includes(key) || (NAMING.has(key) && BY_FIELD[`${owner}.${key}`] !== undefined),
    );
    return Object.fromEntries(
      keys.map((key) => [key, this.of(properties[key] ?? {}, owner, key, at)[0] ?? 'a']),
    );
  }

  #itemsOf(of: ObjectSchema): ObjectSchema {
    return this.#schemas.resolve(of).schema.items ?? {};
  }

  #made(of: ObjectSchema, owner: string, field: string, at: number, depth: number): ExactValue[] {
    const { schema, name } = this.#schemas.resolve(of);
    const values = (schema.enum ?? []).filter((value) => value !== '');
    if (values.length > 0) return values;
    if (name.endsWith('.Quantity')) return ['1', '1Gi'];
    if (name.endsWith('.IntOrString')) return [1n, '50%', 'http'];
    if (name.endsWith('.MicroTime')) return ['2026-01-31T10:00:00.123456Z'];
    const named = (BY_NAME[field.replace(/\[\]$/, '')] ?? []).filter((value) => fits(schema, value));
    switch (schema.type) {
      case 'boolean':
        return [true];
      case 'integer':
        return [...named, 1n, 2n, 8080n, 100n];
      case 'number':
        return [0.5];
      case 'string':
        if (schema.format === 'byte') return ['AAECA/8='];
        if (schema.format === 'date-time') return ['2026-01-31T10:00:00Z'];
        return [...named, at === 0 ? 'a' : `a${at}`, 'example.com/a', 'a.example.com'];
      case 'array':
        return this.of(schema.items ?? {}, owner, `${field}[]`, at, depth + 1).map((item) => [item]);
      default:
        return this.#objects(schema, name, field, at, depth);
    }
  }

  #objects(schema: ObjectSchema, name: string, field: string, at: number, depth: number): ExactValue[] {
    const { properties, required = [], additionalProperties } = schema;
    const owner = name.slice(name.lastIndexOf('.') + 1);
    if (properties === undefined) {
      if (typeof additionalProperties !== 'object') return [{ a: 1n }, 'a', 1n];
      const values = this.of(additionalProperties, owner, field, at, depth + 1);
      return values.flatMap((value) => [{ a: value }, { 'example.com/a': value }]);
    }
    if (depth > DEPTH_MAX) return [{}];
    const valuesFor = (key: string) => this.of(properties[key] ?? {}, owner, key, at, depth + 1);
    const least: ExactObject = Object.fromEntries(required.map((key) => [key, valuesFor(key)[0] ?? 'a']));
    const others = Object.keys(properties).filter((key) => !required.includes(key));
    const one = others.flatMap((key) =>
      valuesFor(key)
        .slice(0, 2)
        .map((value) => ({ ...least, [key]: value })),
    );
    return [least, ...one];
  }
}

/** `#` stands for the place in the list. */
function numbered(value: ExactValue, at: number): ExactValue {
  if (typeof value === 'string') return value.replace('#', String(at));
  if (Array.isArray(value)) return value.map((item: ExactValue) => numbered(item, at));
  if (!isExactObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, numbered(child, at)]));
}

function fits({ type }: ObjectSchema, value: ExactValue): boolean {
  return type === (typeof value === 'bigint' ? 'integer' : typeof value);
}
