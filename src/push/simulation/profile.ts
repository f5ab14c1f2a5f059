import type { gitLimits } from '../../git/git-limits.ts';
import type { pushLimits } from '../push-limits.ts';
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
  | 'Stop'
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
  /** Whether the host can move several refs at once or not at all. */
  readonly isAtomic: boolean;
  /** Limits that real runs reach with thousands of commits. */
  readonly limits: Readonly<Partial<Record<keyof typeof pushLimits, number>>>;
  /** The same, of clones: how much history they fetch, when packs are rolled up. */
  readonly gitLimits: Readonly<Partial<Record<keyof typeof gitLimits, number>>>;
  /** What people pushed before all began. */
  readonly history: number;
  readonly settings: {
    readonly minIntervalMs: number;
    readonly maxCommits: number;
    readonly recallsObjects: boolean;
  };
}

/**
 * How often each thing may be chosen, and in what share of runs it happens at all: of short runs, and of long ones,
 * which are about lives of operators that follow one another.
 */
const table: readonly (readonly [WorldEvent, number, number, number])[] = [
  ['Change', 6, 1, 1],
  ['Feed', 6, 1, 1],
  ['Time', 3, 1, 1],
  ['Mark', 1, 0.4, 0.6],
  ['Person', 3, 0.7, 0.5],
  ['TakeAway', 2, 0.2, 0.1],
  ['Compact', 1, 0.3, 0.15],
  ['Crash', 2, 0.5, 1],
  ['LoseDisk', 1, 0.25, 0.3],
  ['Stop', 1, 0.2, 0.6],
  ['Network', 2, 0.35, 0.35],
  ['Hook', 1, 0.15, 0.1],
  ['DiskFull', 2, 0.2, 0.15],
];

/** @param length short runs are cheap, and find most; some faults need a long story. Default: mostly short ones */
export function profileOf(random: Random, length?: 'Short' | 'Long'): Profile {
  const isLong = length === undefined ? random.chance(0.12) : length === 'Long';
  const weights = table.flatMap(([event, weight, inShort, inLong]) =>
    random.chance(isLong ? inLong : inShort) ? Array.from({ length: weight }, () => event) : [],
  );
  const isShallow = random.chance(0.15);
  return {
    events: isLong ? 40 + random.below(40) : 3 + random.below(random.pick([8, 12, 12, 30])),
    engineShare: random.pick([0.6, 0.8, 0.9]),
    weights,
    second: random.chance(isLong ? 0.85 : 0.75) ? 'None' : random.pick(['Beside', 'Overlapping'] as const),
    refusesRefs: random.chance(0.08),
    isAtomic: random.chance(0.9),
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
    gitLimits: {
      ...(isShallow ? { firstFetchDepth: 1 + random.below(3), deepenCommitsFirst: 1 + random.below(2) } : {}),
      ...(random.chance(0.15) ? rollUpAfter(2 + random.below(3)) : {}),
    },
    history: isShallow ? 2 + random.below(4) : random.below(3),
    settings: {
      minIntervalMs: random.pick([0, 1_000]),
      maxCommits: random.pick([1, 2, 1_000, 1_000]),
      recallsObjects: random.chance(0.5),
    },
  };
}

/** At once, since a quiet while would be one of the real clock. */
function rollUpAfter(packs: number): Profile['gitLimits'] {
  return { packsPerRollUp: packs, packsMax: packs };
}
