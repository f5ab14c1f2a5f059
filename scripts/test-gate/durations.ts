import type { Job } from './run-job.ts';

/**
 * What takes long, in seconds of an idle machine, and how many processors it keeps busy meanwhile: some of it waits for
 * most of its time. Only the order and the number of jobs at a time depend on it, so it need not be exact; a run of the
 * gate shows both (`12.0 s (cpu 9.0 s)`).
 */
const measured: Readonly<Record<string, readonly [seconds: number, share: number]>> = {};

const otherEndToEnd = [10, 0.8] as const;
const other = [1, 1] as const;

const estimateOf = (name: string) => measured[name] ?? (name.startsWith('e2e/') ? otherEndToEnd : other);

/** How many processors a test file keeps busy, 0 to 1. */
export function shareOf(name: string): number {
  return estimateOf(name)[1];
}

/** The longest first: at the end only short ones are left, which keep all processors busy until the last moment. */
export function longestFirst(jobs: readonly Job[]): Job[] {
  return jobs.toSorted((one, other) => estimateOf(other.name)[0] - estimateOf(one.name)[0]);
}
