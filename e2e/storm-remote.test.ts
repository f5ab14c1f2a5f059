/**
 * Remotes and networks that fail under load, by SSH and HTTPS: afterwards every version is a commit, once, on each of
 * them; and a healthy repository beside them is not slowed.
 */
import { rm } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BareRemote, makeBareRemote } from '../src/testing/bare-remote.ts';
import { startHttpsGitServer } from '../src/testing/https-git-server.ts';
import { secretValue } from '../src/testing/leaks/secret-value.ts';
import { poll } from '../src/testing/poll.ts';
import { installPushGate, type PushGate } from '../src/testing/push-gate.ts';
import { gitRepoConfig, watchRule } from '../src/testing/scenario.ts';
import { startSshGitServer } from '../src/testing/ssh-git-server.ts';
import type { Span } from '../src/testing/storm/ledger.ts';
import { loadResources } from '../src/testing/storm/load-kinds.ts';
import { captures, type Storm, withStorm } from '../src/testing/storm/with-storm.ts';
import { startTcpProxy, type TcpProxy } from '../src/testing/tcp-proxy.ts';

const CUT_AFTER_BYTES = [200, 3_000, 20_000];
const STALL_CHANGES = 60;
const BACK_TIMEOUT_MS = 40_000;
/** Looks at how long a write takes to the healthy remote while everything works. */
const USUAL_LOOKS = 8;
/** What may come on top of twice the usual time: failing pushes need the processor too. No timeout of theirs fits in. */
const SLOWER_MS_MAX = 2_000;

