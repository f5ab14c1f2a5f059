import type { Job } from './run-job.ts';

/**
 * What takes long, in seconds of an idle machine, and how many processors it keeps busy meanwhile: some of it waits for
 * most of its time. Only the order and the number of jobs at a time depend on it, so it need not be exact; a run of the
 * gate shows both (`12.0 s (cpu 9.0 s)`).
 */
const measured: Readonly<Record<string, readonly [seconds: number, share: number]>> = {
  'e2e/restart.test.ts': [90, 0.75],
  'e2e/attribution.test.ts': [80, 0.8],
  'e2e/noise.test.ts': [90, 0.3],
  'e2e/storm-kill.test.ts': [85, 1],
  'e2e/storm-remote.test.ts': [75, 0.9],
  'e2e/storm-api.test.ts': [70, 0.9],
  'e2e/examples.test.ts': [60, 0.7],
  'e2e/rules.test.ts': [50, 0.7],
  'e2e/attribution-load.test.ts': [50, 1],
  'e2e/storm-branch.test.ts': [50, 0.9],
  'e2e/install.test.ts': [50, 0.7],
  'e2e/control-plane.test.ts': [35, 0.8],
  'e2e/capture.test.ts': [45, 0.7],
  'e2e/conditions.test.ts': [45, 0.7],
  'src/push/simulation-more.test.ts': [45, 1],
  'src/push/simulation.test.ts': [45, 1],
  'e2e/round-trip.test.ts': [40, 0.6],
  'e2e/fail-over.test.ts': [40, 0.6],
  'src/push/shared-branches.test.ts': [33, 0.2],
  'e2e/certificates.test.ts': [30, 0.6],
  'e2e/secrets.test.ts': [28, 0.7],
  'e2e/storm-disk.test.ts': [25, 0.9],
  'src/push/catch-up.test.ts': [25, 0.8],
  'e2e/registration.test.ts': [22, 0.6],
  'e2e/permissions.test.ts': [20, 0.8],
  'src/push/cursors.test.ts': [15, 0.8],
  'src/push/simulation-oracle.test.ts': [12, 0.8],
  'src/push/branch-worker.test.ts': [12, 0.7],
};

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
