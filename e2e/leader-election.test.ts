/** Leader election on a real API server: one leads, whoever asks; it passes on at once, or when its time is over. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../src/clock.ts';
import type { ElectionTiming } from '../src/elect/election-timing.ts';
import { LeaderElector } from '../src/elect/leader-elector.ts';
import { LEADER_LEASE, LEASE_LABEL, readLease } from '../src/elect/lease.ts';
import { LeaseBoard } from '../src/elect/lease-board.ts';
import { KubeClient } from '../src/kube/client.ts';
import { type Connection, openConnection } from '../src/kube/connection.ts';
import { startSearchedControlPlane } from '../src/testing/leaks/searched-control-plane.ts';
import { poll } from '../src/testing/poll.ts';
import { startTcpProxy } from '../src/testing/tcp-proxy.ts';

/** Nobody waits for a Lease of this length to run out. */
const LONG: ElectionTiming = { leaseDurationMs: 3_600_000, renewDeadlineMs: 1_800_000, retryPeriodMs: 200 };
const SHORT: ElectionTiming = { leaseDurationMs: 2_000, renewDeadlineMs: 1_000, retryPeriodMs: 100 };
/** A poll by itself would find nothing in the time of this test. */
const SELDOM: ElectionTiming = { ...LONG, retryPeriodMs: 600_000 };

interface Candidate {
  readonly elector: LeaderElector;
  readonly holders: string[];
  stop(): Promise<void>;
}

interface Fixture {
  readonly client: KubeClient;
  readonly leasePath: string;
  /** Stands for election in a namespace of the test's own. */
  candidate(
    identity: string,
    timing: ElectionTiming,
    options?: { client?: KubeClient; monotonicMs?: () => number },
  ): Promise<Candidate>;
  clientAt(port: number): KubeClient;
}

/** As admin, for these are parts of an operator in namespaces where its account has no rights. */
const plane = await startSearchedControlPlane({ controllerManager: false });
const connection = await openConnection(plane.kubeconfig('admin'));
let namespaces = 0;

/** Run with a namespace of its own, and end all candidates. */
async function withElection(use: (fixture: Fixture) => Promise<void>): Promise<void> {
  const client = new KubeClient(connection);
  const namespace = `election-${namespaces++}`;
  await client.request('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } });
  const candidates: Candidate[] = [];
  try {
    await use({
      client,
      leasePath: `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${LEADER_LEASE}`,
      clientAt: (port) => new KubeClient(at(connection, port)),
      async candidate(identity, timing, options = {}) {
        const holders: string[] = [];
        const elector = new LeaderElector({
          client,
          namespace,
          identity,
          timing,
          clock: systemClock,
          monotonicMs: () => performance.now(),
          onHolder: (holder) => holders.push(holder),
          log: plane.log,
          ...options,
        });
        const board = new LeaseBoard({
          client: options.client ?? client,
          namespace,
          onLease: (name, lease) => {
            if (name === LEADER_LEASE) elector.observe(lease);
          },
          clock: systemClock,
          log: plane.log,
        });
        await board.start();
        elector.start();
        const candidate = {
          elector,
          holders,
          stop: async () => {
            await elector.stop();
            await board.stop();
          },
        };
        candidates.push(candidate);
        return candidate;
      },
    });
  } finally {
    await Promise.all(candidates.map((one) => one.stop()));
  }
}

function at(base: Connection, port: number): Connection {
  const server = new URL(base.server);
  server.port = String(port);
  return { ...base, server };
}

const isElected = async ({ elector }: Candidate) => {
  await elector.elected;
  assert.ok(elector.isLeader);
};

test('LeaderElector: of many who ask at once, one leads', () =>
  withElection(async ({ candidate, client, leasePath }) => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const all = await Promise.all(names.map((name) => candidate(name, LONG)));
    await Promise.race(all.map(isElected));
    await poll(() => all.every(({ elector }) => elector.holder !== ''), { what: 'all to know who leads' });
    const leaders = all.filter(({ elector }) => elector.isLeader);
    assert.is(leaders.length, 1);
    assert.ok(all.every(({ elector }) => elector.holder === leaders[0]?.elector.identity));
    const lease = await client.get(leasePath);
    const { spec, metadata } = lease as never as {
      spec: Record<string, unknown>;
      metadata: { labels: Record<string, string> };
    };
    assert.is(spec.holderIdentity, leaders[0]?.elector.identity);
    assert.is(spec.leaseDurationSeconds, 3_600);
    assert.is(spec.leaseTransitions, 0);
    assert.is(metadata.labels[LEASE_LABEL], 'leader');
  }));

