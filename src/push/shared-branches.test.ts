import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../clock.ts';
import type { CommitOutcome } from '../commit/commit-request.ts';
import { silentLog } from '../log.ts';
import { type BareRemote, withBareRemote } from '../testing/bare-remote.ts';
import { poll } from '../testing/poll.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import { noMetrics } from './branch-state.ts';
import { type BranchLease, type BranchPlace, type BranchTenant, SharedBranches } from './shared-branches.ts';
import { identifyForTest, placeForTest } from './worker-fixture.ts';

interface Fixture {
  readonly remote: BareRemote;
  readonly branches: SharedBranches;
  readonly dir: string;
  place(change?: Partial<BranchPlace>): BranchPlace;
}

function withBranches(use: (fixture: Fixture) => Promise<void>): Promise<void> {
  return withBareRemote((remote) =>
    withTempDir(async (dir) => {
      const branches = new SharedBranches({
        dataDir: dir,
        allowLocalRepositories: true,
        clusterId: 'cluster',
        placeInto: placeForTest,
        identify: identifyForTest,
        clock: systemClock,
        log: silentLog,
      });
      const here = { url: remote.url, branch: 'main', namespace: 'team', secretName: null };
      await use({ remote, branches, dir, place: (change) => ({ ...here, ...change }) });
    }, 'branches'),
  );
}

function tenant(prefix: string, change: Partial<BranchTenant> = {}): BranchTenant {
  return {
    prefix,
    settings: { secretData: null, minIntervalMs: 0, maxCommits: 100 },
    committer: { name: 'Operator', email: 'operator@example.com' },
    onCursorRefused() {},
    metrics: noMetrics,
    onDropped() {},
    ...change,
  };
}

/** Commits a file through a lease. */
function commit(lease: BranchLease, path: string, atMs = Date.now()): Promise<CommitOutcome> {
  const identity = { group: '', kind: 'ConfigMap', namespace: 'default', name: 'a' };
  const operator = { name: 'Operator', email: 'operator@example.com' };
  return new Promise<CommitOutcome>((resolve) => {
    void lease.worker.enqueue({
      files: [{ path, identity, content: Buffer.from(`kind: ${path}\n`) }],
      author: { name: 'alice', email: 'alice@example.com' },
      committer: operator,
      authoredAtMs: atMs,
      message: `change ${path}\n`,
      onDone: resolve,
    });
  });
}

/** The same; resolves when it is on the remote. */
async function push(lease: BranchLease, path: string, atMs?: number): Promise<CommitOutcome> {
  const outcome = await commit(lease, path, atMs);
  await poll(() => lease.worker.state.pendingCommits === 0 && lease.worker.state.error === null, {
    what: 'all to be pushed',
  });
  return outcome;
}

const done = { drainMs: 1_000, keep: true };

test('two tenants of one place share a clone and a worker', () =>
  withBranches(async ({ remote, branches, dir, place }) => {
    const one = await branches.acquire(place(), undefined, tenant('one'));
    const two = await branches.acquire(place(), undefined, tenant('two'));
    assert.is(one.worker, two.worker);
    await one.worker.open();
    await Promise.all([push(one, 'one/a'), push(two, 'two/a')]);
    assert.equal(await readdir(join(dir, 'repositories')).then((names) => names.length), 1);
    await one.release(done);
    await push(two, 'two/b');
    await two.release(done);
    assert.equal((await remote.log()).map(({ subject }) => subject).sort(), [
      'change one/a',
      'change two/a',
      'change two/b',
    ]);
  }));

test('a tenant that comes later knows the tree below its own prefix', () =>
  withBranches(async ({ remote, branches, place }) => {
    await remote.pushAs({ name: 'Bob', email: 'bob@example.com' }, { 'two/b': 'kind: two/b\n' }, 'before');
    const one = await branches.acquire(place(), undefined, tenant('one'));
    await one.worker.open();
    const two = await branches.acquire(place(), undefined, tenant('two'));
    assert.equal([...two.worker.treePaths('two')], ['two/b']);
    assert.is((await push(two, 'two/b')).kind, 'Unchanged');
    await two.release(done);
    await one.release(done);
  }));

for (const [what, change] of [
  ['another Secret', { secretName: 'other' }],
  ['another namespace', { namespace: 'other-team' }],
] as const) {
  test(`${what}: a clone and a worker of its own`, () =>
    withBranches(async ({ branches, dir, place }) => {
      const one = await branches.acquire(place(), undefined, tenant('one'));
      const two = await branches.acquire(place(change), undefined, tenant('two'));
      assert.is.not(one.worker, two.worker);
      await Promise.all([one.worker.open(), two.worker.open()]);
      await Promise.all([push(one, 'one/a'), push(two, 'two/a')]);
      assert.is((await readdir(join(dir, 'repositories'))).length, 2);
      await one.release(done);
      await two.release(done);
    }));
}

test('two branches of one repository share the clone', () =>
  withBranches(async ({ remote, branches, dir, place }) => {
    const one = await branches.acquire(place(), undefined, tenant(''));
    const two = await branches.acquire(place({ branch: 'other' }), undefined, tenant(''));
    await Promise.all([one.worker.open(), two.worker.open()]);
    await Promise.all([push(one, 'a'), push(two, 'b')]);
    assert.is((await readdir(join(dir, 'repositories'))).length, 1);
    assert.is(await remote.read('main', 'a'), 'kind: a\n');
    assert.is(await remote.read('other', 'b'), 'kind: b\n');
    await one.release(done);
    await push(two, 'c');
    await two.release(done);
  }));

