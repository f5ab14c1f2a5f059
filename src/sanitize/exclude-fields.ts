import { isJsonObject, type JsonObject, type JsonValue } from '../kube/json.ts';
import { type Change, remove } from './edit.ts';
import { fieldsOfManifest, type Manifest, manifestOfFields } from './manifest.ts';

/** Field paths, of a WatchRule's `excludeFields` for instance, ready to be applied to many manifests. */
export interface CompiledFieldPaths {
  readonly paths: readonly (readonly Step[])[];
}

export type CompiledFields =
  | { readonly ok: true; readonly fields: CompiledFieldPaths }
  /** One sentence for a person; it names the path. */
  | { readonly ok: false; readonly error: string };

/** A key; every key of an object (`*`); every item of a list (`[*]`); one item (`[0]`). */
type Step =
  | { readonly kind: 'Key'; readonly key: string }
  | { readonly kind: 'EveryKey' }
  | { readonly kind: 'EveryItem' }
  | { readonly kind: 'Item'; readonly index: number };

export const FIELD_PATHS_MAX = 64;
export const FIELD_PATH_CHARS_MAX = 512;

const SEGMENT =
  /(?:^|\.)(?:(?<every>\*)|(?<key>[A-Za-z0-9_$-]+))|\[(?:(?<items>\*)|(?<index>0|[1-9][0-9]{0,8})|"(?<double>(?:[^"\\]|\\.)*)"|'(?<single>(?:[^'\\]|\\.)*)')\]/y;

/** What makes an object that object. */
const PROTECTED: readonly (readonly string[])[] = [
  ['apiVersion'],
  ['kind'],
  ['metadata', 'name'],
  ['metadata', 'namespace'],
];

/**
 * Read field paths: keys joined by dots, a key with other characters in brackets and quotes, `*` for every key,
 * `[*]` for every list item, `[0]` for one. Examples: `spec.replicas`, `metadata.annotations["example.com/build"]`,
 * `spec.template.spec.containers[*].image`, `data.*`. `field` is what errors call the list.
 */
export function compileFieldPaths(paths: readonly string[], field = 'excludeFields'): CompiledFields {
  if (paths.length > FIELD_PATHS_MAX) {
    return {
      ok: false,
      error: `${field} has ${paths.length} paths; at most ${FIELD_PATHS_MAX} are allowed`,
    };
  }
  const compiled: (readonly Step[])[] = [];
  for (const path of paths) {
    const shown = JSON.stringify(path.slice(0, FIELD_PATH_CHARS_MAX));
    const steps = path.length > FIELD_PATH_CHARS_MAX ? undefined : parsePath(path);
    if (steps === undefined) {
      return {
        ok: false,
        error: `${field}: ${shown} is not a field path such as spec.replicas or metadata.annotations["example.com/build"]`,
      };
    }
    const identity = PROTECTED.find((field) => covers(steps, field));
    if (identity !== undefined) {
      return {
        ok: false,
        error: `${field}: ${shown} names ${identity.join('.')}, which every file needs`,
      };
    }
    compiled.push(steps);
  }
  return { ok: true, fields: { paths: compiled } };
}

/** The manifest without the fields at the paths. Objects and lists that become empty go too; the input stays. */
export function removeFields(manifest: Manifest, fields: CompiledFieldPaths): Manifest {
  return manifestOfFields(changeFields(fieldsOfManifest(manifest), fields, remove));
}

/** The fields with what stands at each of the paths changed, in their order; the input stays. */
export function changeFields(fields: JsonObject, { paths }: CompiledFieldPaths, change: Change): JsonObject {
  let result: JsonValue | undefined = fields;
  for (const steps of paths) result = cut(result ?? {}, steps, 0, change);
  return result as JsonObject;
}

function parsePath(path: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < path.length) {
    const start = SEGMENT.lastIndex;
    const groups = SEGMENT.exec(path)?.groups;
    if (groups === undefined || (start === 0 && path.startsWith('.'))) return undefined;
    if (groups.every !== undefined) steps.push({ kind: 'EveryKey' });
    else if (groups.items !== undefined) steps.push({ kind: 'EveryItem' });
    else if (groups.index !== undefined) steps.push({ kind: 'Item', index: Number(groups.index) });
    else {
      const quoted = groups.double ?? groups.single;
      steps.push({
        kind: 'Key',
        key: quoted === undefined ? (groups.key ?? '') : quoted.replace(/\\(.)/gs, '$1'),
      });
    }
  }
  return steps.length === 0 ? undefined : steps;
}

/** Would removing what the steps name remove the field, alone or with what holds it? */
function covers(steps: readonly Step[], field: readonly string[]): boolean {
  if (steps.length > field.length) return false;
  return steps.every(
    (step, depth) => step.kind === 'EveryKey' || (step.kind === 'Key' && step.key === field[depth]),
  );
}

function cut(value: JsonValue, steps: readonly Step[], depth: number, change: Change): JsonValue | undefined {
  const step = steps[depth];
  if (step === undefined) return change(value);
  if (Array.isArray(value)) return cutItems(value, step, steps, depth, change);
  if (!isJsonObject(value)) return value;
  if (step.kind === 'Key') return cutKeys(value, [step.key], steps, depth, change);
  return step.kind === 'EveryKey' ? cutKeys(value, Object.keys(value), steps, depth, change) : value;
}

function cutKeys(
  fields: JsonObject,
  keys: readonly string[],
  steps: readonly Step[],
  depth: number,
  change: Change,
) {
  const changes = new Map<string, JsonValue | undefined>();
  for (const key of keys) {
    if (!Object.hasOwn(fields, key)) continue;
    const before = fields[key] as JsonValue;
    const after = cut(before, steps, depth + 1, change);
    if (after !== before) changes.set(key, after);
  }
  if (changes.size === 0) return fields;
  const entries = Object.entries(fields)
    .map(([key, before]) => [key, changes.has(key) ? changes.get(key) : before] as const)
    .filter((entry): entry is readonly [string, JsonValue] => entry[1] !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function cutItems(
  items: JsonValue[],
  step: Step,
  steps: readonly Step[],
  depth: number,
  change: Change,
): JsonValue | undefined {
  const chosen = (index: number) =>
    step.kind === 'EveryItem' || (step.kind === 'Item' && step.index === index);
  const after = items.map((item, index) => (chosen(index) ? cut(item, steps, depth + 1, change) : item));
  if (after.every((item, index) => item === items[index])) return items;
  const rest = after.filter((item): item is JsonValue => item !== undefined);
  return rest.length === 0 ? undefined : rest;
}
