/** The pipeline against an API server with a history and branches in memory: marks, resume, gaps, isolation. */
import { isDeepStrictEqual } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CommitRequest } from '../commit/commit-request.ts';
import { type ApiResource, resourceKey } from '../kube/resource.ts';
import { poll } from '../testing/poll.ts';
import { CONFIG_MAPS } from '../testing/scripted-api-server.ts';
import { NAMESPACES } from './namespace-index.ts';
import { live, type MemoryBranch, memoryBranch, SECRETS, withCluster } from './pipeline-fixture.ts';

const soon = { intervalMs: 2, timeoutMs: 5_000 };
const MAPS = { name: 'maps', kinds: ['ConfigMap'] };
const BOTH = { name: 'both', kinds: ['ConfigMap', 'Secret'] };

const until = (what: string, is: () => boolean) => poll(is, { ...soon, what });
const positionOf = (branch: MemoryBranch, target = 'a', resource: ApiResource = CONFIG_MAPS) =>
  branch.marks.get(`owner-${target} resource ${resourceKey(resource)}`);
const reached = (branch: MemoryBranch, version: number, target = 'a') =>
  until(`the mark ${version}`, () => positionOf(branch, target) === String(version));

test('Pipeline: a listed resource is marked after its snapshot, then with each change and bookmark', () =>
  withCluster(async (cluster) => {
    const branch = memoryBranch();
    cluster.put(CONFIG_MAPS, 'a', { v: '1' });
    await live(cluster, async (life) => {
      const { isSynced } = life.target('a', branch, [MAPS]);
      await until('synced', isSynced);
      assert.equal(branch.commits, ['[SNAPSHOT] 1']);
      assert.is(positionOf(branch), String(cluster.version()));
      assert.ok(branch.marks.has('owner-a rule uid-maps'));
      cluster.put(CONFIG_MAPS, 'a', { v: '2' });
      await reached(branch, cluster.version());
      assert.is(branch.commits.at(-1), `[UPDATE] a ${cluster.version()}`);
      cluster.put(SECRETS, 's', {});
      cluster.bookmark();
      await reached(branch, cluster.version());
      // A change that makes no commit is told by the next bookmark.
      cluster.put(CONFIG_MAPS, 'a', { v: '2' }, { generation: 2 });
      await until('seen', () => life.outcomes.includes('Unchanged'));
      cluster.bookmark();
      await reached(branch, cluster.version());
    });
  }));

test('Pipeline: a restart goes on from the cursor, without a list, and commits every version once', () =>
  withCluster(async (cluster) => {
    const branch = memoryBranch();
    for (const name of ['a', 'b', 'c']) cluster.put(CONFIG_MAPS, name, { v: '1' });
    await live(cluster, async (life) => {
      await until('synced', life.target('a', branch, [MAPS]).isSynced);
    });
    const before = branch.commits.length;
    cluster.put(CONFIG_MAPS, 'a', { v: '2' });
    cluster.put(CONFIG_MAPS, 'a', { v: '3' });
    cluster.put(CONFIG_MAPS, 'new', { v: '1' });
    cluster.remove(CONFIG_MAPS, 'new');
    cluster.remove(CONFIG_MAPS, 'b');
    const lists = cluster.lists(CONFIG_MAPS);
    await live(cluster, async (life) => {
      const { isSynced } = life.target('a', branch, [MAPS]);
      assert.ok(isSynced(), 'there is nothing to wait for');
      await reached(branch, cluster.version());
      const first = cluster.version() - 4;
      assert.equal(branch.commits.slice(before), [
        `[UPDATE] a ${first}`,
        `[UPDATE] a ${first + 1}`,
        `[CREATE] new ${first + 2}`,
        `[DELETE] new ${first + 3}`,
        `[DELETE] b ${first + 4}`,
      ]);
      assert.is(cluster.lists(CONFIG_MAPS), lists);
    });
    const after = branch.commits.length;
    await live(cluster, async (life) => {
      life.target('a', branch, [MAPS]);
      cluster.put(CONFIG_MAPS, 'c', { v: '2' });
      await reached(branch, cluster.version());
      assert.equal(branch.commits.slice(after), [`[UPDATE] c ${cluster.version()}`]);
    });
  }));

