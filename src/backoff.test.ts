import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { backoffMs } from './backoff.ts';

test('backoffMs doubles from failure to failure up to its limit', () => {
  const longest = (failures: number) => backoffMs(failures, 100, 1_000, () => 1);
  assert.equal([0, 1, 2, 3, 4, 1e9].map(longest), [100, 200, 400, 800, 1_000, 1_000]);
});

test('backoffMs waits between half and all of it', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.nat(), random, (failures, chance) => {
      const full = Math.min(30_000, 200 * 2 ** failures);
      const ms = backoffMs(failures, 200, 30_000, () => chance);
      assert.ok(ms >= full / 2 && ms <= full, `${ms} of ${full}`);
    }),
  );
});

test('backoffMs does not make two callers wait equally long', () => {
  const waits = new Set(Array.from({ length: 20 }, () => backoffMs(3, 200, 30_000)));
  assert.ok(waits.size > 1);
});

test.run();
