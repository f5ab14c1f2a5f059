/** Webhook certificates on a real API server: it trusts them, and no rotation loses a review. */
import { once } from 'node:events';
import { connect } from 'node:tls';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CertificateKeeper } from '../src/certificates/certificate-keeper.ts';
import { CertificateStore } from '../src/certificates/certificate-store.ts';
import { hostNamesOfUrl } from '../src/certificates/host-names.ts';
import { OwnCertificates } from '../src/certificates/own-certificates.ts';
import { ProvidedCertificates } from '../src/certificates/provided-certificates.ts';
import { parseBundle } from '../src/certificates/x509.ts';
import { type Clock, systemClock } from '../src/clock.ts';
import { messageOf } from '../src/errors.ts';
import { KubeClient } from '../src/kube/client.ts';
import { openConnection } from '../src/kube/connection.ts';
import type { Log } from '../src/log.ts';
import { ensureNamespace } from '../src/operator-home.ts';
import { WEBHOOK_TLS_SECRET } from '../src/own-names.ts';
import { startWebhookServer, type WebhookServer } from '../src/server/webhook-server.ts';
import { freePorts } from '../src/testing/free-ports.ts';
import { startSearchedControlPlane } from '../src/testing/leaks/searched-control-plane.ts';
import { installAccount } from '../src/testing/operator-account.ts';
import { poll } from '../src/testing/poll.ts';
import { makeTestCertificates } from '../src/testing/test-certificates.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const NAMESPACE = 'gitops-reverser-system';
const CONFIGURATION = 'gitops-reverser-certificates-test';
const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const SECRET_PATH = `/api/v1/namespaces/${NAMESPACE}/secrets/${WEBHOOK_TLS_SECRET}`;
const WRITERS = 24;
/** Few, so that the API server opens new connections all the time. */
const REQUESTS_PER_CONNECTION = 5;

/** Server-side apply, as somebody who is not the operator. */
function apply(client: KubeClient, path: string, body: object) {
  const query = { fieldManager: 'test', force: 'true' };
  return client.request('PATCH', path, { query, contentType: 'application/apply-patch+yaml', body });
}

/** A clock that goes on by itself, and can be set. Certificates of the past are made by setting it back. */
class SetClock implements Clock {
  offsetMs = 0;
  now(): number {
    return Date.now() + this.offsetMs;
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal);
  }
}

/** A webhook that the API server calls, with certificates that are looked at when a test says so. */
class Webhook {
  readonly clock = new SetClock();
  readonly reviewed = new Set<string>();
  /** What happened, in order. */
  readonly told: string[] = [];
  readonly log: Log;
  readonly #account: KubeClient;
  readonly #client: KubeClient;
  readonly #port: number;
  #server: WebhookServer | undefined;
  #keeper: CertificateKeeper | undefined;

  /** Certificates are kept as the operator's account, and all else is done as admin. */
  constructor(account: KubeClient, client: KubeClient, port: number, log: Log) {
    this.log = log;
    this.#account = account;
    this.#client = client;
    this.#port = port;
  }

