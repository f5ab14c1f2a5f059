import type { Random } from './random.ts';

export type WorldEvent =
  | 'Change'
  | 'Feed'
  | 'Time'
  | 'Mark'
  | 'Person'
  | 'TakeAway'
  | 'Compact'
  | 'Crash'
  | 'LoseDisk'
  | 'Network'
  | 'Hook'
  | 'DiskFull';

/** What one run is made of. Runs that leave most things out find what runs of everything cover up. */
export interface Profile {
  /** How many things happen besides what engines do. */
  readonly events: number;
  /** Of all that happens, what engines do. */
  readonly engineShare: number;
  /** Each as often as it is to be chosen. */
  readonly weights: readonly WorldEvent[];
  readonly second: 'None' | 'Beside' | 'Overlapping';
  readonly refusesRefs: boolean;
  /** Limits that real runs reach with thousands of commits. */
  readonly limits: Readonly<Record<string, number>>;
  readonly settings: {
    readonly minIntervalMs: number;
    readonly maxCommits: number;
    readonly recallsObjects: boolean;
  };
}

/** How often each thing may be chosen, and in what share of runs it happens at all. */
const table: readonly (readonly [WorldEvent, number, number])[] = [
  ['Change', 6, 1],
  ['Feed', 6, 1],
  ['Time', 3, 1],
  ['Mark', 1, 0.4],
  ['Person', 3, 0.7],
  ['TakeAway', 1, 0.12],
  ['Compact', 1, 0.3],
  ['Crash', 2, 0.5],
  ['LoseDisk', 1, 0.25],
  ['Network', 2, 0.35],
  ['Hook', 1, 0.15],
  ['DiskFull', 2, 0.2],
];

export function profileOf(random: Random): Profile {
  const weights = table.flatMap(([event, weight, share]) =>
    random.chance(share) ? Array.from({ length: weight }, () => event) : [],
  );
  return {
    // Short runs are cheap, and find most; some faults need a long story.
    events: 4 + random.below(random.pick([12, 12, 12, 30, 60])),
    engineShare: random.pick([0.6, 0.8, 0.9]),
    weights,
    second: random.chance(0.7) ? 'None' : random.pick(['Beside', 'Overlapping'] as const),
    refusesRefs: random.chance(0.1),
    limits: random.chance(0.5)
      ? {}
      : {
          chunkCommitsMax: 1 + random.below(3),
          chunkCommitsMin: 1,
          batchCountMax: 1 + random.below(3),
          documentsMax: 1 + random.below(4),
          journalBytesMin: random.pick([0, 500]),
          journalIntervalMs: random.pick([0, 1_000]),
        },
    settings: {
      minIntervalMs: random.pick([0, 1_000]),
      maxCommits: random.pick([1, 2, 1_000, 1_000]),
      recallsObjects: random.chance(0.5),
    },
  };
}
