import type { RightsRecord } from '../../src/testing/rights-book.ts';

/**
 * What is wrong with the operator's roles, by the records of all control planes of a run: rights that no call needed
 * anywhere, calls that were refused, calls that only something else than these roles allows. Empty: nothing.
 * `emitted` are the rights that some installation grants; whatever else a record grants counts as well.
 */
export function judgeRights(emitted: readonly string[], records: readonly RightsRecord[]): readonly string[] {
  const isNeeded = (right: string) =>
    records.some(
      ({ granted, unused, excused }) =>
        granted.includes(right) && (!unused.includes(right) || excused.includes(right)),
    );
  const rights = new Set([...emitted, ...records.flatMap(({ granted }) => granted)]);
  const calls = (what: string, of: (record: RightsRecord) => readonly string[]) =>
    records.flatMap((record) => of(record).map((call) => `${record.file}: ${what}: ${call}`));
  return [
    ...[...rights].filter((right) => !isNeeded(right)).map((right) => `granted and never used: ${right}`),
    ...new Set(calls('refused', ({ refused }) => refused)),
    ...new Set(calls('not granted by its roles', ({ uncovered }) => uncovered)),
  ].sort();
}
