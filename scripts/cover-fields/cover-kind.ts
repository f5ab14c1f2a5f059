import { type ExactObject, type ExactValue, exactAt } from '../../src/testing/round-trip/exact-value.ts';
import { exactJson } from '../../src/testing/round-trip/grow-object.ts';
import type { ObjectSchema, Schemas } from '../../src/testing/round-trip/openapi.ts';
import {
  fieldsOf,
  hasField,
  nameOfField,
  type SchemaField,
} from '../../src/testing/round-trip/schema-fields.ts';
import type { Candidates } from './candidates.ts';
import { companionsOf } from './companions.ts';
import { PLACES, placeValue, siblings, without } from './place-value.ts';
import { isAbove, NOT_STORED, nearer } from './refusals.ts';

/** What the API server says to an object: what it makes of it, or why not. */
export type Ask = (
  object: ExactObject,
) => Promise<{ readonly made?: ExactObject; readonly refusal?: string }>;

export interface Covered {
  readonly fields: number;
  /** Objects that have the fields which the given ones do not have. */
  readonly objects: readonly ExactObject[];
  /** Fields that no object has, and what the API server says. What is below one of them is not named. */
  readonly left: Readonly<Record<string, string>>;
  /** Bases that the API server refuses as they are, and why. */
  readonly refusedBases: readonly string[];
}

/** What may go with another field out of the way. */
const EXCLUSIVE =
  /may not (be )?specif|more than|exclusive|exactly one|only one|multiple|simultaneous|at most one|cannot/i;
/** Objects of one kind. */
const OBJECTS_MAX = 40;
/** Fields that are added at once; refused, they are added by halves. */
const BATCH_FIELDS = 16;
/** Dry runs at once. */
const ASKED_AT_ONCE = 6;
/** Values that are tried although the refusal is about something above the field. */
const VALUES_ABOVE_MAX = 3;

/** What is tried with one kind. */
interface Growing {
  readonly ask: Ask;
  readonly schemas: Schemas;
  readonly of: ObjectSchema;
  readonly candidates: Candidates;
  /** The refusal of each field that is nearest to it. */
  readonly refusals: Map<string, string>;
  /** How many of the fields that are looked for the object has. */
  readonly gained: (made: ExactObject) => number;
  /** Nothing else that is tried would help: the reason why it is refused is known. */
  readonly isFinal: (field: SchemaField) => boolean;
}

/** An object as it grows, and what the API server makes of it. */
interface State {
  readonly object: ExactObject;
  readonly made: ExactObject;
}

/**
 * Find objects which the API server accepts and that together have every field of their kind, where it lets them,
 * beside those that the given ones have: of those that are ready, and others that grow out of the bases.
 */
export async function coverKind(
  ask: Ask,
  schemas: Schemas,
  of: ObjectSchema,
  candidates: Candidates,
  given: readonly ExactObject[],
  ready: readonly ExactObject[],
  bases: readonly ExactObject[],
  isExplained: (field: string, refusal: string) => boolean,
): Promise<Covered> {
  const all = fieldsOf(schemas, of);
  const refusals = new Map<string, string>();
  const made = (await Promise.all(given.map((object) => ask(object)))).flatMap(({ made: of }) =>
    of === undefined ? [] : [of],
  );
  let left = all.filter(({ steps }) => !made.some((object) => hasField(object, steps)));
  const grown: State[] = [];
  const refusedBases: string[] = [];
  /** Another beginning would not help. */
  const isFinal = ({ steps }: SchemaField) => {
    const name = nameOfField(steps);
    const refusal = refusals.get(name);
    return refusal !== undefined && isExplained(name, refusal);
  };
  const states = async (all: readonly ExactObject[]): Promise<State[]> => {
    const answers = await Promise.all(all.map(async (object) => ({ object, ...(await ask(object)) })));
    refusedBases.push(...answers.flatMap(({ refusal }) => refusal ?? []));
    return answers.flatMap(({ object, made: of }) => (of === undefined ? [] : [{ object, made: of }]));
  };
  const starts = await states(bases);
  const notIn = ({ made }: State) => left.filter(({ steps }) => !hasField(made, steps));
  for (const start of [...(await states(ready)), ...starts]) {
    const still = notIn(start);
    if (still.length === left.length) continue;
    grown.push(start);
    left = still;
  }
  // Each base is another beginning: what one kind of volume refuses, another takes.
  for (const start of starts) {
    // What the base alone does not take.
    const dead = new Set<SchemaField>();
    while (grown.length < OBJECTS_MAX) {
      const open = left.filter((field) => !dead.has(field) && !isFinal(field));
      const gained = (object: ExactObject) => open.filter(({ steps }) => hasField(object, steps)).length;
      const next = await grow(
        { ask, schemas, of, candidates, refusals, gained, isFinal },
        start,
        open,
        new Set(left),
        dead,
      );
      const still = notIn(next);
      if (still.length === left.length) break;
      grown.push(next);
      left = still;
    }
  }
  const named: Record<string, string> = {};
  const leftNames = new Set(left.map(({ steps }) => nameOfField(steps)));
  for (const { steps } of left) {
    if (leftNames.has(nameOfField(parentOf(steps) ?? []))) continue;
    const name = nameOfField(steps);
    named[name] = refusals.get(name) ?? 'not tried';
  }
  return { fields: all.length, objects: withoutNeedless(grown, all, made), left: named, refusedBases };
}

