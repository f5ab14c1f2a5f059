import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../errors.ts';
import { runCommand } from '../testing/run-command.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import { blobShaOf } from './blob-sha.ts';
import { branchFault } from './branch.ts';
import { type Clone, createClone } from './clone.ts';
import { type CommitData, type FileWrite, pathFault } from './commit-data.ts';
import { lastCommitsOf } from './last-commit.ts';
import { loadTreeIndex, TreeIndex, updateTreeIndex } from './tree-index.ts';
import { storedCommits } from './unpushed.ts';

const main = 'refs/heads/main';

function withClone<T>(use: (clone: Clone) => Promise<T>, format: 'sha1' | 'sha256' = 'sha1'): Promise<T> {
  return withTempDir(async (dir) => {
    const clone = createClone({ dir: join(dir, 'clone.git') });
    try {
      await clone.prepare(format);
      return await use(clone);
    } finally {
      await clone.close();
    }
  }, 'clone');
}

function commit(files: Record<string, string | null>, change: Partial<CommitData> = {}): CommitData {
  return {
    author: { name: 'Alice', email: 'alice@example.com' },
    authoredAtMs: 1_700_000_000_000,
    committer: { name: 'Operator', email: 'op@example.com' },
    committedAtMs: 1_700_000_100_000,
    message: 'message\n',
    files: Object.entries(files).map(
      ([path, content]): FileWrite =>
        content === null ? { path, deleted: true } : { path, content: Buffer.from(content) },
    ),
    ...change,
  };
}

for (const format of ['sha1', 'sha256'] as const) {
  test(`Clone.commit makes commits that git finds sound, ${format}`, () =>
    withClone(async (clone) => {
      const odd = 'a dir/"quoted" \\ü-ß.yaml'.replace('\\', '');
      const message = 'subject\n\ndata 5\ncommit refs/heads/evil\n';
      const shas = await clone.commit(main, null, [
        commit({ [odd]: 'ä\n' }, { message }),
        commit({ b: 'b' }),
      ]);
      const more = await clone.commit(main, shas[1] ?? '', [commit({ [odd]: null })]);
      assert.is(await clone.resolve(main), more[0]);
      assert.is(
        (await clone.git.ok(['log', '-1', '--format=%B', shas[0] ?? ''])).trimEnd(),
        message.trimEnd(),
      );
      assert.is(await clone.git.ok(['for-each-ref', '--format=%(refname)']), `${main}\n`);
      await clone.git.ok(['fsck', '--strict']);
      const sha = blobShaOf(Buffer.from('ä\n'), format);
      assert.is((await clone.readBlob(sha))?.toString(), 'ä\n');
      assert.is(await clone.readBlob('0'.repeat(sha.length)), null);
    }, format));
}

test('Clone.commit refuses paths and people that would break out, and goes on afterwards', () =>
  withClone(async (clone) => {
    for (const path of [
      '../evil',
      'a/../b',
      '.git/config',
      'a/.GIT',
      '/a',
      'a//b',
      'a\nb',
      '',
      '.git ',
      'git~1/x',
    ]) {
      await clone.commit(main, null, [commit({ ok: '1' }), commit({ [path]: 'x' })]).then(
        () => assert.unreachable(path),
        (error) => assert.is((error as CodedError).code, 'InvalidPath', path),
      );
    }
    const author = { name: 'x', email: 'a> 0 +0000\ncommitter y <y' };
    await clone.commit(main, null, [commit({ ok: '1' }, { author })]).then(
      () => assert.unreachable(),
      () => {},
    );
    assert.is(await clone.resolve(main), null);
    assert.is((await clone.commit(main, null, [commit({ ok: '1' })])).length, 1);
  }));

test('Clone.commit leaves a ref alone that somebody else moved', () =>
  withClone(async (clone) => {
    const [first = ''] = await clone.commit(main, null, [commit({ a: '1' })]);
    const [second = ''] = await clone.commit('refs/heads/other', first, [commit({ a: '2' })]);
    await clone.moveRefs([{ ref: main, to: second, from: first }]);
    await clone.commit(main, first, [commit({ b: '1' })]).then(
      () => assert.unreachable(),
      (error) => {
        assert.instance(error, CodedError);
      },
    );
    assert.is(await clone.resolve(main), second);
    assert.is((await clone.commit(main, second, [commit({ b: '1' })])).length, 1);
  }));

