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
import { PLACES, placeValue, siblings, without } from './place-value.ts';

/** What the API server says to an object: what it makes of it, or why not. */
export type Ask = (
  object: ExactObject,
) => Promise<{ readonly made?: ExactObject; readonly refusal?: string }>;

export interface Covered {
  readonly fields: number;
  /** Objects that have the fields which the given ones do not have. */
  readonly objects: readonly ExactObject[];
  /** Fields that no object has, and why. What is below one of them is not named. */
  readonly left: Readonly<Record<string, string>>;
}

/** What no other object would change. */
const FINAL = /^accepted, and not stored|: (cannot|may not|must not) be set|[Nn]ot [Ss]upported$/;
/** What may go with another field out of the way. */
const EXCLUSIVE =
  /may not (be )?specif|more than|exclusive|exactly one|only one|multiple|simultaneous|at most one|cannot/i;
/** Objects of one kind. */
const OBJECTS_MAX = 40;

/**
 * Find objects which the API server accepts and that together have every field of their kind, where it lets them,
 * beside those that the given ones have. They grow out of the bases, one after another.
 */
export async function coverKind(
  ask: Ask,
  schemas: Schemas,
  of: ObjectSchema,
  candidates: Candidates,
  given: readonly ExactObject[],
  bases: readonly ExactObject[],
): Promise<Covered> {
  const all = fieldsOf(schemas, of);
  const refusals = new Map<string, string>();
  const growing = { ask, schemas, of, candidates, refusals };
  const made = (await Promise.all(given.map((object) => ask(object)))).flatMap((answer) => answer.made ?? []);
  let left = all.filter(({ steps }) => !made.some((object) => hasField(object, steps)));
  const objects: ExactObject[] = [];
  // Each base is another beginning: what one kind of volume refuses, another takes.
  let barren = 0;
  for (let at = 0; left.length > 0 && barren < bases.length && objects.length < OBJECTS_MAX; at += 1) {
    const grown = await growAll(growing, bases[at % bases.length] ?? {}, left);
    const still = left.filter(({ steps }) => !grown.has(steps));
    if (grown.object === undefined || still.length === left.length) {
      barren += 1;
      continue;
    }
    barren = 0;
    objects.push(grown.object);
    left = still;
  }
  const named: Record<string, string> = {};
  for (const { steps } of left) {
    const isBelow = left.some(
      (other) => other.steps.length < steps.length && other.steps.every((step, at) => step === steps[at]),
    );
    if (!isBelow) named[nameOfField(steps)] = refusals.get(nameOfField(steps)) ?? 'not tried';
  }
  return { fields: all.length, objects, left: named };
}

/** What is tried with one object. */
interface Growing {
  readonly ask: Ask;
  readonly schemas: Schemas;
  readonly of: ObjectSchema;
  readonly candidates: Candidates;
  /** Last refusal of each field. */
  readonly refusals: Map<string, string>;
}

/** An object as it grows, and what the API server makes of it. */
interface State {
  readonly object: ExactObject;
  readonly made: ExactObject;
}

/** Add to one object as many of the fields as it takes. */
async function growAll(growing: Growing, base: ExactObject, fields: readonly SchemaField[]) {
  const open = new Set(fields.map(({ steps }) => nameOfField(steps)));
  let state: State = { object: base, made: (await growing.ask(base)).made ?? {} };
  for (const field of fields) {
    if (hasField(state.made, field.steps)) continue;
    // What is below something that was refused is refused with it.
    const above = parentOf(field.steps);
    if (above !== undefined && open.has(nameOfField(above)) && !hasField(state.made, above)) continue;
    if (FINAL.test(growing.refusals.get(nameOfField(field.steps)) ?? '')) continue;
    state = (await addField(growing, state.object, field)) ?? state;
  }
  const { object, made } = state;
  return {
    object: object === base ? undefined : object,
    has: (steps: readonly string[]) => hasField(made, steps),
  };
}

/** The object with the field, in the first place and with the first value that are accepted. */
async function addField(
  growing: Growing,
  object: ExactObject,
  field: SchemaField,
): Promise<State | undefined> {
  const { schemas, candidates, of } = growing;
  const last = field.steps.at(-1) as string;
  const tried = new Set<string>();
  for (const place of PLACES) {
    const site = { schemas, candidates, place };
    const put = (value: ExactValue) => placeValue(site, of, object, field.steps, value);
    for (const value of candidates.of(field.schema, field.owner, last)) {
      const answer = await attempt(growing, field, put(value), tried);
      if (typeof answer !== 'string') return learned(candidates, field, value, answer);
      // It says itself what it would take.
      for (const better of suggested(answer, value)) {
        const next = await attempt(growing, field, put(better), tried);
        if (typeof next !== 'string') return learned(candidates, field, better, next);
      }
      if (!EXCLUSIVE.test(answer)) continue;
      for (const key of siblings(object, field.steps)) {
        const next = await attempt(growing, field, without(put(value), field.steps.slice(0, -1), key), tried);
        if (typeof next !== 'string') return learned(candidates, field, value, next);
      }
    }
  }
  return undefined;
}

function learned(candidates: Candidates, field: SchemaField, value: ExactValue, state: State): State {
  candidates.learn(field.owner, field.steps.at(-1) as string, value);
  return state;
}

/** The object if it is accepted and has the field afterwards; otherwise why not. */
async function attempt(
  { ask, refusals }: Growing,
  { steps }: SchemaField,
  object: ExactObject,
  tried: Set<string>,
): Promise<State | string> {
  const text = exactJson(object);
  if (tried.has(text)) return '';
  tried.add(text);
  const { made, refusal = 'accepted, and not stored' } = await ask(object);
  if (made !== undefined && hasField(made, steps)) return { object, made };
  refusals.set(nameOfField(steps), refusal);
  return refusal;
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
