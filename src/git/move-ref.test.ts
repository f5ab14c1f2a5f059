import fs from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../errors.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import { createGit, type Git } from './git.ts';
import { createRefMover } from './move-ref.ts';

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

/** Runs `work` while the disk refuses some operations. */
async function refusing(names: readonly ('rename' | 'rm')[], work: () => Promise<void>): Promise<void> {
  const before = { ...fs.promises };
  const refuse = () => Promise.reject(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }));
  for (const name of names) Object.assign(fs.promises, { [name]: refuse });
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    Object.assign(fs.promises, before);
    syncBuiltinESMExports();
  }
}

async function mustFail(work: Promise<void>): Promise<void> {
  await work.then(
    () => assert.unreachable('it moved'),
    (error) => assert.instance(error, CodedError),
  );
}

test('RefMover.move makes a ref, moves it, and leaves no lock', () =>
  withRepository(async ({ git, commits: [one = '', two = '', three = ''], at }) => {
    await createRefMover(git).move(main, null, one);
    assert.is(await at(), one);
    await createRefMover(git).move(main, one, two);
    assert.is(await at(), two);
    await createRefMover(git).move('refs/heads/deep/er', one, three);
    assert.is(await at('refs/heads/deep/er'), three);
    assert.not.ok(await stat(join(git.dir, `${main}.lock`)).catch(() => null));
    await git.ok(['fsck', '--strict']);
  }));

test('RefMover.move moves a ref that git keeps among packed ones', () =>
  withRepository(async ({ git, commits: [one = '', two = '', three = ''], at }) => {
    await createRefMover(git).move(main, null, one);
    await git.ok(['pack-refs', '--all']);
    await mustFail(createRefMover(git).move(main, three, two));
    assert.is(await at(), one);
    await createRefMover(git).move(main, one, two);
    assert.is(await at(), two);
  }));

test('RefMover.move leaves a ref alone that stands elsewhere, or that somebody holds', () =>
  withRepository(async ({ git, commits: [one = '', two = '', three = ''], at }) => {
    await createRefMover(git).move(main, null, one);
    await mustFail(createRefMover(git).move(main, two, three));
    await mustFail(createRefMover(git).move(main, null, three));
    assert.is(await at(), one);
    const lock = join(git.dir, `${main}.lock`);
    await writeFile(lock, 'of somebody');
    await mustFail(createRefMover(git).move(main, one, two));
    assert.is(await at(), one);
    assert.is(await readFile(lock, 'utf8'), 'of somebody');
  }));

test('RefMover.move makes a ref where an empty folder is left', () =>
  withRepository(async ({ git, commits: [one = '', two = ''], at }) => {
    await mkdir(join(git.dir, main, 'empty'), { recursive: true });
    await createRefMover(git).move(main, one, two);
    assert.is(await at(), two);
  }));

test('RefMover.set makes a ref, moves it from wherever it stands, without git where it is in a file, and leaves no lock', () =>
  withRepository(async ({ git, commits: [one = '', two = '', three = ''], at }) => {
    const ref = 'refs/remotes/origin/main';
    await createRefMover(git).set(ref, one);
    assert.is(await at(ref), one);
    const commands: string[] = [];
    const observed = createGit(git.dir, ({ name }) => commands.push(name));
    await createRefMover(observed).set(ref, two);
    assert.is(await at(ref), two);
    assert.equal(commands, []);
    await git.ok(['pack-refs', '--all']);
    await createRefMover(observed).set(ref, three);
    assert.is(await at(ref), three);
    assert.equal(commands, ['update-ref']);
    assert.not.ok(await stat(join(git.dir, `${ref}.lock`)).catch(() => null));
    await git.ok(['fsck', '--strict']);
  }));

test('RefMover.set leaves a ref alone that somebody holds', () =>
  withRepository(async ({ git, commits: [one = '', two = ''], at }) => {
    await createRefMover(git).set(main, one);
    const lock = join(git.dir, `${main}.lock`);
    await writeFile(lock, 'of somebody');
    await mustFail(createRefMover(git).set(main, two));
    assert.is(await at(), one);
    assert.is(await readFile(lock, 'utf8'), 'of somebody');
  }));

test('RefMover removes a lock of its own that could not be removed before', () =>
  withRepository(async ({ git, commits: [one = '', two = '', three = ''], at }) => {
    const refs = createRefMover(git);
    await refs.set(main, one);
    const lock = join(git.dir, `${main}.lock`);
    await refusing(['rename', 'rm'], () =>
      refs.set(main, two).then(
        () => assert.unreachable('it moved'),
        (error) => assert.is(error.code, 'ENOSPC'),
      ),
    );
    assert.ok(await stat(lock));
    assert.is(await at(), one);
    await refs.set(main, three);
    assert.is(await at(), three);
    assert.not.ok(await stat(lock).catch(() => null));
  }));

test.run();