test('a damaged clone is made anew for all its branches, with what each could not push', () =>
  withBranches(async ({ remote, branches, dir, place }) => {
    const names = ['main', 'second', 'third'];
    const leases: BranchLease[] = [];
    for (const branch of names) leases.push(await branches.acquire(place({ branch }), undefined, tenant('')));
    await Promise.all(leases.map(({ worker }) => worker.open()));
    await Promise.all(leases.map((lease) => push(lease, 'a')));
    const hook = join(remote.path, 'hooks', 'pre-receive');
    await writeFile(hook, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const waiting = leases.flatMap((lease) => ['b', 'c'].map((path) => push(lease, path)));
    await poll(() => leases.every(({ worker }) => worker.state.error?.code === 'PushRejected'), {
      what: 'all to be refused',
    });
    await Promise.all(leases.map(({ worker }) => worker.whenCommitted()));
    const [clone = ''] = await readdir(join(dir, 'repositories'));
    await writeFile(join(dir, 'repositories', clone, 'refs/heads/second'), `${'f'.repeat(40)}\n`);
    // Each branch goes on, whichever finds the damage first.
    waiting.push(...leases.map((lease) => push(lease, 'd')));
    await rm(hook);
    for (const { worker } of leases) worker.retryNow();
    await Promise.all(waiting);
    for (const branch of names) {
      const subjects = (await remote.log(branch)).map(({ subject }) => subject).reverse();
      assert.equal(
        subjects,
        ['a', 'b', 'c', 'd'].map((path) => `change ${path}`),
        branch,
      );
    }
    assert.equal(
      leases.map(({ worker }) => worker.state.losses),
      [0, 0, 0],
    );
    for (const lease of leases) await lease.release(done);
  }));

test('a drop is told to the tenant whose path it is', () =>
  withBranches(async ({ remote, branches, place }) => {
    const told: string[] = [];
    const telling = (name: string) => ({
      onDropped: ({ path }: { path: string }) => void told.push(`${name} ${path}`),
    });
    const one = await branches.acquire(place(), undefined, tenant('', telling('one')));
    const two = await branches.acquire(place(), undefined, tenant('two', telling('two')));
    await one.worker.open();
    await push(two, 'two/a');
    await remote.pushAs({ name: 'Bob', email: 'bob@example.com' }, { 'two/a': 'kind: bob\n' }, 'by bob');
    await push(two, 'two/b');
    await push(two, 'two/a', Date.now() - 60_000);
    assert.equal(told, ['two two/a']);
    assert.equal([one.dropped, two.dropped], [0, 1]);
    assert.is(await remote.read('main', 'two/a'), 'kind: bob\n');
    await one.release(done);
    await two.release(done);
  }));

test('what could not be pushed goes along to another Secret', () =>
  withBranches(async ({ remote, branches, place }) => {
    const before = place({ secretName: 'old' });
    const one = await branches.acquire(before, undefined, tenant(''));
    await one.worker.open();
    const hook = join(remote.path, 'hooks', 'pre-receive');
    await writeFile(hook, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    await commit(one, 'a');
    await one.release({ drainMs: 10, keep: true });
    await rm(hook);
    const after = place({ secretName: 'new' });
    const two = await branches.acquire(after, before, tenant(''));
    await two.worker.open();
    await poll(async () => (await remote.log()).length === 1, { what: 'the commit on the remote' });
    await two.release(done);
  }));

test('the last to leave may take the clone along; what nobody uses is swept', () =>
  withBranches(async ({ branches, dir, place }) => {
    const folder = join(dir, 'repositories');
    const one = await branches.acquire(place(), undefined, tenant(''));
    await one.worker.open();
    await push(one, 'a');
    await one.release({ ...done, keep: false });
    assert.equal(await readdir(folder), []);
    const two = await branches.acquire(place(), undefined, tenant(''));
    await two.worker.open();
    await two.release(done);
    await branches.sweep([place()]);
    assert.is((await readdir(folder)).length, 1);
    await branches.sweep([]);
    assert.equal(await readdir(folder), []);
  }));

test('SharedBranches forgets all clones at once, and removes them when it sweeps', () =>
  withBranches(async ({ branches, dir, place }) => {
    await branches.forgetAll();
    const lease = await branches.acquire(place(), undefined, tenant(''));
    await lease.worker.open();
    await push(lease, 'a.yaml');
    await lease.release({ drainMs: 5_000, keep: true });
    assert.is((await readdir(join(dir, 'repositories'))).length, 1);

    await branches.forgetAll();
    assert.not((await readdir(dir)).includes('repositories'));
    // Twice, without a sweep in between: it ended before.
    await branches.forgetAll();
    const again = await branches.acquire(place(), undefined, tenant(''));
    await again.worker.open();
    await branches.sweep([place()]);
    assert.equal(await readdir(dir), ['repositories']);
    assert.is((await push(again, 'b.yaml')).kind, 'Committed');
    await again.release({ drainMs: 5_000, keep: true });
  }));

test.run();