test('Pipeline: after a resume the objects are counted, and compared, by and by', () =>
  withCluster(async (cluster) => {
    const branch = memoryBranch();
    for (const name of ['a', 'b', 'c']) cluster.put(CONFIG_MAPS, name, { v: '1' });
    await live(cluster, async (life) => until('synced', life.target('a', branch, [MAPS]).isSynced).then());
    // What a bug or a restored etcd could hide from the watch.
    const [lost = ''] = [...branch.files.keys()];
    branch.files.delete(lost);
    await live(cluster, async (life) => {
      const { rules, isSynced } = life.target('a', branch, [MAPS]);
      assert.equal(
        rules[0]?.followed.map(({ objects }) => objects),
        [0],
      );
      await life.clock.advance(31_000);
      await until('counted', () => rules[0]?.followed[0]?.objects === 3);
      await until('mended', () => branch.files.has(lost));
      assert.ok(isSynced());
      cluster.put(CONFIG_MAPS, 'c', { v: '2' });
      await reached(branch, cluster.version());
    });
  }));

test('Pipeline: the check does not get ahead of the watch, and finds what no watch told', () =>
  withCluster(async (cluster) => {
    const branch = memoryBranch();
    for (const name of ['a', 'b', 'c']) cluster.put(CONFIG_MAPS, name, { v: '1' });
    await live(cluster, async (life) => until('synced', life.target('a', branch, [MAPS]).isSynced).then());
    const before = branch.commits.length;
    cluster.put(CONFIG_MAPS, 'a', { v: '2' });
    cluster.put(CONFIG_MAPS, 'a', { v: '3' });
    const removed = cluster.remove(CONFIG_MAPS, 'b');
    cluster.put(SECRETS, 's', {});
    const unblock = cluster.blockWatches(CONFIG_MAPS);
    await live(cluster, async (life) => {
      life.target('a', branch, [MAPS]);
      await life.clock.advance(31_000);
      await until('surveyed and left alone', () => life.clock.sleeping.includes(60_000));
      assert.is(branch.commits.length, before);
      unblock();
      await until('told', () => branch.commits.length === before + 3);
      const [second, third] = [Number(removed) - 2, Number(removed) - 1];
      assert.equal(branch.commits.slice(before), [
        `[UPDATE] a ${second}`,
        `[UPDATE] a ${third}`,
        `[DELETE] b ${removed}`,
      ]);
    });
    // A file of an object that went unseen: it is gone as soon as the watch is beyond the first look.
    const [ofA = ''] = branch.files.keys();
    branch.files.set(ofA.replace('/a.', '/ghost.'), 'x');
    await live(cluster, async (life) => {
      life.target('a', branch, [MAPS]);
      await life.clock.advance(31_000);
      await until('surveyed and left alone', () => life.clock.sleeping.includes(60_000));
      assert.is(branch.files.size, 3);
      cluster.put(SECRETS, 's', {});
      cluster.bookmark();
      await reached(branch, cluster.version());
      await life.clock.advance(61_000);
      await until('gone', () => branch.files.size === 2);
    });
  }));

