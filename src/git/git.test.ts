import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withTempDir } from '../testing/temp-dir.ts';
import { createGit } from './git.ts';

/** simple-git waits for so long after a command that wrote nothing. */
const QUIET_WAIT_MS = 50;
const TRIES = 5;

test('Git is as quick with a command that says nothing as with one that does', () =>
  withTempDir(async (dir) => {
    const git = createGit(dir);
    await git.ok(['init', '--quiet', '--bare']);
    let fastestMs = Number.POSITIVE_INFINITY;
    for (let at = 0; at < TRIES; at += 1) {
      const startedAt = performance.now();
      assert.is(await git.ok(['for-each-ref']), '');
      fastestMs = Math.min(fastestMs, performance.now() - startedAt);
    }
    assert.ok(fastestMs < QUIET_WAIT_MS, `${fastestMs} ms`);
  }));

test('Git.run tells what a command that fails said, and that another said nothing', () =>
  withTempDir(async (dir) => {
    const git = createGit(dir);
    await git.ok(['init', '--quiet', '--bare']);
    const failed = await git.run(['rev-parse', '--verify', 'nothing']);
    assert.is(failed.exitCode, 128);
    assert.match(failed.stderr, /Needed a single revision/);
    const silent = await git.run(['rev-parse', '--verify', '--quiet', 'nothing']);
    assert.equal([silent.exitCode, silent.stdout, silent.stderr], [1, '', '']);
  }));

test.run();
