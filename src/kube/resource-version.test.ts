import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareResourceVersions, isNewer } from './resource-version.ts';

test('compareResourceVersions agrees with BigInt, whatever the length', () => {
  const version = fc.oneof(fc.bigInt({ min: 0n }), fc.bigInt({ min: 0n, max: 20n }));
  fc.assert(
    fc.property(version, version, (a, b) => {
      const order = compareResourceVersions(String(a), String(b));
      assert.is(Math.sign(order as number), a < b ? -1 : a > b ? 1 : 0);
      assert.is(isNewer(String(a), String(b)), a > b);
    }),
  );
});

test('compareResourceVersions knows other schemes only as equal or not comparable', () => {
  const cases: [string, string, number | undefined][] = [
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abc', 'abd', undefined],
    ['1', 'abc', undefined],
    ['', '1', undefined],
    ['1:2', '1:3', undefined],
    ['007', '8', undefined],
    ['-1', '1', undefined],
    ['1.5', '1', undefined],
    ['1\n', '1', undefined],
    ['0', '1', -1],
  ];
  for (const [a, b, order] of cases) assert.is(compareResourceVersions(a, b), order, `${a} and ${b}`);
});

test('isNewer takes what cannot be compared for newer', () => {
  assert.ok(isNewer('abc', '5'));
  assert.ok(isNewer('5', 'abc'));
  assert.not(isNewer('abc', 'abc'));
});

test.run();
