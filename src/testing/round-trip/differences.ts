import { type ExactValue, isExactObject } from './exact-value.ts';

/** Steps from an object to a value in it. */
export type Path = readonly (string | number)[];

/** Two values that differ, or one that stands on one side only (`undefined` on the other). */
export interface Difference {
  readonly path: Path;
  readonly first: ExactValue | undefined;
  readonly second: ExactValue | undefined;
}

/** Everywhere that two values differ, as deep as their shapes agree. */
export function differences(
  first: ExactValue | undefined,
  second: ExactValue | undefined,
  path: Path = [],
): Difference[] {
  // Where one side has nothing, each field and item of the other is a difference of its own.
  const one = first === undefined && hasKeys(second) ? {} : first;
  const other = second === undefined && hasKeys(first) ? {} : second;
  if (isExactObject(one) && isExactObject(other)) {
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...keys].flatMap((key) => differences(one[key], other[key], [...path, key]));
  }
  const list = first === undefined && hasItems(second) ? [] : first;
  const otherList = second === undefined && hasItems(first) ? [] : second;
  if (Array.isArray(list) && Array.isArray(otherList)) {
    const longer = list.length > otherList.length ? list : otherList;
    return longer.flatMap((_, at) => differences(list[at], otherList[at], [...path, at]));
  }
  return Object.is(first, second) ? [] : [{ path, first, second }];
}

/** What of `part` does not stand, equal, in `whole`: more fields in `whole` are fine, more list items are not. */
export function missingFrom(whole: ExactValue | undefined, part: ExactValue): Difference[] {
  return differences(part, whole).filter(({ path, first }) => first !== undefined || isListItem(path));
}

/** The difference as a line: `spec.replicas: 1 | 2`. */
export function describe({ path, first, second }: Difference): string {
  return `${path.join('.')}: ${shown(first)} | ${shown(second)}`;
}

function hasKeys(value: ExactValue | undefined): boolean {
  return isExactObject(value) && Object.keys(value).length > 0;
}

function hasItems(value: ExactValue | undefined): boolean {
  return Array.isArray(value) && value.length > 0;
}

function isListItem(path: Path): boolean {
  return typeof path.at(-1) === 'number';
}

function shown(value: ExactValue | undefined): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}` : each));
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
