import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { differenceOf } from './simulation/compare-transports.ts';
import { withArena } from './simulation/simulate.ts';

/** Seeds that are run both ways here; `npm run simulate -- --compare` runs more. */
const SEEDS = 25;

test('QuickGit answers, and leaves behind, what git does', () =>
  withArena(async (arena) => {
    for (let seed = 1; seed <= SEEDS; seed += 1) assert.is(await differenceOf(arena, seed), null);
  }));

test.run();