test('Clone.moveRefs moves all or nothing', () =>
  withClone(async (clone) => {
    const [first = ''] = await clone.commit(main, null, [commit({ a: '1' })]);
    const moves = [
      { ref: 'refs/remotes/origin/main', to: first },
      { ref: main, to: null, from: null },
    ];
    await clone.moveRefs(moves).then(
      () => assert.unreachable(),
      () => {},
    );
    assert.is(await clone.resolve('refs/remotes/origin/main'), null);
  }));

test('Clone.prepare creates what is missing or no repository, and clears what a killed process left', () =>
  withTempDir(async (temp) => {
    const dir = join(temp, 'clone.git');
    await mkdir(dir);
    await writeFile(join(dir, 'HEAD'), 'garbage');
    let clone = createClone({ dir });
    await clone.prepare('sha1');
    const [sha = ''] = await clone.commit(main, null, [commit({ a: '1' })]);
    await clone.close();
    await writeFile(join(dir, 'refs/heads/main.lock'), '');
    const left = ['tmp_pack_x', 'tmp_idx_pack-x', 'pack-0123456789abcdef0123456789abcdef01234567.pack'];
    for (const file of left) await writeFile(join(dir, 'objects/pack', file), '');
    clone = createClone({ dir });
    await clone.prepare('sha1');
    assert.is(await clone.resolve(main), sha);
    assert.is((await clone.commit(main, sha, [commit({ a: '2' })])).length, 1);
    const files = await readdir(join(dir, 'objects/pack'));
    for (const file of left) assert.not.ok(files.includes(file), file);
    await clone.close();
  }));

test('Clone.upkeep leaves few files and everything readable', () =>
  withClone(async (clone) => {
    let tip: string | null = null;
    for (let at = 0; at < 20; at++) [tip = null] = await clone.commit(main, tip, [commit({ a: String(at) })]);
    await clone.upkeep();
    const counted = await clone.git.ok(['count-objects', '-v']);
    assert.match(counted, /^count: 0$/m);
    assert.is((await clone.readBlob(blobShaOf(Buffer.from('7'), 'sha1')))?.toString(), '7');
    assert.is((await clone.commit(main, tip, [commit({ b: '1' })])).length, 1);
    await clone.git.ok(['fsck', '--strict']);
  }));

test('createGit runs with no configuration of the machine and no secrets on disk', () =>
  withClone(async (clone) => {
    assert.match(await clone.git.ok(['config', '--list', '--show-origin']), 'safe.directory');
    assert.not.match(await readFile(join(clone.dir, 'config'), 'utf8'), 'url');
    const failed = await clone.git.run([
      'diff',
      '--quiet',
      '--no-index',
      '/dev/null',
      join(clone.dir, 'HEAD'),
    ]);
    assert.is(failed.exitCode, 1);
    assert.match((await clone.git.run(['ls-remote', 'file:///'])).stderr, 'not allowed');
    const ended = await clone.git.run(['cat-file', '--batch'], { timeoutMs: 100 });
    assert.is(ended.endedBy, 'timeout');
  }));

test('storedCommits reads back what commit made', () =>
  withClone(async (clone) => {
    const message = '\x01odd\x02 subject\x03\n\n:100644 100644 a b M\n';
    const [first = '', second = ''] = await clone.commit(main, null, [
      commit({ 'a b': '1', 'ü"': '1' }),
      commit({ 'a b': '2', 'ü"': null }, { message }),
    ]);
    const [stored, ...rest] = await storedCommits(clone, [second, `^${first}`]);
    assert.is(rest.length, 0);
    assert.is(stored?.message.trimEnd(), message.trimEnd());
    assert.is(stored?.authoredAtMs, 1_700_000_000_000);
    assert.equal(stored?.files, [
      {
        path: 'a b',
        before: blobShaOf(Buffer.from('1'), 'sha1'),
        after: blobShaOf(Buffer.from('2'), 'sha1'),
        mode: '100644',
      },
      { path: 'ü"', before: blobShaOf(Buffer.from('1'), 'sha1'), after: null, mode: '000000' },
    ]);
    assert.is((await storedCommits(clone, [second])).length, 2);
  }));

