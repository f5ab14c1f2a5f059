import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { differenceOf } from './simulation/compare-transports.ts';
import type { Programs } from './simulation/programs.ts';
import { withArena } from './simulation/simulate.ts';

/** Seeds that are run both ways here; `npm run simulate -- --compare` runs more. */
const SEEDS = 15;

test('QuickGit answers, and leaves behind, what git does', () =>
  withArena(async (arena) => {
    for (let seed = 1; seed <= SEEDS; seed += 1) assert.is(await differenceOf(arena, seed), null);
  }));

test('differenceOf sees a push that says more than it did', () =>
  withArena(async (arena) => {
    const lying = (quick: Programs): Programs => ({
      run: (args, options, input) =>
        args[1] === 'push'
          ? { exitCode: 0, stdout: Buffer.from('Done\n'), stderr: Buffer.alloc(0) }
          : quick.run(args, options, input),
      talk: (args, options) => quick.talk(args, options),
    });
    assert.match((await differenceOf(arena, 1, lying)) ?? '', /^git:\ngit push/m);
  }));

test.run();