  get url(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  get keeper(): CertificateKeeper {
    assert.ok(this.#keeper);
    return this.#keeper;
  }

  /** As the operator starts: certificates (its own, or those of a Secret), server, registration. */
  async start(provided?: string): Promise<void> {
    const store = new CertificateStore(this.#account, NAMESPACE, provided ?? WEBHOOK_TLS_SECRET);
    const names = hostNamesOfUrl(this.url);
    const source =
      provided === undefined
        ? new OwnCertificates(store, names, this.clock, this.log)
        : new ProvidedCertificates(store, names, this.clock);
    const users = {
      trust: (caBundle: string) => {
        this.told.push(`trust ${parseBundle(caBundle).length}`);
        return this.#register(caBundle);
      },
      serve: (serving: { key: string; cert: string }) => {
        this.told.push('serve');
        this.#server?.setCertificate(serving);
      },
    };
    this.#keeper = new CertificateKeeper(source, users, this.clock, this.log);
    const certificate = await this.#keeper.start();
    assert.ok(certificate);
    this.#server = await startWebhookServer({
      listen: { host: '127.0.0.1', port: this.#port },
      certificate,
      handlers: {
        '/review': {
          handle: ({ uid }) => {
            assert.not(this.reviewed.has(uid));
            this.reviewed.add(uid);
            return { allowed: true };
          },
          onError: 'deny',
        },
      },
      metrics: { reviewed() {}, refused() {} },
      requestsPerConnectionMax: REQUESTS_PER_CONNECTION,
      log: this.log,
    });
    await this.#register(certificate.caBundle);
    await this.#untilCalled();
  }

  async stop(): Promise<void> {
    await this.#keeper?.stop();
    await this.#server?.close();
  }

  /** The certificate that a new connection gets; throws unless the registered CAs vouch for it. */
  async served(): Promise<string> {
    const socket = connect({ host: '127.0.0.1', port: this.#port, ca: this.keeper.caBundle });
    await once(socket, 'secureConnect');
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  }

  /** A create that is not stored, and that is refused unless a review was answered. */
  async write(): Promise<void> {
    const metadata = { generateName: 'written-', labels: { reviewed: 'yes' } };
    await this.#client.request('POST', '/api/v1/namespaces/default/configmaps', {
      query: { dryRun: 'All' },
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { text: 'x'.repeat(1_000) } },
    });
  }

  async #register(caBundle: string): Promise<void> {
    const clientConfig = { url: `${this.url}/review`, caBundle: Buffer.from(caBundle).toString('base64') };
    const webhook = {
      name: 'certificates.test.configbutler.ai',
      admissionReviewVersions: ['v1'],
      clientConfig,
      failurePolicy: 'Fail',
      objectSelector: { matchLabels: { reviewed: 'yes' } },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
      sideEffects: 'None',
      timeoutSeconds: 10,
    };
    await apply(this.#client, `${CONFIGURATIONS}/${CONFIGURATION}`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: CONFIGURATION },
      webhooks: [webhook],
    });
  }

  /** Until the API server has taken up the configuration, and trusts what is served. */
  async #untilCalled(): Promise<void> {
    const before = this.reviewed.size;
    const isCalled = async () => {
      await this.write().catch(() => {});
      return this.reviewed.size > before;
    };
    await poll(isCalled, { what: 'a first review' });
    this.reviewed.clear();
  }
}

const controlPlane = startSearchedControlPlane({ controllerManager: false });

async function withWebhook(use: (webhook: Webhook, client: KubeClient) => Promise<void>): Promise<void> {
  const plane = await controlPlane;
  const client = new KubeClient(await openConnection(plane.kubeconfig('admin')));
  await ensureNamespace(client, NAMESPACE);
  const account = new KubeClient(await openConnection(await installAccount(plane)));
  const [port = 0] = await freePorts(1);
  const webhook = new Webhook(account, client, port, plane.log);
  try {
    await use(webhook, client);
  } finally {
    await webhook.stop();
    await client.request('DELETE', `${CONFIGURATIONS}/${CONFIGURATION}`).catch(() => {});
    await client.request('DELETE', SECRET_PATH).catch(() => {});
  }
}

/** Writers that write until `during` is over, and a while after it; every write is one review, and none is refused. */
async function underLoad(webhook: Webhook, during: (load: { written(): number }) => Promise<void>) {
  let [written, isOver] = [0, false];
  const refused: string[] = [];
  const writers = Array.from({ length: WRITERS }, async () => {
    while (!isOver) {
      await webhook.write().then(
        () => written++,
        (error) => refused.push(messageOf(error)),
      );
    }
  });
  try {
    await during({ written: () => written });
  } finally {
    isOver = true;
    await Promise.all(writers);
  }
  assert.equal(refused.slice(0, 3), []);
  assert.is(webhook.reviewed.size, written);
  return written;
}

/** Until that many writes more went through. */
const writes = (load: { written(): number }, count: number) => {
  const goal = load.written() + count;
  return poll(() => load.written() >= goal, { what: `${count} writes`, intervalMs: 5 });
};

/** All certificates are replaced under load: the old CA is trusted for an hour more. */
async function underNewCa(webhook: Webhook, replace: () => Promise<unknown>): Promise<void> {
  const before = await webhook.served();
  await underLoad(webhook, async (load) => {
    await writes(load, 200);
    await replace();
    await webhook.keeper.check();
    assert.equal(webhook.told, ['trust 2', 'serve']);
    await writes(load, 500);
    assert.is.not(await webhook.served(), before);
    webhook.clock.offsetMs = 61 * MINUTE_MS;
    await webhook.keeper.check();
    assert.equal(webhook.told, ['trust 2', 'serve', 'trust 1']);
    await writes(load, 300);
  });
}

