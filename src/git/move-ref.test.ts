import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../errors.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import { createGit, type Git } from './git.ts';
import { moveRef, setRef } from './move-ref.ts';

const main = 'refs/heads/main';

interface Repository {
  readonly git: Git;
  /** Three commits. */
  readonly commits: readonly string[];
  at(ref?: string): Promise<string>;
}

function withRepository(use: (repository: Repository) => Promise<void>): Promise<void> {
  return withTempDir(async (dir) => {
    const git = createGit(dir);
    await git.ok(['init', '--bare']);
    const tree = (await git.ok(['write-tree'])).trim();
    const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
    const commits: string[] = [];
    for (const message of ['1', '2', '3'])
      commits.push((await git.ok([...identity, 'commit-tree', tree, '-m', message])).trim());
    await use({ git, commits, at: async (ref = main) => (await git.run(['rev-parse', ref])).stdout.trim() });
  }, 'move-ref');
}

async function mustFail(work: Promise<void>): Promise<void> {
  await work.then(
    () => assert.unreachable('it moved'),
    (error) => assert.instance(error, CodedError),
  );
}

test('moveRef makes a ref, moves it, and leaves no lock', () =>
  withRepository(async ({ git, commits: [one = '', two = '', three = ''], at }) => {
    await moveRef(git, main, null, one);
    assert.is(await at(), one);
    await moveRef(git, main, one, two);
    assert.is(await at(), two);
    await moveRef(git, 'refs/heads/deep/er', one, three);
    assert.is(await at('refs/heads/deep/er'), three);
    assert.not.ok(await stat(join(git.dir, `${main}.lock`)).catch(() => null));
    await git.ok(['fsck', '--strict']);
  }));

test('moveRef moves a ref that git keeps among packed ones', () =>
  withRepository(async ({ git, commits: [one = '', two = '', three = ''], at }) => {
    await moveRef(git, main, null, one);
    await git.ok(['pack-refs', '--all']);
    await mustFail(moveRef(git, main, three, two));
    assert.is(await at(), one);
    await moveRef(git, main, one, two);
    assert.is(await at(), two);
  }));

test('moveRef leaves a ref alone that stands elsewhere, or that somebody holds', () =>
  withRepository(async ({ git, commits: [one = '', two = '', three = ''], at }) => {
    await moveRef(git, main, null, one);
    await mustFail(moveRef(git, main, two, three));
    await mustFail(moveRef(git, main, null, three));
    assert.is(await at(), one);
    const lock = join(git.dir, `${main}.lock`);
    await writeFile(lock, 'of somebody');
    await mustFail(moveRef(git, main, one, two));
    assert.is(await at(), one);
    assert.is(await readFile(lock, 'utf8'), 'of somebody');
  }));

test('moveRef makes a ref where an empty folder is left', () =>
  withRepository(async ({ git, commits: [one = '', two = ''], at }) => {
    await mkdir(join(git.dir, main, 'empty'), { recursive: true });
    await moveRef(git, main, one, two);
    assert.is(await at(), two);
  }));

test('setRef makes a ref, moves it from wherever it stands, without git where it is in a file, and leaves no lock', () =>
  withRepository(async ({ git, commits: [one = '', two = '', three = ''], at }) => {
    const ref = 'refs/remotes/origin/main';
    await setRef(git, ref, one);
    assert.is(await at(ref), one);
    const commands: string[] = [];
    const observed = createGit(git.dir, ({ name }) => commands.push(name));
    await setRef(observed, ref, two);
    assert.is(await at(ref), two);
    assert.equal(commands, []);
    await git.ok(['pack-refs', '--all']);
    await setRef(observed, ref, three);
    assert.is(await at(ref), three);
    assert.equal(commands, ['update-ref']);
    assert.not.ok(await stat(join(git.dir, `${ref}.lock`)).catch(() => null));
    await git.ok(['fsck', '--strict']);
  }));

test('setRef leaves a ref alone that somebody holds', () =>
  withRepository(async ({ git, commits: [one = '', two = ''], at }) => {
    await setRef(git, main, one);
    const lock = join(git.dir, `${main}.lock`);
    await writeFile(lock, 'of somebody');
    await mustFail(setRef(git, main, two));
    assert.is(await at(), one);
    assert.is(await readFile(lock, 'utf8'), 'of somebody');
  }));

test.run();
