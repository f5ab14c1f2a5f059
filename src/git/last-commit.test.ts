import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withTempDir } from '../testing/temp-dir.ts';
import { type Clone, createClone } from './clone.ts';
import type { CommitData } from './commit-data.ts';
import { lastCommitsSince } from './last-commit.ts';

const main = 'refs/heads/main';
const bob = { name: 'Bob', email: 'bob@example.com' };
/** Of the commits in these tests, seconds after this. */
const startMs = 1_700_000_000_000;

function commitAt(second: number, files: Readonly<Record<string, string | null>>): CommitData {
  const atMs = startMs + second * 1000;
  return {
    author: bob,
    authoredAtMs: atMs,
    committer: bob,
    committedAtMs: atMs,
    message: `commit of ${second}\n`,
    files: Object.entries(files).map(([path, content]) =>
      content === null ? { path, deleted: true } : { path, content: Buffer.from(content) },
    ),
  };
}

function withCommits(
  commits: readonly CommitData[],
  use: (clone: Clone, shas: readonly string[]) => Promise<void>,
): Promise<void> {
  return withTempDir(async (dir) => {
    const clone = createClone({ dir });
    try {
      await clone.prepare('sha1');
      await use(clone, await clone.commit(main, null, commits));
    } finally {
      await clone.close();
    }
  }, 'last-commit');
}

test('lastCommitsSince finds what was committed before a commit of an older date', () =>
  withCommits(
    [
      commitAt(0, { gone: '1', early: '1' }),
      commitAt(10, { early: null }),
      commitAt(100, { gone: null }),
      // Commits that were made long ago, put on top; a machine whose clock is slow.
      ...Array.from({ length: 20 }, (_, at) => commitAt(20 + at, { imported: String(at) })),
      commitAt(110, { other: '1' }),
    ],
    async (clone, shas) => {
      const since = (second: number) =>
        lastCommitsSince(clone, main, ['gone', 'early', 'other', 'none'], startMs + second * 1000);
      assert.equal([...(await since(50))].map(([path, { sha }]) => [path, sha]).sort(), [
        ['gone', shas[2]],
        ['other', shas.at(-1)],
      ]);
      assert.equal([...(await since(105)).keys()], ['other']);
      assert.equal([...(await since(111)).keys()], []);
      assert.is((await since(10)).get('early')?.sha, shas[1]);
    },
  ));

test('lastCommitsSince finds a later commit behind an older one on a merged branch', () =>
  withCommits([commitAt(0, { gone: '1', often: '1' })], async (clone, [base = '']) => {
    const side = [commitAt(100, { gone: null }), commitAt(5, { often: '2' })];
    const [deletion = '', theirs = ''] = await clone.commit('refs/heads/side', base, side);
    const [mine = ''] = await clone.commit(main, base, [commitAt(120, { often: '2' })]);
    const tree = (await clone.git.ok(['rev-parse', `${theirs}^{tree}`])).trim();
    const [name, email] = [`user.name=${bob.name}`, `user.email=${bob.email}`];
    const how = ['-c', name, '-c', email, 'commit-tree', '-m', 'merge', '-p', mine, '-p', theirs];
    const merge = (await clone.git.ok([...how, tree])).trim();
    const last = await lastCommitsSince(clone, merge, ['gone', 'often'], startMs + 50_000);
    assert.is(last.get('gone')?.sha, deletion);
    assert.is(last.get('often')?.sha, mine);
  }));

test.run();
