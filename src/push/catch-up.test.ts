import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Clone, createClone } from '../git/clone.ts';
import { type BareRemote, withBareRemote } from '../testing/bare-remote.ts';
import { poll } from '../testing/poll.ts';
import { startOtherCluster } from '../testing/storm/other-cluster.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import { pushLimits } from './push-limits.ts';
import { type WorkerFixture, withWorker } from './worker-fixture.ts';

const bob = { name: 'Bob', email: 'bob@example.com' };
const cursorId = '0123456789abcdef';
const backlog = pushLimits.chunkCommitsMax * 3 + 7;

async function subjects(remote: BareRemote): Promise<string[]> {
  return (await remote.log()).map((commit) => commit.subject).reverse();
}

const names = (name: string, count: number) => Array.from({ length: count }, (_, at) => `${name} ${at}`);

/** Commits `count` changes of an own folder. */
async function commitMany({ change }: WorkerFixture, name: string, count: number, first = 0): Promise<void> {
  const changes = [];
  for (let at = first; at < first + count; at++) {
    const marks = [{ owner: 'o', key: 'k', position: `${at}` }];
    changes.push(change(`${name}/${at % 7}.yaml`, `kind: ${at}\n`, { message: `${name} ${at}\n`, marks }));
    if (changes.length === 1_000) await Promise.all(changes.splice(0));
  }
  await Promise.all(changes);
}

/** A worker's clone, and commits in it that the remote never saw. */
async function withBacklog(remote: BareRemote, dir: string, name: string, count: number): Promise<void> {
  const url = remote.url;
  await withWorker({ url, dir, minIntervalMs: 3_600_000 }, async (fixture) => {
    await fixture.worker.open();
    await commitMany(fixture, name, 1);
    await fixture.pushed();
    await commitMany(fixture, name, count, 1);
  });
}

test('BranchWorker brings a backlog past one who pushes all the time, each commit once and in order', () =>
  withBareRemote((remote) =>
    withTempDir(async (temp) => {
      const dirs = [join(temp, 'one.git'), join(temp, 'two.git')];
      await withBacklog(remote, dirs[0] ?? '', 'one', backlog);
      await withBacklog(remote, dirs[1] ?? '', 'two', backlog);
      await withWorker({ url: remote.url, dir: dirs[0] ?? '' }, (one) =>
        withWorker({ url: remote.url, dir: dirs[1] ?? '' }, async (two) => {
          await Promise.all([one.worker.open(), two.worker.open()]);
          // Commits go on meanwhile.
          await Promise.all([
            commitMany(one, 'one', 100, backlog + 1),
            commitMany(two, 'two', 100, backlog + 1),
          ]);
          await Promise.all([one.pushed(), two.pushed()]);
        }),
      );
      const all = await subjects(remote);
      for (const name of ['one', 'two'])
        assert.equal(
          all.filter((subject) => subject.startsWith(name)),
          names(name, backlog + 101),
        );
    }),
  ));

test('BranchWorker gets through where somebody pushes all the time, with its cursors', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url, cursorId }, async (fixture) => {
      await fixture.worker.open();
      await commitMany(fixture, 'one', 1);
      await fixture.pushed();
      let count = 1;
      const other = await startOtherCluster(remote, { prefix: 'other', everyMs: 150 });
      try {
        for (; count < 10 || other.pushed.length < 3; count++) {
          await commitMany(fixture, 'one', 1, count);
          await fixture.pushed();
        }
      } finally {
        await other.stop();
      }
      const all = await subjects(remote);
      assert.equal(
        all.filter((subject) => subject.startsWith('one')),
        names('one', count),
      );
      const saved = await remote.git('show', `refs/gitops-reverser/cursors/${cursorId}:cursors.json`);
      assert.match(saved, new RegExp(`"k",\\s*"${count - 1}"`));
    }),
  ));