/** The objects without those whose fields the others have as well. */
function withoutNeedless(
  grown: readonly State[],
  fields: readonly SchemaField[],
  made: readonly ExactObject[],
): ExactObject[] {
  const kept = new Set(grown);
  for (const each of [...grown].reverse()) {
    const others = [...made, ...[...kept].filter((other) => other !== each).map((other) => other.made)];
    const isNeedless = fields.every(
      ({ steps }) => !hasField(each.made, steps) || others.some((other) => hasField(other, steps)),
    );
    if (isNeedless) kept.delete(each);
  }
  return [...kept].map(({ object }) => object);
}

/** Add to one object as many of the fields as it takes; what the start alone does not take is added to `dead`. */
async function grow(
  growing: Growing,
  start: State,
  fields: readonly SchemaField[],
  left: ReadonlySet<SchemaField>,
  dead: Set<SchemaField>,
): Promise<State> {
  const leftNames = new Set([...left].map(({ steps }) => nameOfField(steps)));
  let state = start;
  const mayBe = ({ steps }: SchemaField) => {
    if (hasField(state.made, steps)) return false;
    // What is below something that was refused is refused with it.
    const above = parentOf(steps);
    return above === undefined || !leftNames.has(nameOfField(above)) || hasField(state.made, above);
  };
  const addOne = async (field: SchemaField) => {
    if (!mayBe(field)) return;
    const next = await addField(growing, state, field);
    if (next !== undefined) state = next;
    else if (state === start || growing.isFinal(field)) dead.add(field);
    else if ((await addField(growing, start, field)) === undefined) dead.add(field);
  };
  const addSome = async (some: readonly SchemaField[]): Promise<void> => {
    const [field, ...more] = some;
    if (field === undefined) return;
    if (more.length === 0) return addOne(field);
    const next = await addAll(growing, state, some);
    if (next !== undefined) {
      state = next;
      return;
    }
    const half = Math.ceil(some.length / 2);
    await addSome(some.slice(0, half));
    await addSome(some.slice(half));
  };
  const known = fields.filter((field) => growing.refusals.has(nameOfField(field.steps)));
  const fresh = fields.filter((field) => !known.includes(field));
  for (let at = 0; at < fresh.length; at += BATCH_FIELDS) await addSome(fresh.slice(at, at + BATCH_FIELDS));
  for (const field of known) await addOne(field);
  return state;
}

/** The object with all of the fields, each with its first value where it fits best. */
async function addAll(
  { ask, schemas, of, candidates, gained }: Growing,
  state: State,
  fields: readonly SchemaField[],
): Promise<State | undefined> {
  let object = state.object;
  for (const { steps, schema, owner } of fields) {
    if (hasField(object, steps)) continue;
    const last = steps.at(-1) as string;
    const [value] = candidates.of(schema, owner, last);
    const [companion] = companionsOf(owner, last);
    const site = { schemas, candidates, place: 'fitting', companion } as const;
    object = placeValue(site, of, object, steps, value ?? 'a');
  }
  const { made } = await ask(object);
  if (made === undefined || !fields.every(({ steps }) => hasField(made, steps))) return undefined;
  return gained(made) >= gained(state.made) + fields.length - countOf(state.made, fields)
    ? { object, made }
    : undefined;
}

function countOf(made: ExactObject, fields: readonly SchemaField[]): number {
  return fields.filter(({ steps }) => hasField(made, steps)).length;
}

/** One way to put a field into an object. */
interface Variant {
  readonly object: ExactObject;
  readonly value: ExactValue;
}

