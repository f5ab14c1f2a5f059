import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom, type Random } from '../push/simulation/random.ts';
import { gitEnvironment } from '../testing/git-environment.ts';
import { mustRun } from '../testing/run-command.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import type { ObjectFormat } from './blob-sha.ts';
import { type Clone, createClone } from './clone.ts';
import type { CommitData, FileWrite } from './commit-data.ts';
import { fastImport } from './fast-import-fixture.ts';

const main = 'refs/heads/main';
const SEEDS = 6;

/** Names that git sorts in ways of its own, as files and as folders. */
const names = [
  'a',
  'a.b',
  'a-b',
  'a0',
  'ab',
  'A',
  'ü',
  'b c',
  '"q"',
  `${'l'.repeat(250)}.yaml`,
  '~',
  '!',
  'z',
];

function randomPath(random: Random): string {
  const depth = 1 + random.below(3);
  return Array.from({ length: depth }, () => random.pick(names)).join('/');
}

function randomWrite(random: Random, blob: string): FileWrite {
  const path = randomPath(random);
  if (random.chance(0.3)) return { path, deleted: true };
  if (random.chance(0.15)) return { path, blob, mode: random.pick(['100644', '100755', '120000']) };
  const size = random.chance(0.05) ? 20_000 : random.below(40);
  return { path, content: Buffer.from(`${random.below(6)}${'x'.repeat(size)}\n`) };
}

function randomCommit(random: Random, blob: string): CommitData {
  const author = { name: random.pick(['Alice', 'Bób', ' ']), email: 'alice@example.com' };
  const count = random.chance(0.1) ? 40 : random.below(4);
  return {
    author,
    authoredAtMs: 1_700_000_000_000 + random.below(1_000_000),
    committer: { name: 'Operator', email: 'op@example.com' },
    committedAtMs: 1_700_000_100_000,
    message: random.pick(['message\n', 'no newline', 'ü\n\nbody\n', '']),
    files: Array.from({ length: count }, () => randomWrite(random, blob)),
    ...(random.chance(0.02) ? { emptied: true } : {}),
  };
}

/** Git itself looks at all of it: objects, packs and their indexes, and makes one index anew. */
async function checkSound(clone: Clone): Promise<void> {
  await clone.git.ok(['fsck', '--strict', '--full', '--no-dangling']);
  const folder = join(clone.dir, 'objects/pack');
  const files = await readdir(folder);
  assert.equal(
    files.filter((file) => file.startsWith('tmp_')),
    [],
  );
  const pack = files.find((file) => file.endsWith('.pack')) ?? '';
  const anew = join(clone.dir, 'anew.idx');
  await clone.git.ok(['index-pack', '--strict', '-o', anew, join(folder, pack)]);
  assert.ok((await readFile(anew)).equals(await readFile(join(folder, pack.replace(/pack$/, 'idx')))));
}

function onClone<T>(format: ObjectFormat, use: (clone: Clone, dir: string) => Promise<T>): Promise<T> {
  return withTempDir(async (dir) => {
    const clone = createClone({ dir: join(dir, 'clone.git') });
    try {
      await clone.prepare(format);
      return await use(clone, dir);
    } finally {
      await clone.close();
    }
  }, 'writer');
}

for (let seed = 1; seed <= SEEDS; seed++) {
  const format = seed % 3 === 0 ? 'sha256' : 'sha1';
  test(`CommitWriter makes the very commits that git fast-import makes, seed ${seed}, ${format}`, () =>
    onClone(format, async (first, dir) => {
      const random = createRandom(seed);
      const other = join(dir, 'other.git');
      await mustRun('git', ['init', '--quiet', '--bare', `--object-format=${format}`, other], {
        env: gitEnvironment(),
      });
      const blob = (await first.git.ok(['hash-object', '-w', '--stdin'], { input: 'target' })).trim();
      await mustRun('git', ['hash-object', '-w', '--stdin'], {
        cwd: other,
        env: gitEnvironment(),
        input: 'target',
      });
      let clone = first;
      let tip: string | null = null;
      for (let batch = 0; batch < 6; batch++) {
        const commits = Array.from({ length: 1 + random.below(30) }, () => randomCommit(random, blob));
        const made: readonly string[] = await clone.commit(main, tip, commits);
        assert.equal(made, await fastImport(other, main, tip, commits));
        tip = made.at(-1) ?? tip;
        assert.is(await clone.resolve(main), tip);
        if (!random.chance(0.3)) continue;
        // A process that starts anew knows no tree.
        await clone.close();
        clone = createClone({ dir: clone.dir });
        await clone.prepare(format);
      }
      await checkSound(clone);
      await clone.close();
    }));
}

