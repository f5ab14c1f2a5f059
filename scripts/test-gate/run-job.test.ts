import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withTempDir } from '../../src/testing/temp-dir.ts';
import { findTests } from './find-tests.ts';
import { type Job, runJob } from './run-job.ts';
import { runJobs } from './run-jobs.ts';

const shell = (script: string, rest: Partial<Job> = {}): Job => ({
  name: script,
  command: 'sh',
  args: ['-c', script],
  judge: 'exit-code',
  timeoutMs: 10_000,
  ...rest,
});

test('runJob judges by exit code and keeps the output', async () => {
  const good = await runJob(shell('echo fine'), '.');
  assert.equal([good.passed, good.failed, good.output], [1, 0, 'fine\n']);
  const bad = await runJob(shell('echo broken >&2; exit 2'), '.');
  assert.equal([bad.passed, bad.failed, bad.output], [0, 1, 'broken\n']);
});

test('runJob adds up the processor time of a job and its children', async () => {
  const spin = 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done';
  const { cpuMs } = await runJob(shell(`(${spin}); :`), '.');
  const none = await runJob(shell('kill -9 $PPID'), '.');
  assert.ok((cpuMs ?? 0) > 0);
  assert.is(none.cpuMs, undefined);
});

test('runJob judges a test file by its summary, not by its exit code', async () => {
  const { passed, failed, problem } = await runJob(shell('echo nothing', { judge: 'uvu' }), '.');
  assert.equal([passed, failed], [0, 1]);
  assert.match(problem ?? '', 'no summary');
});

test('runJob kills a job, with its children, after its time', async () => {
  const result = await runJob(shell('echo up; sleep 600 & wait', { timeoutMs: 200, judge: 'uvu' }), '.');
  assert.is(result.problem, 'took too long and was killed');
  assert.is(result.output, 'up\n');
  assert.ok(result.ms < 5_000);
});

test('runJobs runs at most so many at a time, and all of them', async () => {
  await withTempDir(async (dir) => {
    // Each job sees how many are running, itself included.
    const script = (n: number) => `touch r${n}; set -- r*; echo $#; sleep 0.2; rm r${n}`;
    const jobs = [1, 2, 3, 4, 5].map((n) => shell(script(n)));
    const heard: string[] = [];
    const results = await runJobs(jobs, 2, dir, (result) => heard.push(result.name));
    assert.is(results.length, 5);
    assert.is(heard.length, 5);
    assert.ok(results.every((result) => Number(result.output) <= 2));
    assert.ok(results.every((result) => result.failed === 0));
  });
});

test('runJobs lets jobs that mostly wait share a processor', async () => {
  await withTempDir(async (dir) => {
    // Each waits until all three are there, which they can be only at the same time.
    const script = (n: number) => `touch r${n}; until [ -e r1 -a -e r2 -a -e r3 ]; do sleep 0.01; done`;
    const jobs = [1, 2, 3].map((n) => shell(script(n), { share: n === 1 ? 1 : 0.5 }));
    const results = await runJobs(jobs, 2, dir, () => {});
    assert.equal(
      results.map(({ passed }) => passed),
      [1, 1, 1],
    );
    // What is too big for the machine runs alone.
    assert.is((await runJobs([shell(':', { share: 1 })], 0.5, dir, () => {})).length, 1);
  });
});

test('runJobs passes over what does not fit yet', async () => {
  await withTempDir(async (dir) => {
    const first = shell('until [ -e third ]; do sleep 0.01; done', { share: 0.7 });
    const second = shell('[ -e third ]', { share: 0.7 });
    const third = shell('touch third', { share: 0.3 });
    const results = await runJobs([first, second, third], 1, dir, () => {});
    assert.ok(results.every(({ failed }) => failed === 0));
  });
});

test('runJobs starts one more when processors idle, but not beside what keeps one busy', async () => {
  await withTempDir(async (dir) => {
    const first = shell('touch first; until [ -e second ]; do sleep 0.01; done', { share: 0.7 });
    const second = shell('[ -e first ] && touch second', { share: 0.7 });
    const both = await runJobs(
      [first, second],
      1,
      dir,
      () => {},
      () => 0.1,
    );
    assert.ok(both.every(({ failed }) => failed === 0));
    const busy = shell('rm second; sleep 2; [ ! -e second ]', { share: 1 });
    const other = shell('touch second', { share: 0.7 });
    const apart = await runJobs(
      [busy, other],
      1,
      dir,
      () => {},
      () => 0.1,
    );
    assert.ok(apart.every(({ failed }) => failed === 0));
  });
});

test('findTests finds test files below folders that exist', async () => {
  await withTempDir((dir) => {
    writeFileSync(join(dir, 'b.test.ts'), '');
    writeFileSync(join(dir, 'a.ts'), '');
    assert.equal(findTests(join(dir, '..'), [dir.split('/').at(-1) ?? '', 'no-such-folder']), [
      `${dir.split('/').at(-1)}/b.test.ts`,
    ]);
  });
});

test.run();