/** The object with the field, in the first place and with the first value that are accepted. */
async function addField(growing: Growing, state: State, field: SchemaField): Promise<State | undefined> {
  const { schemas, candidates, of } = growing;
  const last = field.steps.at(-1) as string;
  const tried = new Set<string>();
  const isNew = ({ object }: Variant) => {
    const text = exactJson(object);
    return !tried.has(text) && tried.add(text) !== undefined;
  };
  const values = candidates.of(field.schema, field.owner, last);
  for (const companion of companionsOf(field.owner, last)) {
    for (const place of PLACES) {
      const site = { schemas, candidates, place, companion };
      const put = (value: ExactValue): Variant => ({
        object: placeValue(site, of, state.object, field.steps, value),
        value,
      });
      /** What a refusal suggests: what it says it would take, and the field without what stands beside it. */
      const others = ({ object, value }: Variant, refusal: string): Variant[] => [
        ...suggested(refusal, value).map(put),
        ...(EXCLUSIVE.test(refusal) ? besides(object, field.steps) : []).map((each) => ({
          value,
          object: each,
        })),
      ];
      const [first, ...rest] = values.map(put).filter(isNew);
      if (first === undefined) continue;
      const answer = await attempt(growing, state, field, first);
      if (typeof answer !== 'string') return learned(candidates, field, first, answer);
      if (answer === NOT_STORED || growing.isFinal(field)) return undefined;
      const more = isAbove(answer, field.steps) ? rest.slice(0, VALUES_ABOVE_MAX) : rest;
      const found = await firstOf(growing, state, field, [...others(first, answer), ...more], isNew, others);
      if (found !== undefined) return learned(candidates, field, found.variant, found.state);
    }
  }
  return undefined;
}

/** The first of the variants that is accepted, or of what the refusals of them suggest. */
async function firstOf(
  growing: Growing,
  state: State,
  field: SchemaField,
  variants: readonly Variant[],
  isNew: (variant: Variant) => boolean,
  others: (variant: Variant, refusal: string) => Variant[],
): Promise<{ readonly variant: Variant; readonly state: State } | undefined> {
  const queue = variants.map((variant) => ({ variant, mayLead: true }));
  while (queue.length > 0) {
    const some = queue.splice(0, ASKED_AT_ONCE);
    const answers = await Promise.all(some.map(({ variant }) => attempt(growing, state, field, variant)));
    for (const [at, answer] of answers.entries()) {
      const { variant, mayLead } = some[at] as (typeof some)[number];
      if (typeof answer !== 'string') return { variant, state: answer };
      if (mayLead)
        queue.push(
          ...others(variant, answer)
            .filter(isNew)
            .map((each) => ({ variant: each, mayLead: false })),
        );
    }
  }
  return undefined;
}

function learned(candidates: Candidates, field: SchemaField, { value }: Variant, state: State): State {
  candidates.learn(field.owner, field.steps.at(-1) as string, value);
  return state;
}

/** The object if it is accepted, has the field afterwards, and more of what is looked for; otherwise why not. */
async function attempt(
  { ask, refusals, gained }: Growing,
  before: State,
  { steps }: SchemaField,
  { object }: Variant,
): Promise<State | string> {
  const { made, refusal = NOT_STORED } = await ask(object);
  if (made !== undefined && hasField(made, steps))
    return gained(made) > gained(before.made) ? { object, made } : 'accepted in the place of others';
  const name = nameOfField(steps);
  refusals.set(name, nearer(refusals.get(name), refusal, steps));
  return refusal;
}

/** The object without one of the fields that stand beside the field, or beside something that it is in. */
function besides(object: ExactObject, steps: readonly string[]): ExactObject[] {
  return steps.flatMap((_, at) => {
    const to = steps.slice(0, steps.length - at);
    return to.length < 2 ? [] : siblings(object, to).map((key) => without(object, to.slice(0, -1), key));
  });
}

/** The value with what the refusal says is supported, in the place of what it says is not. */
function suggested(refusal: string, value: ExactValue): ExactValue[] {
  const [, wrong = '', list = ''] =
    /Unsupported value: "([^"]*)": supported values: (.*)$/.exec(refusal) ?? [];
  const texts = [...list.matchAll(/"([^"]*)"/g)].map(([, text]) => text as string);
  const text = exactJson(value);
  return texts
    .slice(0, 4)
    .map((each) => JSON.parse(text.replaceAll(`"${wrong}"`, JSON.stringify(each))) as ExactValue);
}

/** The field that a field is in. */
function parentOf(steps: readonly string[]): readonly string[] | undefined {
  const end = steps.slice(0, -1).findLastIndex((step) => step !== '[]' && step !== '{}');
  return end < 0 ? undefined : steps.slice(0, end + 1);
}

/** The first lines of a refusal, without the name of the object. */
export function shortRefusal(body: ExactObject): string {
  const causes = exactAt(body, 'details', 'causes');
  const [cause] = Array.isArray(causes) ? (causes as readonly ExactValue[]) : [];
  const text =
    cause === undefined ? String(body.message) : `${exactAt(cause, 'field')}: ${exactAt(cause, 'message')}`;
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
