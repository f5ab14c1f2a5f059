import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { brokenEngines } from './simulation/broken-engines.ts';
import { describeFailure, withArena } from './simulation/simulate.ts';

/** Stories within which each broken engine has to be caught; for most, three long ones are enough, one needs 31. */
const SEEDS_MAX = 60;
const SHORT_SEEDS_MAX = 300;

for (const { name, expected, create, short } of brokenEngines) {
  test(`judge catches an engine that ${name}`, () =>
    withArena(async (arena) => {
      const seen = new Set<string>();
      const length = short === undefined ? 'Long' : 'Short';
      const from = short?.from ?? 1;
      const to = from + (short === undefined ? SEEDS_MAX : SHORT_SEEDS_MAX) - 1;
      for (let seed = from; seed <= to; seed += 1) {
        const { problems } = await arena.run(seed, { broken: create(), length });
        if (problems.some((problem) => expected.test(problem))) return;
        for (const problem of problems) seen.add(problem);
      }
      assert.unreachable(`not caught in the seeds ${from} to ${to}; seen: ${[...seen].join('; ')}`);
    }));
}

test('World does the same again with the same seed', () =>
  withArena(async (arena) => {
    for (const seed of [1, 2, 3]) {
      const first = await arena.run(seed);
      const second = await arena.run(seed);
      assert.equal(second.trace, first.trace, describeFailure(first));
    }
  }));

test.run();