test('certificates: rotation of the serving certificate under load loses no review', () =>
  withWebhook(async (webhook) => {
    webhook.clock.offsetMs = -61 * DAY_MS;
    await webhook.start();
    const before = await webhook.served();
    await underLoad(webhook, async (load) => {
      await writes(load, 300);
      webhook.clock.offsetMs = 0;
      await webhook.keeper.check();
      await writes(load, 800);
    });
    assert.equal(webhook.told, ['serve']);
    assert.is.not(await webhook.served(), before);
  }));

test('certificates: rotation of the CA under load loses no review', () =>
  withWebhook(async (webhook, client) => {
    const { clock, told } = webhook;
    // A CA that is due in an hour, and a certificate of it that is two hours old.
    const dueMs = (3650 * DAY_MS * 2) / 3;
    clock.offsetMs = -dueMs - 60 * MINUTE_MS;
    await makeCertificates(webhook, client);
    clock.offsetMs = -120 * MINUTE_MS;
    await webhook.start();
    assert.is(parseBundle(webhook.keeper.caBundle).length, 1);
    const before = await webhook.served();
    await underLoad(webhook, async (load) => {
      const at = async (offsetMs: number) => {
        clock.offsetMs = offsetMs;
        await webhook.keeper.check();
        await writes(load, 300);
      };
      await writes(load, 200);
      await at(-59 * MINUTE_MS);
      assert.equal(told, ['trust 2']);
      assert.is(await webhook.served(), before);
      await at(2 * MINUTE_MS);
      assert.equal(told, ['trust 2', 'serve']);
      assert.is.not(await webhook.served(), before);
      await at(63 * MINUTE_MS);
      assert.equal(told, ['trust 2', 'serve', 'trust 1']);
    });
  }));

test('certificates: a Secret that is deleted under load is made again, and loses no review', () =>
  withWebhook(async (webhook, client) => {
    await webhook.start();
    await underNewCa(webhook, () => client.request('DELETE', SECRET_PATH));
  }));

test('certificates: a Secret that somebody else keeps is renewed under load, by a new CA, and loses no review', () =>
  withWebhook(async (webhook, client) => {
    const provided = 'provided';
    const bring = async () => {
      const { ca, cert, key } = await makeTestCertificates();
      const data = { 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca };
      await apply(client, `/api/v1/namespaces/${NAMESPACE}/secrets/${provided}`, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: provided },
        type: 'kubernetes.io/tls',
        stringData: data,
      });
    };
    await bring();
    await webhook.start(provided);
    await underNewCa(webhook, bring);
  }));

for (const [what, spoil] of [
  ['an expired certificate', undefined],
  ['garbage', { 'tls.crt': 'garbage', 'tls.key': 'garbage' }],
  ['a missing CA', { 'ca.crt': undefined }],
  ['nothing in it', { 'tls.crt': '', 'tls.key': '', 'ca.crt': '', 'ca.key': '' }],
] as const) {
  test(`certificates: a Secret with ${what} is repaired at start`, () =>
    withWebhook(async (webhook, client) => {
      if (spoil === undefined) webhook.clock.offsetMs = -91 * DAY_MS;
      await makeCertificates(webhook, client);
      webhook.clock.offsetMs = 0;
      const data = Object.entries(spoil ?? {}).map(([key, text]) => [
        key,
        text === undefined ? null : Buffer.from(text).toString('base64'),
      ]);
      await client.request('PATCH', SECRET_PATH, {
        contentType: 'application/merge-patch+json',
        body: { data: Object.fromEntries(data) },
      });
      await webhook.start();
      await webhook.write();
      assert.is(webhook.reviewed.size, 1);
      assert.equal(webhook.told, []);
    }));
}

test('certificates: the control plane stops', async () => {
  await (await controlPlane).stop();
});

/** What an earlier run left behind, at the time of the webhook's clock. */
async function makeCertificates({ url, clock, log }: Webhook, client: KubeClient): Promise<void> {
  const store = new CertificateStore(client, NAMESPACE, WEBHOOK_TLS_SECRET);
  await new OwnCertificates(store, hostNamesOfUrl(url), clock, log).load();
}

test.run();
