import type { Job } from './run-job.ts';

/**
 * What takes long, in seconds of an idle machine, and how many processors it keeps busy meanwhile: some of it waits for
 * most of its time. Only the order and the number of jobs at a time depend on it, so it need not be exact; a run of the
 * gate shows both (`12.0 s (cpu 9.0 s)`).
 */
const measured: Readonly<Record<string, readonly [seconds: number, share: number]>> = {
  'e2e/whole-corpus.test.ts': [140, 0.4],
  'e2e/restart.test.ts': [60, 0.4],
  'e2e/attribution.test.ts': [80, 0.8],
  'e2e/noise.test.ts': [80, 0.3],
  'e2e/storm-kill.test.ts': [62, 1],
  'e2e/storm-remote.test.ts': [70, 1],
  'e2e/storm-api.test.ts': [65, 1],
  'e2e/examples.test.ts': [60, 0.5],
  'e2e/rules.test.ts': [45, 0.5],
  'e2e/attribution-load.test.ts': [50, 1],
  'e2e/storm-branch.test.ts': [50, 1],
  'e2e/install.test.ts': [42, 0.55],
  'e2e/control-plane.test.ts': [40, 0.4],
  'e2e/capture.test.ts': [38, 0.5],
  'e2e/conditions.test.ts': [40, 0.4],
  'src/push/simulation-more.test.ts': [45, 1],
  'src/push/simulation.test.ts': [45, 1],
  'e2e/round-trip.test.ts': [38, 0.5],
  'e2e/fail-over.test.ts': [45, 1],
  'src/push/shared-branches.test.ts': [33, 0.1],
  'e2e/certificates.test.ts': [45, 0.5],
  'e2e/secrets.test.ts': [26, 0.6],
  'e2e/storm-disk.test.ts': [25, 1],
  'src/push/catch-up.test.ts': [22, 0.7],
  'e2e/registration.test.ts': [25, 0.4],
  'e2e/permissions.test.ts': [20, 0.7],
  'src/push/cursors.test.ts': [14, 0.7],
  'src/push/simulation-oracle.test.ts': [12, 0.8],
  'src/push/branch-worker.test.ts': [12, 0.6],
};

const otherEndToEnd = [11, 0.65] as const;
const other = [1, 0.9] as const;

const estimateOf = (name: string) => measured[name] ?? (name.startsWith('e2e/') ? otherEndToEnd : other);

/** How many processors a test file keeps busy. */
export function shareOf(name: string): number {
  return estimateOf(name)[1];
}

/** The longest first: at the end only short ones are left, which keep all processors busy until the last moment. */
export function longestFirst(jobs: readonly Job[]): Job[] {
  return jobs.toSorted((one, other) => estimateOf(other.name)[0] - estimateOf(one.name)[0]);
}