test('lastCommitsOf finds the last commit of each path, and credits no merge with what it only carries', () =>
  withClone(async (clone) => {
    const bob = { name: 'Bob', email: 'bob@example.com' };
    const [base = '', mine = ''] = await clone.commit(main, null, [
      commit({ a: '1', b: '1', c: '1' }),
      commit({ a: '2' }),
    ]);
    const [theirs = ''] = await clone.commit('refs/heads/bob', base, [
      commit({ b: 'bob' }, { committer: bob }),
    ]);
    const tree = await runCommand('git', ['merge-tree', '--write-tree', theirs, mine], { cwd: clone.dir });
    const merge = await runCommand(
      'git',
      [
        '-c',
        'user.name=M',
        '-c',
        'user.email=m@example.com',
        'commit-tree',
        '-p',
        theirs,
        '-p',
        mine,
        '-m',
        'm',
        tree.stdout.trim(),
      ],
      { cwd: clone.dir },
    );
    const last = await lastCommitsOf(clone, [merge.stdout.trim()], ['a', 'b', 'c', 'none']);
    assert.is(last.get('a')?.sha, mine);
    assert.is(last.get('b')?.committerEmail, 'bob@example.com');
    assert.is(last.get('c')?.sha, base);
    assert.is(last.get('c')?.committedAtMs, 1_700_000_100_000);
    assert.is(last.has('none'), false);
  }));

test('loadTreeIndex and updateTreeIndex know the tree, and what stands in the way', () =>
  withClone(async (clone) => {
    const [one = '', two = ''] = await clone.commit(main, null, [
      commit({ 'x/a/1': '1', 'x/a/2': '2', 'y/3': '3', x2: 'file' }),
      commit({ 'x/a/1': null, 'x/a': 'now a file', 'y/3': '4' }),
    ]);
    const index = await loadTreeIndex(clone.git, one);
    assert.equal([...index.paths()].sort(), ['x/a/1', 'x/a/2', 'x2', 'y/3']);
    assert.equal([...index.paths('x')].sort(), ['x/a/1', 'x/a/2']);
    assert.is(index.get('y/3')?.sha, blobShaOf(Buffer.from('3'), 'sha1'));
    assert.match(index.obstacle('x/a') ?? '', 'folder');
    assert.match(index.obstacle('x2/b') ?? '', 'file stands');
    assert.is(index.obstacle('x/a/1'), null);
    const changed = await updateTreeIndex(index, clone.git, one, two);
    assert.equal([...changed.keys()].sort(), ['x/a', 'x/a/1', 'x/a/2', 'y/3']);
    assert.equal([...index.paths()].sort(), ['x/a', 'x2', 'y/3']);
    assert.match(index.obstacle('x/a/9') ?? '', 'file stands');
    const part = await loadTreeIndex(clone.git, two, ['x2/sub', 'y']);
    assert.equal([...part.paths()].sort(), ['x2', 'y/3']);
    assert.match(part.obstacle('x2/sub/1') ?? '', 'file stands');
    assert.is((await loadTreeIndex(clone.git, null)).size, 0);
  }));

test('TreeIndex forgets a folder with its last file', () => {
  const index = new TreeIndex();
  index.set('a/b/c', '1'.repeat(40), { verbatim: true });
  index.set('a/b/c', '2'.repeat(40));
  assert.is(index.get('a/b/c')?.verbatim, false);
  index.delete('a/b/c');
  assert.is(index.obstacle('a'), null);
});

test('branchFault agrees with git check-ref-format', async () => {
  const names = [
    'main',
    'audit/cluster-1',
    'a.b',
    'ü',
    'a..b',
    '.a',
    'a/.b',
    'a.lock',
    'a/b.lock/c',
    'a b',
    'a~b',
    'a^b',
    'a:b',
    'a?b',
    'a*b',
    'a[b',
    'a\\b',
    'a.',
    'a/',
    '/a',
    'a//b',
    'a@{b',
    '-a',
    'HEAD',
    'a\x7fb',
    'a@b',
  ];
  for (const name of names) {
    const { code } = await runCommand('git', ['check-ref-format', '--branch', name]);
    assert.is(branchFault(name) === null, code === 0, name);
  }
});

test('pathFault refuses what a checkout anywhere could not take', () => {
  for (const path of [
    'a/.git/b',
    '.git',
    '.Git',
    '.git.',
    '.g\u200cit',
    'git~1',
    '.git::$x',
    'a\\b',
    'a\x00',
    '..',
    'a/./b',
  ]) {
    assert.type(pathFault(path), 'string', path);
  }
  for (const path of ['a/.gitignore', '.github/x', 'a.git', '...', 'ü/%3A.yaml'])
    assert.is(pathFault(path), null, path);
});

test.run();