test('LeaderElector: it passes on at once when it is released', () =>
  withElection(async ({ candidate, client, leasePath }) => {
    const first = await candidate('first', LONG);
    await isElected(first);
    const others = [await candidate('second', SELDOM), await candidate('third', SELDOM)];
    await poll(() => others.every(({ elector }) => elector.holder === 'first'));
    await first.elector.stop();
    assert.not.ok(first.elector.isLeader);
    await Promise.race(others.map(isElected));
    assert.is(others.filter(({ elector }) => elector.isLeader).length, 1);
    const { record } = readLease(await client.get(leasePath));
    assert.is(record.transitions, 1);
    assert.ok(['second', 'third'].includes(record.holder));
  }));

test('LeaderElector: a leader whose time stood still does not lead, though it does not know why yet', () =>
  withElection(async ({ candidate }) => {
    // Its connection to the API server stalls: it neither renews nor hears anything.
    const server = Number(connection.server.port);
    const network = await startTcpProxy(server);
    try {
      const paused = await candidate('paused', SHORT, {
        client: new KubeClient(at(connection, network.port)),
      });
      await isElected(paused);
      const next = await candidate('next', SHORT);
      await poll(() => next.elector.holder === 'paused');
      await network.behave({ kind: 'stall' });
      // Never both, at any moment that is looked at.
      await poll(
        () => {
          assert.not.ok(paused.elector.isLeader && next.elector.isLeader);
          return next.elector.isLeader;
        },
        { intervalMs: 1, what: 'the next to lead' },
      );
      assert.is((await paused.elector.lost).code, 'LeadershipLost');
      await network.behave({ kind: 'normal' });
      assert.not.ok(paused.elector.isLeader);
      assert.ok(next.elector.isLeader);
    } finally {
      await network.behave({ kind: 'normal' });
      await network.stop();
    }
  }));

test('LeaderElector: a clock that is set changes nothing', () =>
  withElection(async ({ candidate, client, leasePath }) => {
    // As a holder whose clock is a day behind, or ahead, would leave it.
    for (const days of [-1, 1]) {
      const held = await client.get(leasePath).catch(() => ({
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: LEADER_LEASE },
      }));
      const renewTime = new Date(Date.now() + days * 86_400_000).toISOString().replace('Z', '000Z');
      const spec = { holderIdentity: 'gone', leaseDurationSeconds: 2, renewTime, leaseTransitions: 5 };
      const isThere = 'spec' in held;
      await client.request(
        isThere ? 'PUT' : 'POST',
        isThere ? leasePath : leasePath.replace(/\/[^/]*$/, ''),
        {
          body: { ...held, spec },
        },
      );
      const seenAt = performance.now();
      const next = await candidate(`next${days}`, SHORT);
      await isElected(next);
      // Neither believed to have run out already, nor to be good for a day.
      assert.ok(performance.now() - seenAt >= 2_000);
      await next.stop();
    }
  }));

test('LeaderElector: one whose Lease was taken, changed or deleted by hand notices', () =>
  withElection(async ({ candidate, client, leasePath }) => {
    const leader = await candidate('leader', { ...LONG, retryPeriodMs: 600_000 });
    await isElected(leader);
    const change = async (edit: object) =>
      client.request('PATCH', leasePath, { body: edit, contentType: 'application/merge-patch+json' });
    await change({ metadata: { annotations: { by: 'hand' } } });
    await client.request('DELETE', leasePath);
    // It is made anew: nobody else leads.
    await poll(
      async () => readLease(await client.get(leasePath).catch(() => ({}))).record.holder === 'leader',
    );
    assert.ok(leader.elector.isLeader);
    await change({ spec: { holderIdentity: 'somebody' } });
    const error = await leader.elector.lost;
    assert.match(error.message, 'somebody');
    assert.not.ok(leader.elector.isLeader);
  }));

test('LeaderElector goes on where the API server is away for less than the deadline', () =>
  withElection(async ({ candidate }) => {
    const network = await startTcpProxy(Number(connection.server.port));
    try {
      const client = new KubeClient(at(connection, network.port));
      const leader = await candidate(
        'leader',
        { ...SHORT, renewDeadlineMs: 20_000, leaseDurationMs: 30_000 },
        { client },
      );
      await isElected(leader);
      await network.behave({ kind: 'refuse' });
      const before = leader.elector.lease?.resourceVersion;
      await network.behave({ kind: 'normal' });
      await poll(() => leader.elector.lease?.resourceVersion !== before, { what: 'a renewal' });
      assert.ok(leader.elector.isLeader);
    } finally {
      await network.stop();
    }
  }));

test('the control plane ends', async () => {
  connection.agent.destroy();
  await plane.stop();
});

test.run();
