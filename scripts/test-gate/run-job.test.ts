import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withTempDir } from '../../src/testing/temp-dir.ts';
import { findTests } from './find-tests.ts';
import { type Job, runJob, runJobs } from './run-job.ts';

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