/** A server behind a network that can fail. */
interface Failing {
  readonly name: string;
  readonly remote: BareRemote;
  readonly gate: PushGate;
  readonly proxy: TcpProxy;
  readonly server: { down(): Promise<void>; start(): Promise<void> };
  /** What its GitRepoConfig needs. */
  readonly url: string;
  readonly secret: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

async function startFailingSsh(): Promise<Failing> {
  const remote = await makeBareRemote();
  const server = await startSshGitServer();
  const proxy = await startTcpProxy(server.port);
  const toProxy = (text: string) => text.replace(`:${server.port}`, `:${proxy.port}`);
  return {
    name: 'ssh',
    remote,
    gate: await installPushGate(remote),
    proxy,
    server,
    url: toProxy(server.url(remote.path)),
    secret: { 'ssh-key': server.privateKey, 'known-hosts': toProxy(server.knownHosts()) },
    async stop() {
      await proxy.stop();
      await server.stop();
      await remote.remove();
    },
  };
}

async function startFailingHttps(): Promise<Failing> {
  const remote = await makeBareRemote();
  const server = await startHttpsGitServer({
    auth: { kind: 'basic', username: 'op', password: secretValue('host') },
  });
  const proxy = await startTcpProxy(server.port);
  return {
    name: 'https',
    remote,
    gate: await installPushGate(remote),
    proxy,
    server,
    url: server.url(remote.path).replace(`:${server.port}`, `:${proxy.port}`),
    secret: { username: 'op', password: secretValue('host'), 'ca.crt': server.ca ?? '' },
    async stop() {
      await proxy.stop();
      await server.stop();
      await remote.remove();
    },
  };
}

/** The condition Ready of a GitRepoConfig, as `status reason`. */
async function readiness({ kubectl }: Storm, name: string): Promise<string> {
  const path =
    '{.status.conditions[?(@.type=="Ready")].status} {.status.conditions[?(@.type=="Ready")].reason}';
  return kubectl('admin', ['get', 'gitrepoconfig', name, '-o', `jsonpath=${path}`]);
}

async function untilReady(storm: Storm, name: string, wanted: RegExp): Promise<void> {
  await poll(async () => wanted.test(await readiness(storm, name)), {
    timeoutMs: BACK_TIMEOUT_MS,
    what: `GitRepoConfig ${name} to be ${wanted}`,
  });
}

/** Break the way to one remote in every way there is, one after the other, each time until it is seen, and mend it. */
async function breakAll(storm: Storm, failing: Failing): Promise<void> {
  const { name, proxy, gate, server } = failing;
  const say = (what: string) => process.stdout.write(`${name}: ${what}\n`);
  const mend = async () => {
    const back = gate.next('accepted', BACK_TIMEOUT_MS);
    await proxy.behave({ kind: 'normal' });
    await back;
  };
  for (const afterBytes of CUT_AFTER_BYTES) {
    say(`cut after ${afterBytes} bytes`);
    const before = proxy.cuts();
    await proxy.behave({ kind: 'cut', afterBytes });
    await poll(() => proxy.cuts() > before, {
      timeoutMs: BACK_TIMEOUT_MS,
      what: `${name}: a push to be cut`,
    });
    await mend();
  }
  say('cut while the remote works on a push');
  await gate.hold(300);
  await gate.next('received', BACK_TIMEOUT_MS);
  await proxy.behave({ kind: 'refuse' });
  await gate.hold(0);
  await untilReady(storm, name, /^False RemoteUnreachable$/);
  await mend();
  say('cut while the answer is on its way');
  await gate.hold(300);
  await gate.next('accepted', BACK_TIMEOUT_MS);
  await proxy.behave({ kind: 'refuse' });
  await gate.hold(0);
  await mend();
  say('stalled');
  await proxy.behave({ kind: 'stall' });
  const until = storm.load.ledger.size + STALL_CHANGES;
  await poll(() => storm.load.ledger.size > until, { what: 'changes while the network is stalled' });
  await mend();
  say('server down');
  await server.down();
  await untilReady(storm, name, /^False RemoteUnreachable$/);
  const back = gate.next('accepted', BACK_TIMEOUT_MS);
  await server.start();
  await back;
  await untilReady(storm, name, /^True /);
}

test('storm: remotes and networks fail, by SSH and HTTPS, beside a healthy one and a broken one', () =>
  withStorm(
    async (storm) => {
      const { apply, waitFor, load } = storm;
      const all = [await startFailingSsh(), await startFailingHttps()];
      try {
        for (const { name, url, secret } of all) {
          await apply(
            'admin',
            { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: secret },
            gitRepoConfig(storm.remote, { url, secretRef: { name } }, name),
            watchRule(name, { gitRepoConfigRef: name, resources: loadResources }),
          );
        }
        // Never works: its key is not let in.
        await apply(
          'admin',
          {
            apiVersion: 'v1',
            kind: 'Secret',
            metadata: { name: 'wrong' },
            stringData: { username: 'x', password: secretValue('wrong'), 'ca.crt': all[1]?.secret['ca.crt'] },
          },
          gitRepoConfig(storm.remote, { url: all[1]?.url, secretRef: { name: 'wrong' } }, 'wrong'),
          watchRule('wrong', { gitRepoConfigRef: 'wrong', resources: loadResources }),
        );
        for (const { name } of all) await waitFor(`default watchrule/${name}`);
        await untilReady(storm, 'wrong', /^False AuthenticationFailed$/);

        load.start();
        let looks = 0;
        const usual = median(await healthyDelays(storm, () => ++looks > USUAL_LOOKS));
        let isOver = false;
        const breaking = Promise.all(all.map((failing) => breakAll(storm, failing))).finally(() => {
          isOver = true;
        });
        breaking.catch(() => {});
        const delays = await healthyDelays(storm, () => isOver);
        await breaking;
        await storm.quiet();
        await storm.check();
        for (const { name, remote } of all) {
          await storm.quiet({ remote });
          await storm.check({}, { remote });
          await untilReady(storm, name, /^True /);
        }
        const found = `usually ${usual} ms, meanwhile ${median(delays)} ms, at most ${Math.max(...delays)} ms`;
        process.stdout.write(`the healthy repository: ${found}\n`);
        assert.ok(median(delays) <= 2 * usual + SLOWER_MS_MAX, `the healthy repository was slowed: ${found}`);
      } finally {
        for (const failing of all) await failing.stop();
      }
    },
    { pauseMs: 40 },
  ));

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** How long a write takes to the healthy remote, again and again, until it is over. */
async function healthyDelays({ load, remote }: Storm, isOver: () => boolean): Promise<number[]> {
  const delays: number[] = [];
  while (!isOver()) {
    const [fence] = await load.fence();
    const startedAt = performance.now();
    const { path, marker } = fence as { path: string; marker: string };
    await poll(async () => (await remote.read('main', path))?.includes(`: ${marker}\n`), {
      what: `${marker} on the healthy remote`,
    });
    delays.push(Math.round(performance.now() - startedAt));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return delays;
}

test('storm: a host that refuses the ref of the cursors still gets every commit, and is compared after a restart', () =>
  withStorm(
    async (storm) => {
      const { load, gate, kubectl, apply, remote } = storm;
      await gate.refuseRefs('refs/gitops-reverser/*');
      await apply('admin', gitRepoConfig(remote), watchRule('storm', { resources: loadResources }));
      await captures(storm);
      await load.run(300);
      await storm.quiet();
      await storm.check();

      await storm.kill();
      await rm(storm.folder.dataDir, { recursive: true, force: true });
      const fromMs = Date.now();
      await load.run(200);
      await storm.begin();
      await load.run(100);
      await storm.quiet();
      const toMs = Date.now();
      const maySum = (span: Span) => span.toMs >= fromMs && span.fromMs <= toMs;
      await storm.check({ maySum });
      await load.run(100);
      await storm.quiet();
      await storm.check({ maySum });

      const refs = Object.keys(await remote.refs());
      assert.equal(refs, ['refs/heads/main']);
      const events = await kubectl('admin', [
        'get',
        'events',
        '-A',
        '-o',
        'jsonpath={.items[*].message}{.items[*].note}',
      ]);
      assert.match(events, 'refs/gitops-reverser', 'an Event says that the ref is refused');
      assert.match(await storm.operator().logs(), /refs\/gitops-reverser.*(refuse|reject|declin)/i);
    },
    { repository: false },
  ));

test.run();
