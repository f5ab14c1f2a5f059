import { readdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withTempDir } from '../testing/temp-dir.ts';
import { blobShaOf } from './blob-sha.ts';
import { type Clone, createClone } from './clone.ts';
import type { CommitData } from './commit-data.ts';
import { gitLimits } from './git-limits.ts';
import { countToRollUp, createUpkeep } from './upkeep.ts';

const main = 'refs/heads/main';
const who = { name: 'Op', email: 'op@example.com' };

function commitOf(files: Readonly<Record<string, string>>): CommitData {
  return {
    author: who,
    authoredAtMs: 0,
    committer: who,
    committedAtMs: 0,
    message: 'm\n',
    files: Object.entries(files).map(([path, content]) => ({ path, content: Buffer.from(content) })),
  };
}

function withClone(use: (clone: Clone) => Promise<void>): Promise<void> {
  return withTempDir(async (dir) => {
    const clone = createClone({ dir: join(dir, 'clone.git') });
    try {
      await clone.prepare('sha1');
      await use(clone);
    } finally {
      await clone.close();
    }
  }, 'upkeep');
}

const packsOf = async (clone: Clone) =>
  (await readdir(join(clone.dir, 'objects/pack'))).filter((file) => file.endsWith('.pack'));

/** As if everything had been written so long ago. */
async function age(clone: Clone, ms: number): Promise<void> {
  for (const file of await packsOf(clone)) {
    const path = join(clone.dir, 'objects/pack', file);
    const then = new Date((await stat(path)).mtimeMs - ms);
    await utimes(path, then, then);
  }
}

const has = async (clone: Clone, sha: string) =>
  (await clone.git.run(['cat-file', '-e', sha])).exitCode === 0;

test('countToRollUp leaves each pack twice as large as the next', () => {
  const cases: readonly [readonly number[], number][] = [
    [[], 0],
    [[5], 0],
    [[1, 2, 4], 0],
    [[3, 3], 2],
    [[3, 3, 100], 2],
    [[3, 3, 10, 30], 4],
    [[1, 10, 11, 100], 3],
    [[1, 1, 4, 8, 1000], 2],
    [[2, 2, 7, 12, 1000], 4],
  ];
  for (const [objects, count] of cases) {
    assert.is(countToRollUp(objects), count, objects.join());
    const rolled = objects.slice(0, count).reduce((sum, one) => sum + one, 0);
    const after = [...(count > 0 ? [rolled] : []), ...objects.slice(count)];
    after.forEach((one, at) => {
      assert.ok(at === 0 || one >= 2 * (after[at - 1] ?? 0), objects.join());
    });
  }
});

test('Clone.upkeep goes on beside commits, loses nothing and bounds the number of packs', () =>
  withClone(async (clone) => {
    let tip: string | null = null;
    let over = false;
    let rounds = 0;
    const committing = (async () => {
      for (let at = 0; at < 150; at++) {
        // Folders whose listings stay as an earlier pack has them, and are needed again much later.
        [tip = null] = await clone.commit(main, tip, [commitOf({ [`d${at % 20}/s/f`]: `${at}` })]);
      }
      over = true;
    })();
    while (!over) {
      await clone.upkeep();
      rounds += 1;
    }
    await committing;
    await clone.upkeep();
    assert.ok(rounds > 3);
    const packs = (await packsOf(clone)).length;
    assert.ok(packs <= 12, `${packs} packs`);
    assert.is(await clone.git.ok(['rev-list', '--count', main]), '150\n');
    await clone.git.ok(['fsck', '--strict', '--full']);
    assert.is(await clone.git.ok(['count-objects']), '0 objects, 0 kilobytes\n');
  }));

test('Upkeep.collect removes what is unreachable and old, and nothing else', () =>
  withClone(async (clone) => {
    const alone = <T>(work: () => Promise<T>) => work();
    const upkeep = createUpkeep({ git: clone.git, alone });
    const [first = ''] = await clone.commit(main, null, [commitOf({ a: '1' })]);
    const [gone = ''] = await clone.commit('refs/gitops-reverser/x', first, [commitOf({ gone: '1' })]);
    await clone.moveRefs([{ ref: 'refs/gitops-reverser/x', to: null }]);
    const ahead = (await clone.git.ok(['hash-object', '-w', '--stdin'], { input: 'ahead' })).trim();
    await clone.upkeep();
    await upkeep.collect();
    assert.ok(await has(clone, gone), 'young: it may be needed any moment');
    assert.ok(await has(clone, ahead));
    await age(clone, gitLimits.unreachableAgeMsMin + 60_000);
    const late = (await clone.git.ok(['hash-object', '-w', '--stdin'], { input: 'late' })).trim();
    const [second = ''] = await clone.commit(main, first, [commitOf({ b: '1' })]);
    await upkeep.collect();
    assert.not.ok(await has(clone, gone));
    assert.not.ok(await has(clone, ahead));
    assert.ok(await has(clone, late));
    assert.is(await clone.resolve(main), second);
    await clone.git.ok(['fsck', '--strict', '--full']);
  }));

test('Upkeep.collect keeps old objects that a commit takes up while it works', () =>
  withClone(async (clone) => {
    const [first = ''] = await clone.commit(main, null, [commitOf({ a: '1' })]);
    await clone.commit('refs/gitops-reverser/x', first, [commitOf({ 'd/again': 'the same content' })]);
    await clone.moveRefs([{ ref: 'refs/gitops-reverser/x', to: null }]);
    await age(clone, gitLimits.unreachableAgeMsMin + 60_000);
    const blob = blobShaOf(Buffer.from('the same content'), 'sha1');
    let tip = first;
    const upkeep = createUpkeep({
      git: clone.git,
      alone: async (work) => {
        // Of this blob, nothing is written anew.
        const files = [{ path: 'd/again', blob, mode: '100644' }];
        [tip = ''] = await clone.commit(main, first, [{ ...commitOf({}), files }]);
        return work();
      },
    });
    await upkeep.collect();
    await clone.git.ok(['fsck', '--strict', '--full']);
    assert.is(await clone.git.ok(['show', `${tip}:d/again`]), 'the same content');
    assert.is((await clone.commit(main, tip, [commitOf({ c: '1' })])).length, 1);
  }));

test('Upkeep.collectWhenGrown waits for growth and age', () =>
  withClone(async (clone) => {
    let nowMs = Date.now();
    const upkeep = createUpkeep({ git: clone.git, alone: (work) => work(), nowMs: () => nowMs });
    await clone.commit(main, null, [commitOf({ a: '1' })]);
    await clone.commit('refs/x', null, [commitOf({ b: '1' })]);
    await clone.moveRefs([{ ref: 'refs/x', to: null }]);
    await upkeep.collectWhenGrown();
    nowMs += 10 * gitLimits.unreachableAgeMsMin;
    await upkeep.collectWhenGrown();
    assert.is((await packsOf(clone)).length, 2, 'old, but hardly anything');
  }));

test.run();
