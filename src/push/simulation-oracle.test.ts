import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { brokenEngines } from './simulation/broken-engines.ts';
import { describeFailure, withArena } from './simulation/simulate.ts';

/** Long stories within which each broken engine has to be caught; for most, three are enough, one needs 31. */
const SEEDS_MAX = 60;

for (const { name, expected, create } of brokenEngines) {
  test(`judge catches an engine that ${name}`, () =>
    withArena(async (arena) => {
      const seen = new Set<string>();
      for (let seed = 1; seed <= SEEDS_MAX; seed += 1) {
        const { problems } = await arena.run(seed, { broken: create(), length: 'Long' });
        if (problems.some((problem) => expected.test(problem))) return;
        for (const problem of problems) seen.add(problem);
      }
      assert.unreachable(`not caught within ${SEEDS_MAX} seeds; seen: ${[...seen].join('; ')}`);
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
