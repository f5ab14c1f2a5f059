import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withTempDir } from '../testing/temp-dir.ts';
import { beginTerm } from './last-term.ts';

const term = (transitions: number, leaseUid = 'lease') => ({ leaseUid, transitions });

const cases: readonly [
  name: string,
  before: readonly ReturnType<typeof term>[],
  now: number,
  kept: boolean,
][] = [
  ['the very first term', [], 0, true],
  ['others led, this disk is new', [], 4, false],
  ['the next term', [term(0)], 1, true],
  ['somebody led in between', [term(0)], 2, false],
  ['the Lease was made anew', [term(3, 'former')], 4, false],
  ['the Lease was made anew, and this is its first term', [term(3, 'former')], 0, false],
  ['a second time in a row', [term(0), term(1), term(2)], 3, true],
];

for (const [name, before, now, kept] of cases) {
  test(`beginTerm: ${name}`, () =>
    withTempDir(async (dir) => {
      for (const one of before) await beginTerm(dir, one);
      assert.is(await beginTerm(dir, term(now)), kept);
      assert.is(await beginTerm(dir, term(now + 1)), true);
    }));
}

test('beginTerm: a file that was cut off proves nothing', () =>
  withTempDir(async (dir) => {
    await writeFile(join(dir, 'last-term.json'), '{"leaseU');
    assert.is(await beginTerm(dir, term(1)), false);
  }));

test.run();