test('Pipeline: two targets with different cursors on one watch get what they miss, and nothing twice', () =>
  withCluster(async (cluster) => {
    const [left, right] = [memoryBranch(), memoryBranch()];
    cluster.put(CONFIG_MAPS, 'a', { v: '1' });
    await live(cluster, async (life) => {
      await until('synced', life.target('a', left, [MAPS]).isSynced);
      await until('synced', life.target('b', right, [MAPS]).isSynced);
    });
    cluster.put(CONFIG_MAPS, 'a', { v: '2' });
    await live(cluster, async (life) => {
      life.target('a', left, [MAPS]);
      await reached(left, cluster.version());
    });
    cluster.put(CONFIG_MAPS, 'a', { v: '3' });
    await live(cluster, async (life) => {
      life.target('a', left, [MAPS]);
      await reached(left, cluster.version());
      life.target('b', right, [MAPS]);
      await reached(right, cluster.version(), 'b');
      cluster.put(CONFIG_MAPS, 'a', { v: '4' });
      await reached(right, cluster.version(), 'b');
      await reached(left, cluster.version());
    });
    const wanted = ['[SNAPSHOT] 1', ...[2, 1, 0].map((back) => `[UPDATE] a ${cluster.version() - back}`)];
    assert.equal(left.commits, wanted);
    assert.equal(right.commits, wanted);
  }));

test('Pipeline: a cursor beyond the window is a gap for its target alone: it compares, deletes included', () =>
  withCluster(async (cluster) => {
    const [left, right] = [memoryBranch(), memoryBranch()];
    for (const name of ['a', 'b']) cluster.put(CONFIG_MAPS, name, { v: '1' });
    await live(cluster, async (life) => {
      await until('synced', life.target('a', left, [MAPS]).isSynced);
      await until('synced', life.target('b', right, [MAPS]).isSynced);
    });
    cluster.put(CONFIG_MAPS, 'a', { v: '2' });
    cluster.put(CONFIG_MAPS, 'a', { v: '3' });
    cluster.remove(CONFIG_MAPS, 'b');
    await live(cluster, async (life) => {
      life.target('a', left, [MAPS]);
      await reached(left, cluster.version());
      cluster.compact();
      const lists = cluster.lists(CONFIG_MAPS);
      const { isSynced } = life.target('b', right, [MAPS]);
      await until('compared', () => right.commits.length >= 3 && isSynced());
      assert.is(cluster.lists(CONFIG_MAPS), lists + 1);
      assert.equal([...right.files], [...left.files]);
      assert.equal(right.commits.slice(1), [
        `[UPDATE] a ${cluster.version() - 1}`,
        `[DELETE] b ${cluster.version()}`,
      ]);
      await reached(right, cluster.version(), 'b');
    });
  }));

test('Pipeline: what a person committed later than the object changed stays, in a gap and after a resume', () =>
  withCluster(async (cluster) => {
    const branch = memoryBranch();
    cluster.put(CONFIG_MAPS, 'a', { v: '1' });
    await live(cluster, async (life) => until('synced', life.target('a', branch, [MAPS]).isSynced).then());
    const [path = ''] = [...branch.files.keys()];
    branch.files.set(path, 'by hand');
    const committedAtMs = Date.UTC(2025, 0, 31, 12);
    branch.people.set(path, { sha: 'p', committerEmail: 'p@example.com', committedAtMs } as never);
    cluster.compact();
    cluster.put(SECRETS, 's', {});
    cluster.compact();
    await live(cluster, async (life) => {
      const { isSynced } = life.target('a', branch, [MAPS]);
      await until('compared', () => cluster.lists(CONFIG_MAPS) === 2 && isSynced());
      assert.is(branch.files.get(path), 'by hand');
    });
    // Deleted by a person later than it changed: it stays deleted. What changed since comes back.
    for (const [at, isBack] of [
      [committedAtMs, false],
      [Date.UTC(2025, 0, 31, 9), true],
    ] as const) {
      branch.files.delete(path);
      branch.people.set(path, { sha: 'p', committerEmail: 'p@example.com', committedAtMs: at } as never);
      cluster.put(SECRETS, 's', {});
      cluster.compact();
      await live(cluster, async (life) => {
        const lists = cluster.lists(CONFIG_MAPS);
        const { isSynced } = life.target('a', branch, [MAPS]);
        await until('compared', () => cluster.lists(CONFIG_MAPS) > lists && isSynced());
        assert.is(branch.files.has(path), isBack);
      });
    }
    // A write of the status alone: the request says when the object itself changed, so that Git's rule can hold.
    const times: number[] = [];
    const { enqueue } = branch;
    await live(cluster, async (life) => {
      const noting = (one: CommitRequest) => {
        times.push(one.authoredAtMs);
        return enqueue(one);
      };
      life.target('a', { ...branch, enqueue: noting }, [MAPS]);
      cluster.put(CONFIG_MAPS, 'a', { v: '1' });
      await reached(branch, cluster.version());
    });
    assert.equal(times, [Date.UTC(2025, 0, 31, 10)]);
  }));

