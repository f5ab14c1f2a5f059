import * as assert from 'uvu/assert';
import { describeFailure, withArena } from './simulate.ts';

/**
 * Runs seeds from `first` on, every `step`-th, until `countMax` are done or the time is over. Throws what is wrong with
 * the first that fails. Every machine runs the same seeds in the same order; a quick one comes further.
 */
export async function runSeeds(
  first: number,
  step: number,
  limits: { readonly countMax: number; readonly countMin: number; readonly timeMs: number },
): Promise<number> {
  const startedAt = performance.now();
  let count = 0;
  await withArena(async (arena) => {
    for (; count < limits.countMax; count += 1) {
      if (count >= limits.countMin && performance.now() - startedAt > limits.timeMs) break;
      const result = await arena.run(first + count * step);
      if (result.problems.length > 0) assert.unreachable(describeFailure(result));
    }
  });
  return count;
}
