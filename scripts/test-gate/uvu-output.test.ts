import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withTempDir } from '../../src/testing/temp-dir.ts';
import { judgeUvuOutput, type Verdict } from './uvu-output.ts';

interface Case {
  readonly name: string;
  readonly output: string;
  readonly code?: number | null;
  readonly timedOut?: boolean;
  readonly verdict: Verdict;
}

const summary = (total: number, passed: number, skipped: number) =>
  `\n  Total:     ${total}\n  Passed:    ${passed}\n  Skipped:   ${skipped}\n  Duration:  0.46ms\n\n`;

const bold = (text: string) => `\u001b[1m${text}\u001b[22m`;

const cases: readonly Case[] = [
  {
    name: 'all pass',
    output: `• •   (2 / 2)\n${summary(2, 2, 0)}`,
    verdict: { passed: 2, failed: 0, skipped: 0 },
  },
  {
    name: 'one fails',
    output: `• ✘   (1 / 2)\n\n   FAIL  "b"\n${summary(2, 1, 0)}`,
    code: 1,
    verdict: { passed: 1, failed: 1, skipped: 0 },
  },
  { name: 'skipped', output: summary(1, 1, 3), verdict: { passed: 1, failed: 0, skipped: 3 } },
  {
    name: 'a throwing hook exits 0',
    output: `  (0 / 2)\n${summary(2, 0, 0)}`,
    verdict: { passed: 0, failed: 2, skipped: 0, problem: 'a hook threw' },
  },
  {
    name: 'a forgotten run() prints nothing and exits 0',
    output: '',
    verdict: { passed: 0, failed: 1, skipped: 0, problem: 'printed no summary: it crashed or forgot run()' },
  },
  {
    name: 'a test that never ends',
    output: '• Exiting early before testing is finished.\n',
    code: 1,
    verdict: { passed: 0, failed: 1, skipped: 0, problem: 'printed no summary: it crashed or forgot run()' },
  },
  {
    name: 'a suite without tests',
    output: summary(0, 0, 0),
    verdict: { passed: 0, failed: 1, skipped: 0, problem: 'ran no test' },
  },
  {
    name: 'passes and then crashes',
    output: `${summary(2, 2, 0)}Error: later\n`,
    code: 7,
    verdict: { passed: 2, failed: 1, skipped: 0, problem: 'exited with 7' },
  },
  {
    name: 'too long',
    output: '• •',
    code: null,
    timedOut: true,
    verdict: { passed: 0, failed: 1, skipped: 0, problem: 'took too long and was killed' },
  },
  {
    name: 'an open handle',
    output: summary(2, 2, 0),
    code: null,
    timedOut: true,
    verdict: { passed: 2, failed: 1, skipped: 0, problem: 'did not end after its tests and was killed' },
  },
  {
    name: 'a summary that a test printed itself',
    output: `${summary(9, 9, 9)}\n• ✘\n${summary(2, 1, 0)}`,
    code: 1,
    verdict: { passed: 1, failed: 1, skipped: 0 },
  },
  {
    name: 'colors',
    output: `${bold('• •')}\n  Total:     ${bold('2')}\n${bold('  Passed:    2')}\n  Skipped:   0\n`,
    verdict: { passed: 2, failed: 0, skipped: 0 },
  },
];

for (const { name, output, code = 0, timedOut = false, verdict } of cases) {
  test(`judgeUvuOutput: ${name}`, () => {
    assert.equal(judgeUvuOutput({ output, code, timedOut }), verdict);
  });
}

/** Sources of test files, and what the real uvu makes of them. */
const real: readonly [source: string, verdict: Omit<Verdict, 'problem'>][] = [
  ['test("a", () => {}); test("b", () => {}); test.run();', { passed: 2, failed: 0, skipped: 0 }],
  ['test("a", () => {}); test("b", () => { throw 1 }); test.run();', { passed: 1, failed: 1, skipped: 0 }],
  ['test("a", () => {}); test.skip("b", () => {}); test.run();', { passed: 1, failed: 0, skipped: 1 }],
  ['test.before(() => { throw 1 }); test("a", () => {}); test.run();', { passed: 0, failed: 1, skipped: 0 }],
  ['test("a", () => {});', { passed: 0, failed: 1, skipped: 0 }],
  ['test("a", () => new Promise(() => {})); test.run();', { passed: 0, failed: 1, skipped: 0 }],
  [
    'for (const n of ["1", "2"]) { const s = suite(n); s("a", () => {}); s.run(); }',
    { passed: 2, failed: 0, skipped: 0 },
  ],
];

test('judgeUvuOutput understands what the installed uvu prints', async () => {
  const uvu = pathToFileURL(createRequire(import.meta.url).resolve('uvu')).href;
  await withTempDir((dir) => {
    for (const [source, expected] of real) {
      const file = join(dir, 'file.mjs');
      writeFileSync(file, `import uvu from ${JSON.stringify(uvu)}; const { suite, test } = uvu; ${source}`);
      // This file runs under uvu too, which must not be seen from within.
      const ran = spawnSync(process.execPath, [file], { encoding: 'utf8', env: { PATH: process.env.PATH } });
      const output = ran.stdout + ran.stderr;
      const { problem: _, ...verdict } = judgeUvuOutput({ output, code: ran.status, timedOut: false });
      assert.equal(verdict, expected, `${source}\n${output}`);
    }
  });
});

test.run();