test('Pipeline: a restored etcd is noticed, also where it has reached no version that was seen', () =>
  withCluster(async (cluster) => {
    const branch = memoryBranch();
    cluster.put(CONFIG_MAPS, 'a', { v: '1' });
    const good = cluster.version();
    await live(cluster, async (life) => {
      await until('synced', life.target('a', branch, [MAPS]).isSynced);
      cluster.put(CONFIG_MAPS, 'a', { v: '2' });
      cluster.put(CONFIG_MAPS, 'a', { v: '3' });
      cluster.put(CONFIG_MAPS, 'gone', { v: '1' });
      await reached(branch, cluster.version());
      cluster.restore(good);
      await life.clock.asleep();
      await life.clock.advance(1_000);
      await until('the tree is as it was', () => branch.files.size === 1);
      await reached(branch, good);
      // Versions that were there before in another history are news.
      cluster.put(CONFIG_MAPS, 'a', { v: 'other' });
      await reached(branch, good + 1);
      assert.is(branch.commits.at(-1), `[UPDATE] a ${good + 1}`);
    });
    const commits = branch.commits.length;
    // The same between two lives.
    cluster.restore(good);
    await live(cluster, async (life) => {
      life.target('a', branch, [MAPS]);
      await until('compared', () => branch.commits.length > commits);
      await reached(branch, good);
      cluster.put(CONFIG_MAPS, 'a', { v: 'third' });
      await reached(branch, good + 1);
      assert.is(branch.commits.at(-1), `[UPDATE] a ${good + 1}`);
    });
  }));

test('Pipeline: where a rule has moved to, files of what is gone go; where it is new, they stay', () =>
  withCluster(async (cluster) => {
    const branch = memoryBranch();
    cluster.put(CONFIG_MAPS, 'a', { v: '1' });
    cluster.put(CONFIG_MAPS, 'gone', { v: '1' });
    await live(cluster, async (life) => {
      await until('synced', life.target('a', branch, [MAPS]).isSynced);
    });
    cluster.remove(CONFIG_MAPS, 'gone');
    await live(cluster, async (life) => {
      await until('synced', life.target('b', branch, [{ ...MAPS, name: 'new' }]).isSynced);
      assert.is(branch.files.size, 2);
      await until('synced', life.target('c', branch, [{ ...MAPS, name: 'moved', moved: true }]).isSynced);
      await until('gone', () => branch.files.size === 1);
    });
  }));

test('Pipeline: a rewritten branch is compared', () =>
  withCluster(async (cluster) => {
    const branch = memoryBranch();
    cluster.put(CONFIG_MAPS, 'a', { v: '1' });
    cluster.put(CONFIG_MAPS, 'gone', { v: '1' });
    await live(cluster, async (life) => {
      await until('synced', life.target('a', branch, [MAPS]).isSynced);
      const before = new Map(branch.files);
      cluster.put(CONFIG_MAPS, 'a', { v: '2' });
      await reached(branch, cluster.version());
      const wanted = new Map(branch.files);
      cluster.remove(CONFIG_MAPS, 'gone');
      await until('gone', () => branch.files.size === 1);
      for (const path of before.keys()) if (!branch.files.has(path)) wanted.delete(path);
      for (const [path, content] of before) branch.files.set(path, content);
      life.pipeline.compare('a');
      await until('as it was', () => isDeepStrictEqual(branch.files, wanted));
    });
  }));

