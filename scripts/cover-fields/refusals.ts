import { nameOfField } from '../../src/testing/round-trip/schema-fields.ts';

/** What is said of a field that is gone without a word. */
export const NOT_STORED = 'accepted, and not stored';

/** The refusal that says more about the field: the one about something nearer to it, the first of two alike. */
export function nearer(before: string | undefined, refusal: string, steps: readonly string[]): string {
  if (before === undefined) return refusal;
  return nearness(refusal, steps) > nearness(before, steps) ? refusal : before;
}

/** Is a refusal about something that the field is in, so that another value would not help? */
export function isAbove(refusal: string, steps: readonly string[]): boolean {
  const path = pathOf(refusal);
  const name = nameOfField(steps);
  return path !== name && name.startsWith(path);
}

/** How many steps of the way to the field the refusal is about, and a little more for the field itself. */
function nearness(refusal: string, steps: readonly string[]): number {
  if (refusal === NOT_STORED) return Number.POSITIVE_INFINITY;
  const path = pathOf(refusal).split(/(?=[.[{])/);
  const name = nameOfField(steps).split(/(?=[.[{])/);
  const apart = name.findIndex((step, at) => step !== path[at]);
  return apart < 0 ? name.length + (path.length === name.length ? 1 : 0) : apart;
}

/** The field that a refusal is about, written as `nameOfField` does. */
function pathOf(refusal: string): string {
  const path = /^([^\s:]+): /.exec(refusal)?.[1] ?? '';
  return path.replace(/\[\d+\]/g, '[]').replace(/\[[^\]]+\]/g, '{}');
}
