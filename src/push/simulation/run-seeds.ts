import * as assert from 'uvu/assert';
import { describeFailure, withArena } from './simulate.ts';

export interface SeedLimits {
  /** These seeds are run on every machine, however slow it is. */
  readonly countMin: number;
  readonly countMax: number;
  /** Beyond `countMin`, no seed is begun after so long. */
  readonly timeMs: number;
}

/**
 * Runs seeds from `first` on, every `step`-th, and writes how many there were. Throws what is wrong with the first that
 * fails. Every machine runs the same seeds in the same order; a quick one comes further.
 */
export async function runSeeds(first: number, step: number, limits: SeedLimits): Promise<void> {
  const startedAt = performance.now();
  let count = 0;
  let steps = 0;
  const passedMs = () => performance.now() - startedAt;
  await withArena(async (arena) => {
    for (; count < limits.countMax; count += 1) {
      if (count >= limits.countMin && passedMs() > limits.timeMs) break;
      const result = await arena.run(first + count * step);
      steps += result.steps;
      if (result.problems.length > 0) assert.unreachable(describeFailure(result));
    }
  });
  const rate = (count / (passedMs() / 1_000)).toFixed(1);
  const each = Math.round(steps / Math.max(1, count));
  process.stdout.write(
    `${count} seeds (every ${step}. of ${first} to ${first + (count - 1) * step}), ${rate} a second, ${each} steps each\n`,
  );
}
