/** What is read without a process against what git tells of the same history. */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Clone, createClone } from '../git/clone.ts';
import type { CommitData, FileWrite } from '../git/commit-data.ts';
import { loadTreeIndex, type TreeIndex, updateTreeIndex } from '../git/tree-index.ts';
import { storedCommits } from '../git/unpushed.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import { foreignCommits } from './foreign-commits.ts';
import { crossOver, partedLines } from './parted-lines.ts';
import { createRandom, type Random } from './simulation/random.ts';

const HISTORIES = 12;
const COMMITS_MAX = 6;
const PATHS = ['a', 'a/b', 'a/b/c', 'mine', 'mine/x', 'mine/y', 'mine/sub/z', 'ä/ö ü', 'mined/e'];
const MODES = ['100644', '100755', '120000'];

function randomCommit(random: Random, blob: string): CommitData {
  const files = Array.from({ length: random.below(4) }, (): FileWrite => {
    const path = random.pick(PATHS);
    if (random.chance(0.3)) return { path, deleted: true };
    if (random.chance(0.3)) return { path, blob, mode: random.pick(MODES) };
    return { path, content: Buffer.from(`${random.below(3)}\n`) };
  });
  const by = random.pick(['alice', 'Bób ', ' ']);
  return {
    author: { name: by, email: 'alice@example.com' },
    authoredAtMs: 1_700_000_000_000 + random.below(1_000_000),
    committer: { name: 'Operator', email: random.pick(['op@example.com', 'bob@example.com']) },
    committedAtMs: 1_700_000_000_000 + random.below(1_000_000),
    message: random.pick(['message\n', 'no newline', '\nü\n\nparent 0000\n', '']),
    files,
  };
}

async function withHistory(
  seed: number,
  use: (clone: Clone, base: string, mine: string, theirs: string, random: Random) => Promise<void>,
): Promise<void> {
  await withTempDir(async (temp) => {
    const random = createRandom(seed);
    const clone = createClone({ dir: join(temp, 'clone.git') });
    try {
      await clone.prepare(random.chance(0.5) ? 'sha1' : 'sha256');
      const first = { ...randomCommit(random, ''), files: [{ path: 'first', content: Buffer.from('1') }] };
      const [root = ''] = await clone.commit('refs/heads/base', null, [first]);
      const blob = (await clone.git.ok(['rev-parse', `${root}:first`])).trim();
      const grow = async (ref: string, from: string, least: number) => {
        const commits = Array.from({ length: least + random.below(COMMITS_MAX) }, () =>
          randomCommit(random, blob),
        );
        if (commits.length === 0) return from;
        await clone.moveRefs([{ ref, to: from }]);
        return (await clone.commit(ref, from, commits)).at(-1) ?? from;
      };
      const base = await grow('refs/heads/base', root, 3);
      const [mine, theirs] = [
        await grow('refs/heads/mine', base, 0),
        await grow('refs/heads/theirs', base, 0),
      ];
      await use(clone, base, mine, theirs, random);
    } finally {
      await clone.close();
    }
  });
}

function contentOf(index: TreeIndex) {
  return [...index.paths()].sort().map((path) => [path, index.get(path)?.sha, index.get(path)?.regular]);
}

test('crossOver and Clone.line tell what git tells', async () => {
  for (let seed = 0; seed < HISTORIES; seed++) {
    await withHistory(seed, async (clone, base, mine, theirs, random) => {
      const prefixes = random.pick([[], [''], ['mine'], ['a/b', 'mine/sub']]);
      const lines = await partedLines(clone, base, mine, theirs);
      if (lines === null) return assert.unreachable(`seed ${seed}`);
      const plain = lines.theirs.map(({ committedAtMs, files, ...rest }) => ({
        ...rest,
        files: files.map(({ path, before, after, mode }) => ({ path, before, after, mode })).sort(byPath),
      }));
      const stored = await storedCommits(clone, [theirs, `^${base}`]);
      const wanted = stored.map((commit) => ({ ...commit, files: [...commit.files].sort(byPath) }));
      assert.equal(plain, wanted, `seed ${seed}`);
      assert.equal(
        await clone.lineNames(base, theirs),
        stored.map(({ sha }) => sha),
      );

      const index = await loadTreeIndex(clone.git, mine, prefixes);
      const other = index.copy();
      const { changed, foreign } = crossOver(index, lines, prefixes);
      await updateTreeIndex(other, clone.git, mine, theirs, prefixes);
      assert.equal(contentOf(index), contentOf(other), `seed ${seed}`);
      const since = await updateTreeIndex(other, clone.git, base, theirs, prefixes);
      assert.equal([...changed].sort(), [...since.keys()].sort(), `seed ${seed}`);
      const told = await foreignCommits(clone, [theirs, `^${base}`], new Set(since.keys()), prefixes);
      assert.equal([...foreign].sort(byKey), [...told].sort(byKey), `seed ${seed}`);
    });
  }
});

test('partedLines leaves to git what is no short straight line', () =>
  withHistory(1, async (clone, base, mine) => {
    const commit = (index: number): CommitData => ({
      ...randomCommit(createRandom(index), ''),
      files: [{ path: 'n', content: Buffer.from(`${index}`) }],
    });
    const many = Array.from({ length: 100 }, (_, at) => commit(at));
    await clone.moveRefs([{ ref: 'refs/heads/many', to: base }]);
    const far = (await clone.commit('refs/heads/many', base, many)).at(-1) ?? '';
    assert.is(await partedLines(clone, base, base, far), null);
    assert.is(await partedLines(clone, far, base, far), null);
    const args = ['-c', 'user.name=x', '-c', 'user.email=x@example.com', 'commit-tree'];
    const merged = await clone.git.ok([...args, `${base}^{tree}`, '-p', base, '-p', far, '-m', 'merge']);
    assert.is(await partedLines(clone, base, mine, merged.trim()), null);
  }));

function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  return one.path < other.path ? -1 : 1;
}

function byKey([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

test.run();