/** A folder of many files, and commits that change one each. */
const large = {
  pathOf: (at: number) => `ns/file-${String(at).padStart(5, '0')}.yaml`,
  commit: (files: readonly FileWrite[]): CommitData => ({
    author: { name: 'Alice', email: 'alice@example.com' },
    authoredAtMs: 1_700_000_000_000,
    committer: { name: 'Operator', email: 'op@example.com' },
    committedAtMs: 1_700_000_100_000,
    message: 'message\n',
    files,
  }),
};

test('CommitWriter keeps versions of a large folder as short chains of deltas', () =>
  onClone('sha1', async (clone, dir) => {
    const other = join(dir, 'other.git');
    await mustRun('git', ['init', '--quiet', '--bare', other], { env: gitEnvironment() });
    const all = Array.from({ length: 2_000 }, (_, at) => ({
      path: large.pathOf(at),
      content: Buffer.from(`${at}\n`),
    }));
    const first = [large.commit(all)];
    const [base = ''] = await clone.commit(main, null, first);
    await fastImport(other, main, null, first);
    const random = createRandom(1);
    const commits = Array.from({ length: 120 }, (_, at) => {
      const path = large.pathOf(random.below(2_100));
      return large.commit([
        at % 5 === 4 ? { path, deleted: true } : { path, content: Buffer.from(`changed ${at}\n`) },
      ]);
    });
    const made = await clone.commit(main, base, commits);
    assert.equal(made, await fastImport(other, main, base, commits));
    await checkSound(clone);
    const folder = join(clone.dir, 'objects/pack');
    const packs = (await readdir(folder)).filter((file) => file.endsWith('.idx'));
    const listings = await Promise.all(
      packs.map((file) => clone.git.ok(['verify-pack', '-v', join(folder, file)])),
    );
    const trees = [...listings.join('').matchAll(/^[0-9a-f]+ tree +(\d+) (\d+) \d+(?: (\d+) [0-9a-f]+)?$/gm)];
    const folders = trees.filter(([, size, , depth]) => Number(size) > 50_000 || depth !== undefined);
    const whole = folders.filter(([, , , depth]) => depth === undefined);
    assert.ok(whole.length <= 2, `${whole.length} versions are kept whole`);
    const depths = folders.map(([, , , depth]) => Number(depth ?? 0));
    assert.ok(Math.max(...depths) <= 26, `a chain of ${Math.max(...depths)}`);
    assert.ok(depths.length > 100, `${depths.length} versions`);
  }));

test('CommitWriter refuses to commit a blob that the clone does not have', () =>
  onClone('sha1', async (clone) => {
    const files = [{ path: 'a', blob: '1'.repeat(40), mode: '100644' }];
    await clone.commit(main, null, [large.commit(files)]).then(
      () => assert.unreachable(),
      (error) => assert.is((error as { code: string }).code, 'GitFailed'),
    );
    assert.is(await clone.resolve(main), null);
  }));

test('CommitWriter makes nothing when the caller refuses, and goes on', () =>
  onClone('sha1', async (clone) => {
    const one = large.commit([{ path: 'a/b', content: Buffer.from('1\n') }]);
    const [tip = ''] = await clone.commit(main, null, [one]);
    const two = large.commit([{ path: 'a/c', content: Buffer.from('2\n') }]);
    await clone
      .commit(main, tip, [two], async () => {
        throw new Error('no');
      })
      .then(
        () => assert.unreachable(),
        () => {},
      );
    assert.is(await clone.resolve(main), tip);
    const [next = ''] = await clone.commit(main, tip, [two]);
    assert.is(await clone.git.ok(['ls-tree', '-r', '--name-only', next]), 'a/b\na/c\n');
    await checkSound(clone);
  }));

test.run();
