/** Messages between replicas over real connections: in time, in order, by nobody else, and never in the way. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createAuthority } from '../certificates/authority.ts';
import { issueServingCertificate } from '../certificates/serving-certificate.ts';
import { pemOf } from '../certificates/x509.ts';
import { systemClock } from '../clock.ts';
import { silentLog } from '../log.ts';
import { startWebhookServer, type WebhookServer } from '../server/webhook-server.ts';
import { freePorts } from '../testing/free-ports.ts';
import { poll } from '../testing/poll.ts';
import { startTcpProxy, type TcpProxy } from '../testing/tcp-proxy.ts';
import { receiveMessages } from './receive-messages.ts';
import { replicaToken } from './replica-message.ts';
import { ReplicaRelay, type ReplicaRelayOptions } from './replica-relay.ts';

const token = replicaToken(Buffer.alloc(32, 1));
const authority = createAuthority(Date.now());
const caBundle = pemOf(authority.certificate);
const certificateOf = (name: string) =>
  issueServingCertificate(authority, { dns: [name], ips: [] }, Date.now());
const serverName = 'webhooks.system.svc';

/** A replica that listens, and what it was told. */
interface Listener {
  readonly server: WebhookServer;
  readonly heard: string[];
}

async function listen(name = serverName, port = 0): Promise<Listener> {
  const heard: string[] = [];
  const server = await startWebhookServer({
    listen: { host: '127.0.0.1', port },
    certificate: certificateOf(name),
    handlers: {},
    beside: receiveMessages(token, (message) => {
      heard.push(message.kind === 'Probe' ? message.nonce : message.evidence.uid);
    }),
    metrics: { reviewed() {}, refused() {} },
    log: silentLog,
  });
  return { server, heard };
}

const probe = (nonce: string) => ({ kind: 'Probe', hash: 'h', nonce }) as const;
/** Peers by name: the name of each is its address. */
const peersAt = (...ports: number[]) =>
  new Map(ports.map((port) => [`replica-${port}`, `https://127.0.0.1:${port}`]));

interface Fixture {
  readonly relay: ReplicaRelay;
  /** Outcomes of messages, in their order. */
  readonly outcomes: string[];
  listener(name?: string, port?: number): Promise<Listener>;
  proxy(targetPort: number): Promise<TcpProxy>;
  close(listener: Listener): Promise<void>;
}

async function withRelay(
  use: (fixture: Fixture) => Promise<void>,
  options: Partial<ReplicaRelayOptions> = {},
): Promise<void> {
  const listeners: Listener[] = [];
  const proxies: TcpProxy[] = [];
  const outcomes: string[] = [];
  const relay = new ReplicaRelay({
    token,
    caBundle: () => caBundle,
    serverName,
    clock: systemClock,
    log: silentLog,
    onOutcome: (outcome, messages) => void outcomes.push(`${outcome} ${messages}`),
    ...options,
  });
  try {
    await use({
      relay,
      outcomes,
      async listener(name, port) {
        const listener = await listen(name, port);
        listeners.push(listener);
        return listener;
      },
      async proxy(targetPort) {
        const proxy = await startTcpProxy(targetPort);
        proxies.push(proxy);
        return proxy;
      },
      close: (listener) => listener.server.close(),
    });
  } finally {
    await relay.stop();
    for (const proxy of proxies) await proxy.stop();
    for (const { server } of listeners) await server.close().catch(() => {});
  }
}

test('ReplicaRelay: all others have a message when it need not be waited for any more', () =>
  withRelay(async ({ relay, listener, outcomes }) => {
    const [one, two] = [await listener(), await listener()];
    assert.is(relay.share(probe('nobody')), undefined);
    relay.setPeers(peersAt(one.server.port, two.server.port));
    // Nobody waits for handshakes.
    await poll(async () => {
      await relay.share(probe('hello'));
      return one.heard.length > 0 && two.heard.length > 0 && outcomes.at(-1) === 'Sent 1';
    });
    const before = [...one.heard];
    for (let at = 0; at < 20; at++) {
      await relay.share(probe(`m${at}`));
      if (outcomes.at(-1) !== 'Sent 1') continue;
      assert.is(one.heard.at(-1), `m${at}`);
      assert.is(two.heard.at(-1), `m${at}`);
    }
    await poll(() => one.heard.at(-1) === 'm19');
    assert.equal(
      one.heard.slice(before.length),
      Array.from({ length: 20 }, (_, at) => `m${at}`),
    );
  }));

