import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Fixture, fixtureOfObject } from '../../src/testing/round-trip/cases.ts';
import { type ExactObject, parseExactJson } from '../../src/testing/round-trip/exact-value.ts';
import { exactJson } from '../../src/testing/round-trip/grow-object.ts';
import type { Schemas } from '../../src/testing/round-trip/openapi.ts';
import { renamed } from '../../src/testing/round-trip/rename-object.ts';
import { fieldsOf, hasField, nameOfField } from '../../src/testing/round-trip/schema-fields.ts';

const folder = join(import.meta.dirname, '..', 'every-field');
/** Places of the names of these objects begin here: below are those of the grown ones. */
const PLACE_MIN = 100;

/** Objects that together have every field which the API server lets them have: `scripts/cover-fields.ts` made them. */
export function readEveryField(): Fixture[] {
  const lines = readFileSync(join(folder, 'objects.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line, at) => {
    const object = renamed(parseExactJson(line) as ExactObject, PLACE_MIN + at);
    return fixtureOfObject(`every field ${at + 1} (${String(object.kind)})`, object, exactJson(object));
  });
}

/** Fields that no object has, with the reason and what the API server says to it, by kind (`apps/v1 Deployment`). */
const left = JSON.parse(readFileSync(join(folder, 'left.json'), 'utf8')) as Readonly<
  Record<string, Readonly<Record<string, { readonly why?: string; readonly said: string }>>>
>;

export interface Coverage {
  readonly fields: number;
  /** Of each field that no object has, the reason. */
  readonly unset: readonly string[];
  /** What neither stands in an object nor is named with a reason, and what is named in vain. */
  readonly problems: readonly string[];
}

/** Which fields of a kind stand in no object, and why. */
export function judgeCoverage(schemas: Schemas, kind: string, objects: readonly ExactObject[]): Coverage {
  const schema = schemas.kinds.get(kind);
  if (schema === undefined) throw new Error(`No schema of ${kind}`);
  const fields = fieldsOf(schemas, schema);
  const named = Object.entries(left[kind] ?? {});
  const reasonOf = (field: string) =>
    named.find(
      ([name]) =>
        field === name || [`${name}.`, `${name}[`, `${name}{`].some((head) => field.startsWith(head)),
    )?.[1].why;
  const open = fields.filter(({ steps }) => !objects.some((object) => hasField(object, steps)));
  const openNames = open.map(({ steps }) => nameOfField(steps));
  const isOpen = new Set(openNames);
  return {
    fields: fields.length,
    unset: openNames.map((field) => reasonOf(field) ?? 'nobody knows'),
    problems: [
      ...openNames
        .filter((field) => reasonOf(field) === undefined)
        .map((field) => `${kind}: no object has ${field}, and nobody knows why`),
      ...named.filter(([name]) => !isOpen.has(name)).map(([name]) => `${kind}: ${name} is named in vain`),
    ],
  };
}