test('Pipeline: a stuck branch does not slow others, and gets all it missed when there is room', () =>
  withCluster(async (cluster) => {
    const [good, stuck] = [memoryBranch(), memoryBranch()];
    cluster.put(CONFIG_MAPS, 'a', { v: '0' });
    await live(cluster, async (life) => {
      const one = life.target('a', good, [MAPS]);
      const other = life.target('b', stuck, [MAPS]);
      await until('synced', () => one.isSynced() && other.isSynced());
      stuck.stick();
      const before = positionOf(stuck, 'b');
      cluster.put(CONFIG_MAPS, 'a', { v: '1' });
      await life.clock.asleep();
      await life.clock.advance(6_000);
      for (let v = 2; v < 20; v++) cluster.put(CONFIG_MAPS, 'a', { v: String(v) });
      await reached(good, cluster.version());
      assert.is(positionOf(stuck, 'b'), before);
      assert.not(other.isSynced());
      assert.ok(life.pipeline.failuresOf('b', other.rules[0] as never).length > 0);
      stuck.unstick();
      await reached(stuck, cluster.version(), 'b');
      assert.equal(stuck.commits, good.commits);
      assert.ok(other.isSynced());
    });
  }));

test('Pipeline: more changes than a target can keep back while it lists come again afterwards, each once', () =>
  withCluster(async (cluster) => {
    const branch = memoryBranch();
    cluster.put(CONFIG_MAPS, 'a', { v: '0' });
    cluster.put(SECRETS, 's', {});
    await live(cluster, async (life) => {
      await until('synced', life.target('a', branch, [MAPS]).isSynced);
      const unblock = cluster.blockLists(SECRETS);
      const { isSynced } = life.rule('a', { name: 'secrets', kinds: ['Secret'] });
      const first = cluster.version() + 1;
      for (let v = 0; v < 6_000; v++) cluster.put(CONFIG_MAPS, `m${v % 50}`, { v: String(v) });
      await until('all seen', () => life.outcomes.length >= 5_000);
      assert.is(branch.commits.length, 1);
      unblock();
      await reached(branch, cluster.version());
      assert.ok(isSynced());
      const versions = branch.commits.slice(2).map((subject) => Number(subject.split(' ')[2]));
      assert.equal(
        versions,
        Array.from({ length: 6_000 }, (_, at) => first + at),
      );
    });
  }));

test('Pipeline: a change that brings out a bug is left out, live and where it was kept back; others go on', () =>
  withCluster(async (cluster) => {
    const branch = memoryBranch();
    const enqueue = branch.enqueue.bind(branch);
    branch.enqueue = (request) => {
      if (request.files.some(({ path }) => path.includes('bad'))) throw new TypeError('a bug');
      return enqueue(request);
    };
    await live(cluster, async (life) => {
      await until('synced', life.target('a', branch, [MAPS]).isSynced);
      cluster.put(CONFIG_MAPS, 'bad', { v: '1' });
      cluster.put(CONFIG_MAPS, 'live', { v: '1' });
      await reached(branch, cluster.version());
      const unblock = cluster.blockLists(SECRETS);
      const { isSynced } = life.rule('a', { name: 'secrets', kinds: ['Secret'] });
      cluster.put(CONFIG_MAPS, 'bad', { v: '2' });
      cluster.put(CONFIG_MAPS, 'kept', { v: '1' });
      await until('all seen', () => life.outcomes.length === 4);
      unblock();
      await reached(branch, cluster.version());
      assert.ok(isSynced());
      const { length } = branch.commits;
      assert.equal(branch.commits.map((subject) => subject.split(' ')[1]).slice(length - 2), [
        'live',
        'kept',
      ]);
    });
  }));