test('BranchWorker loses and doubles nothing when it ends anywhere while it catches up', () =>
  withBareRemote((remote) =>
    withTempDir(async (temp) => {
      const dir = join(temp, 'clone.git');
      await withBacklog(remote, dir, 'one', backlog);
      // Its content is placed into what a person wrote: none of it is equal to what was committed first.
      const kept = 'kind: bob\n# keep\n';
      await remote.pushAs(bob, { 'one/3.yaml': kept, 'bob.yaml': 'kind: bob\n' }, 'by bob');
      // Every step that makes something durable may be the last one.
      for (let steps = 0; ; steps++) {
        const real = createClone({ dir });
        let left = steps;
        const step = async <T>(work: () => Promise<T>): Promise<T> => {
          if (left-- <= 0) throw new Error('the process is gone');
          return work();
        };
        const clone: Clone = {
          ...real,
          commit: (...args) => step(() => real.commit(...args)),
          moveRefs: (...args) => step(() => real.moveRefs(...args)),
          setRef: (...args) => step(() => real.setRef(...args)),
        };
        const done = await withWorker(
          { url: remote.url, clone, random: () => 0 },
          async ({ worker, until }) => {
            await worker.open();
            await until((state) => left < 0 || (state.pendingCommits === 0 && state.error === null));
            return left >= 0;
          },
        );
        if (done) break;
        assert.ok(steps < 60, 'it comes to an end');
      }
      const all = await subjects(remote);
      assert.equal(
        all.filter((subject) => subject.startsWith('one')),
        names('one', backlog + 1),
      );
      assert.match((await remote.read('main', 'one/3.yaml')) ?? '', '# keep');
    }),
  ));

for (const restarted of [false, true]) {
  test(`BranchWorker loses nothing when its branch is deleted while it catches up, restarted: ${restarted}`, () =>
    withBareRemote((remote) =>
      withTempDir(async (temp) => {
        const dir = join(temp, 'clone.git');
        const options = { url: remote.url, dir, minIntervalMs: 500 };
        await withBacklog(remote, dir, 'one', backlog);
        await remote.pushAs(bob, { 'bob.yaml': 'kind: bob\n' }, 'by bob');
        await withWorker(options, async ({ worker, until, pushed }) => {
          await worker.open();
          await until(({ pendingCommits }) => pendingCommits > 0 && pendingCommits < backlog);
          if (restarted) return;
          await remote.git('update-ref', '-d', 'refs/heads/main');
          await pushed();
        });
        if (restarted) {
          await remote.git('update-ref', '-d', 'refs/heads/main');
          await withWorker(options, async ({ worker, pushed }) => {
            await worker.open();
            await pushed();
          });
        }
        assert.equal(
          (await subjects(remote)).filter((subject) => subject !== 'by bob'),
          names('one', backlog + 1),
        );
      }),
    ));
}

test('BranchWorker tells a request whose paths are dropped later, and counts them once', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url }, async ({ worker, changeFiles, change, dropped, pushed }) => {
      await worker.open();
      await change('a.yaml', 'kind: 1\n');
      await pushed();
      const theirs = await remote.pushAs(bob, { 'a.yaml': 'kind: bob\n' }, 'by bob');
      const told: string[] = [];
      const how = {
        atMs: Date.now() - 60_000,
        onDropped: (paths: readonly string[]) => void told.push(...paths),
      };
      const outcome = await changeFiles({ 'a.yaml': 'kind: 2\n', 'b.yaml': 'kind: 2\n' }, how);
      assert.is(outcome.kind, 'Committed');
      await pushed();
      assert.equal(told, ['a.yaml']);
      const again = await changeFiles({ 'a.yaml': 'kind: 3\n', 'b.yaml': 'kind: 3\n' }, how);
      assert.is(again.kind === 'Committed' && again.filesChanged, 1);
      assert.equal(told, ['a.yaml', 'a.yaml']);
      assert.is((await change('a.yaml', 'kind: 4\n', how)).kind, 'Dropped');
      assert.is(told.length, 2);
      assert.is(worker.state.dropped, 3);
      assert.equal(
        dropped.map(({ by }) => by?.sha),
        [theirs, theirs, theirs],
      );
    }),
  ));

test('BranchWorker compares with when another operator’s change happened, not with when it got there', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url }, (one) =>
      withWorker({ url: remote.url }, async (other) => {
        await one.worker.open();
        await one.change('a.yaml', 'kind: 1\n');
        await one.pushed();
        await other.worker.open();
        const now = Date.now();
        // Both clusters write the same file: the later change wins, whoever pushes first.
        await one.change('a.yaml', 'kind: late\n', { atMs: now - 10_000, message: 'late\n' });
        await one.pushed();
        await other.change('a.yaml', 'kind: early\n', { atMs: now - 20_000, message: 'early\n' });
        await other.pushed();
        assert.is(await remote.read('main', 'a.yaml'), 'kind: late\n');
        assert.is(other.dropped.length, 1);
        await other.change('a.yaml', 'kind: 3\n', { atMs: now - 9_000 });
        await other.pushed();
        assert.is(await remote.read('main', 'a.yaml'), 'kind: 3\n');
        assert.is((await remote.log()).length, 3);
      }),
    ),
  ));