test('ReplicaRelay: what comes while a request is under way goes together, in order', () =>
  withRelay(async ({ relay, listener, outcomes }) => {
    const one = await listener();
    relay.setPeers(peersAt(one.server.port));
    const names = Array.from({ length: 500 }, (_, at) => `m${at}`);
    await Promise.all(names.map((name) => relay.share(probe(name))));
    await poll(() => one.heard.length === names.length);
    assert.equal(one.heard, names);
    assert.ok(outcomes.length < 10, `${outcomes}`);
  }));

test('ReplicaRelay: one that hangs is waited for once, and gets all of it later', () =>
  withRelay(async ({ relay, listener, proxy }) => {
    const one = await listener();
    const front = await proxy(one.server.port);
    relay.setPeers(peersAt(front.port));
    await poll(async () => {
      await relay.share(probe('first'));
      return one.heard.length > 0;
    });
    const before = one.heard.length;
    await front.behave({ kind: 'stall' });
    // Given up before it is heard, or it would hang here.
    await relay.share(probe('a'));
    assert.is(relay.share(probe('b')), undefined);
    assert.is(relay.share(probe('c')), undefined);
    assert.is(one.heard.length, before);
    await front.behave({ kind: 'normal' });
    await poll(() => one.heard.length >= before + 3);
    assert.equal(one.heard.slice(before), ['a', 'b', 'c']);
    await poll(() => relay.share(probe('again')) !== undefined, { what: 'it to be waited for again' });
  }));

test('ReplicaRelay: one that is gone is not waited for, and gets what it missed when it is back', () =>
  withRelay(async ({ relay, listener, close }) => {
    const [port] = (await freePorts(1)) as [number];
    relay.setPeers(peersAt(port));
    assert.is(relay.share(probe('missed')), undefined);
    const one = await listener(serverName, port);
    await poll(() => one.heard.includes('missed'));
    await poll(() => relay.share(probe('heard')) !== undefined);
    await close(one);
    await poll(() => relay.share(probe('missed too')) === undefined);
  }));

test('ReplicaRelay: one that comes later, or anew, hears the evidence of before', () =>
  withRelay(async ({ relay, listener }) => {
    const evidence = (uid: string) =>
      ({
        kind: 'Evidence',
        evidence: { kind: 'Create', uid, user: { name: 'ann' }, atMs: 0, digest: '' },
      }) as const;
    for (const uid of ['u1', 'u2']) relay.share(evidence(uid));
    const one = await listener();
    relay.setPeers(peersAt(one.server.port));
    await poll(() => one.heard.length === 2);
    const [address] = [...peersAt(one.server.port).values()];
    // A container that was started anew, at the same address.
    relay.setPeers(new Map([['another process', address as string]]));
    relay.share(evidence('u3'));
    await poll(() => one.heard.at(-1) === 'u3');
    assert.equal(one.heard, ['u1', 'u2', 'u1', 'u2', 'u3']);
  }));

test('ReplicaRelay: nothing is told to one whose certificate is not that of the webhooks', () =>
  withRelay(async ({ relay, listener }) => {
    const other = await listener('other.system.svc');
    const one = await listener();
    relay.setPeers(peersAt(other.server.port, one.server.port));
    await poll(async () => {
      await relay.share(probe('m'));
      return one.heard.length > 0;
    });
    assert.equal(other.heard, []);
  }));

test('receiveMessages hears nobody who cannot prove to be a replica', () =>
  withRelay(
    async ({ relay, listener }) => {
      const one = await listener();
      relay.setPeers(peersAt(one.server.port));
      // Refused: then it is not waited for.
      await poll(() => relay.share(probe('forged')) === undefined);
      assert.equal(one.heard, []);
    },
    { token: replicaToken(Buffer.alloc(32, 2)) },
  ));

test.run();