test('Pipeline: a namespace that came into scope during downtime is found by the check', () =>
  withCluster(async (cluster) => {
    const branch = memoryBranch();
    const audited = { ...MAPS, namespaceSelector: { matchLabels: { audit: 'on' } } };
    cluster.put(CONFIG_MAPS, 'a', { v: '1' });
    await live(cluster, async (life) => {
      await until('synced', life.target('a', branch, [audited]).isSynced);
      assert.is(branch.files.size, 0);
    });
    cluster.put(NAMESPACES, 'default', {}, { labels: { audit: 'on' } });
    await live(cluster, async (life) => {
      life.target('a', branch, [audited]);
      await life.clock.advance(31_000);
      await until('found', () => branch.files.size === 1);
    });
  }));

test('Pipeline: a list that fails deletes nothing, and the others are marked', () =>
  withCluster(async (cluster) => {
    const branch = memoryBranch();
    cluster.put(CONFIG_MAPS, 'a', { v: '1' });
    cluster.put(SECRETS, 's', { v: '1' });
    await live(cluster, async (life) => until('synced', life.target('a', branch, [BOTH]).isSynced).then());
    assert.is(branch.files.size, 2);
    cluster.put(CONFIG_MAPS, 'a', { v: '2' });
    cluster.compact();
    cluster.failLists(SECRETS, 403);
    await live(cluster, async (life) => {
      const { isSynced } = life.target('a', branch, [BOTH]);
      await until('compared', () => branch.commits.length === 2);
      await reached(branch, cluster.version());
      assert.not(isSynced());
      assert.is(positionOf(branch, 'a', SECRETS), undefined);
      assert.is(branch.files.size, 2);
      cluster.failLists(SECRETS, undefined);
      await life.clock.asleep();
      await life.clock.advance(60_000);
      await until('synced', isSynced);
      assert.is(positionOf(branch, 'a', SECRETS), String(cluster.version()));
    });
  }));

test('Pipeline: a rule that selects something else is listed anew; its resource is not resumed for it', () =>
  withCluster(async (cluster) => {
    const branch = memoryBranch();
    for (const name of ['a', 'b']) cluster.put(CONFIG_MAPS, name, { v: '1' });
    const only = { ...MAPS, names: ['a'] };
    await live(cluster, async (life) => until('synced', life.target('a', branch, [only]).isSynced).then());
    await live(cluster, async (life) => {
      await until('synced', life.target('a', branch, [MAPS]).isSynced);
      assert.equal(branch.commits, ['[SNAPSHOT] 1', '[SNAPSHOT] 1']);
    });
    // A rule that was not at work while others went on is compared: changes passed it by.
    const other = { name: 'other', kinds: ['ConfigMap'], names: ['b'] };
    await live(cluster, async (life) => {
      await until('synced', life.target('a', branch, [only, other]).isSynced);
    });
    await live(cluster, async (life) => {
      life.target('a', branch, [only]);
      cluster.put(CONFIG_MAPS, 'b', { v: '2' });
      await until('the mark', () => {
        cluster.bookmark();
        return positionOf(branch) === String(cluster.version());
      });
      assert.not(branch.marks.has('owner-a rule uid-other'));
    });
  }));

test('Pipeline: a new rule’s list does not swallow changes that only another rule selects', () =>
  withCluster(async (cluster) => {
    const branch = memoryBranch();
    cluster.put(CONFIG_MAPS, 'a', { v: '1' });
    cluster.put(CONFIG_MAPS, 'b', { v: '1' });
    const a = { name: 'a', kinds: ['ConfigMap'], names: ['a'] };
    const b = { name: 'b', kinds: ['ConfigMap'], names: ['b'] };
    await live(cluster, async (life) => until('synced', life.target('a', branch, [a]).isSynced).then());
    for (const v of ['2', '3']) cluster.put(CONFIG_MAPS, 'a', { v });
    await live(cluster, async (life) => {
      await until('synced', life.target('a', branch, [a, b]).isSynced);
      await reached(branch, cluster.version());
    });
    assert.equal([...branch.commits].sort(), [
      '[SNAPSHOT] 1',
      '[SNAPSHOT] 1',
      `[UPDATE] a ${cluster.version() - 1}`,
      `[UPDATE] a ${cluster.version()}`,
    ]);
  }));

test.run();