test('BranchWorker makes no commit that the remote has as another one, and tells nobody', () =>
  withBareRemote((remote) =>
    withTempDir(async (temp) => {
      await remote.pushAs(bob, { 'bob.yaml': 'kind: bob\n' }, 'by bob');
      const atMs = Date.now();
      const same = async (dir: string) =>
        withWorker(
          { url: remote.url, dir, minIntervalMs: 3_600_000 },
          async ({ worker, change, pushed, dropped }) => {
            await worker.open();
            await change('x.yaml', `kind: ${dir}\n`, { message: `${dir}\n` });
            await pushed();
            for (let at = 0; at < 3; at++)
              await change('a.yaml', `kind: ${at}\n`, { atMs, message: `same ${at}\n` });
            assert.is(dropped.length, 0);
          },
        );
      const dirs = [join(temp, 'one.git'), join(temp, 'two.git')];
      for (const dir of dirs) await same(dir);
      for (const dir of dirs)
        await withWorker({ url: remote.url, dir }, async ({ worker, pushed }) => {
          await worker.open();
          await pushed();
          assert.is(worker.state.dropped, 0);
        });
      assert.equal(
        (await subjects(remote)).filter((subject) => subject.startsWith('same')),
        ['same 0', 'same 1', 'same 2'],
      );
    }),
  ));

test('BranchWorker stops committing when too much is unpushed, and goes on when the remote took some', () =>
  withBareRemote((remote) =>
    withWorker(
      { url: remote.url, unpushedCommitsMax: 3, random: () => 0 },
      async ({ worker, change, until, pushed }) => {
        await worker.open();
        await change('a.yaml', 'kind: 0\n');
        await pushed();
        const head = await readFile(join(remote.path, 'HEAD'));
        await rm(join(remote.path, 'HEAD'));
        for (let at = 1; at <= 3; at++) await change('a.yaml', `kind: ${at}\n`);
        const waiting = change('a.yaml', 'kind: 4\n');
        const { pendingCommits } = await until((state) => state.error?.code === 'Backlogged');
        assert.is(pendingCommits, 3);
        await writeFile(join(remote.path, 'HEAD'), head);
        worker.retryNow();
        assert.is((await waiting).kind, 'Committed');
        await pushed();
        assert.is((await remote.log()).length, 5);
      },
    ),
  ));

test('BranchWorker stores contents ahead of their commits', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url }, async ({ worker, change, pushed }) => {
      await worker.open();
      await change('kept.yaml', 'kind: 1\n');
      await pushed();
      await remote.pushAs(bob, { 'kept.yaml': 'kind: 1\n# keep\n' }, 'by bob');
      worker.retryNow();
      await poll(async () => (await worker.read('kept.yaml'))?.includes('# keep'), { what: 'a fetch' });
      const stored = await Promise.all(
        Array.from({ length: 20 }, (_, at) => worker.store(Buffer.from(`kind: ${at}\n`))),
      );
      const identity = { group: '', kind: 'ConfigMap', namespace: 'default', name: 'a' };
      const files = stored.map((content, at) => ({
        path: at === 0 ? 'kept.yaml' : `${at}.yaml`,
        identity,
        content,
      }));
      const person = { name: 'alice', email: 'alice@example.com' };
      assert.is(worker.compare('1.yaml', stored[1] ?? Buffer.from('')), 'absent');
      await worker.enqueue({
        files,
        author: person,
        committer: person,
        authoredAtMs: Date.now() + 2_000,
        message: 'all\n',
      });
      await worker.whenCommitted();
      await pushed();
      assert.is(worker.compare('1.yaml', stored[1] ?? Buffer.from('')), 'same');
      assert.is(await remote.read('main', '19.yaml'), 'kind: 19\n');
      assert.is(await remote.read('main', 'kept.yaml'), 'kind: 0\n# keep\n');
    }),
  ));

test.run();
