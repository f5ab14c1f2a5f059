import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Clock } from '../clock.ts';
import { CodedError } from '../errors.ts';
import type { LogFields } from '../log.ts';
import { silentLog } from '../log.ts';
import { WEBHOOK_TLS_SECRET } from '../own-names.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import {
  type Script,
  type ScriptedApiServer,
  withScriptedApiServer,
} from '../testing/scripted-api-server.ts';
import type { ServingMaterial } from './certificate-source.ts';
import { CertificateStore } from './certificate-store.ts';
import { OwnCertificates } from './own-certificates.ts';
import { ProvidedCertificates } from './provided-certificates.ts';

const DAY_MS = 24 * 60 * 60_000;
const names = { dns: ['hooks.system.svc'], ips: [] };
const collection = '/api/v1/namespaces/system/secrets';

interface StoredSecret {
  readonly metadata: { readonly resourceVersion: string; readonly [field: string]: unknown };
  readonly data?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** One Secret in an API server that keeps the rules of optimistic concurrency. */
class SecretFixture {
  stored: StoredSecret | undefined;
  /** Called before a write is dealt with: somebody else may be quicker. */
  beforeWrite: (() => void) | undefined;
  #version = 100;

  readonly script: Script = ({ method, path, body }, answer) => {
    if (method === 'GET') {
      assert.is(path, `${collection}/${WEBHOOK_TLS_SECRET}`);
      if (this.stored === undefined) return answer.status(404, 'not found');
      return answer.json(this.stored);
    }
    this.beforeWrite?.();
    const sent = body as StoredSecret;
    if (method === 'POST') {
      assert.is(path, collection);
      if (this.stored !== undefined) return answer.status(409, 'already exists');
    } else {
      assert.is(method, 'PUT');
      if (this.stored === undefined) return answer.status(404, 'not found');
      if (sent.metadata.resourceVersion !== this.stored.metadata.resourceVersion)
        return answer.status(409, 'the object has been modified');
    }
    answer.json(this.put(sent));
  };

  put(secret: object): StoredSecret {
    const { metadata, ...rest } = secret as StoredSecret;
    this.stored = { ...rest, metadata: { ...metadata, resourceVersion: String(this.#version++) } };
    return this.stored;
  }

  /** Change one of its texts; undefined removes it. */
  edit(key: string, text: string | undefined): void {
    const { [key]: _, ...data } = this.stored?.data ?? {};
    const changed = text === undefined ? {} : { [key]: Buffer.from(text).toString('base64') };
    this.put({ ...this.stored, data: { ...data, ...changed } });
  }

  text(key: string): string {
    return Buffer.from(this.stored?.data?.[key] ?? '', 'base64').toString();
  }
}

function withSecret(use: (secret: SecretFixture, server: ScriptedApiServer) => Promise<void>): Promise<void> {
  const secret = new SecretFixture();
  return withScriptedApiServer(secret.script, (server) => use(secret, server));
}

const storeOf = ({ client }: ScriptedApiServer) => new CertificateStore(client, 'system', WEBHOOK_TLS_SECRET);
const own = (server: ScriptedApiServer, clock: Clock = createFakeClock(), log = silentLog) =>
  new OwnCertificates(storeOf(server), names, clock, log);

async function rejection(promise: Promise<unknown>): Promise<CodedError> {
  const error = await promise.then(
    () => undefined,
    (thrown) => thrown,
  );
  assert.instance(error, CodedError);
  return error;
}

test('OwnCertificates: makes a Secret of type kubernetes.io/tls, and keeps it', () =>
  withSecret(async (secret, server) => {
    const loaded = await own(server).load();
    assert.is(secret.stored?.type, 'kubernetes.io/tls');
    assert.equal(Object.keys(secret.stored?.data ?? {}).sort(), ['ca.crt', 'ca.key', 'tls.crt', 'tls.key']);
    assert.is(loaded.cert, secret.text('tls.crt'));
    assert.is(loaded.caBundle, secret.text('ca.crt'));
    const again = await own(server).load();
    assert.is(again.key, loaded.key);
    assert.equal(
      server.requests.map(({ method }) => method),
      ['GET', 'POST', 'GET'],
    );
  }));

test('OwnCertificates: replicas that start at the same time agree on one set', () =>
  withSecret(async (secret, server) => {
    const all = await Promise.all(Array.from({ length: 4 }, () => own(server).load()));
    assert.is(new Set(all.map(({ cert }) => cert)).size, 1);
    assert.is(all[0]?.cert, secret.text('tls.crt'));
  }));

test('OwnCertificates: replicas that rotate at the same time agree on one set', () =>
  withSecret(async (secret, server) => {
    const clock = createFakeClock();
    const before = await own(server, clock).load();
    await clock.advance(61 * DAY_MS);
    const all = await Promise.all(Array.from({ length: 4 }, () => own(server, clock).load()));
    assert.is(new Set(all.map(({ cert }) => cert)).size, 1);
    assert.is(all[0]?.cert, secret.text('tls.crt'));
    assert.is.not(all[0]?.cert, before.cert);
    assert.is(all[0]?.caBundle, before.caBundle);
  }));

test('OwnCertificates: repairs, and leaves what else stands in the Secret', () =>
  withSecret(async (secret, server) => {
    await own(server).load();
    secret.put({
      ...secret.stored,
      metadata: { ...secret.stored?.metadata, labels: { team: 'platform' } },
      data: { ...secret.stored?.data, note: 'aGk=' },
    });
    secret.edit('tls.crt', undefined);
    const loaded = await own(server).load();
    assert.is(secret.text('tls.crt'), loaded.cert);
    assert.equal(secret.stored?.metadata.labels, { team: 'platform' });
    assert.is(secret.stored?.data?.note, 'aGk=');
  }));

test('OwnCertificates: a Secret without data, or deleted between read and write, is made again', () =>
  withSecret(async (secret, server) => {
    secret.put({ apiVersion: 'v1', kind: 'Secret', metadata: { name: WEBHOOK_TLS_SECRET }, type: 'Opaque' });
    secret.beforeWrite = () => {
      secret.beforeWrite = undefined;
      secret.stored = undefined;
    };
    const loaded = await own(server).load();
    assert.is(secret.text('tls.crt'), loaded.cert);
    assert.equal(
      server.requests.map(({ method }) => method),
      ['GET', 'PUT', 'GET', 'POST'],
    );
  }));

test('OwnCertificates: gives up on a Secret that somebody else changes all the time', () =>
  withSecret(async (secret, server) => {
    secret.put({ metadata: {} });
    secret.beforeWrite = () => void secret.put({ ...secret.stored });
    const error = await rejection(own(server).load());
    assert.is(error.code, 'Conflict');
    assert.ok(error.retry);
    assert.match(error.message, 'system/gitops-reverser-webhook-tls changes all the time');
    assert.is(server.requests.length, 10);
  }));

test('OwnCertificates: passes on that it may not', () =>
  withScriptedApiServer(
    (_, answer) => answer.status(403, 'secrets is forbidden'),
    async (server) => {
      const error = await rejection(own(server).load());
      assert.is(error.code, 'Forbidden');
    },
  ));

test('OwnCertificates: the log says why, and no key', () =>
  withSecret(async (secret, server) => {
    const lines: LogFields[] = [];
    const log = { ...silentLog, info: (_: string, fields: LogFields = {}) => void lines.push(fields) };
    await own(server, createFakeClock(), log).load();
    secret.edit('tls.key', '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n');
    await own(server, createFakeClock(), log).load();
    assert.equal(lines[1], {
      secret: 'system/gitops-reverser-webhook-tls',
      because: ['the private key cannot be parsed'],
    });
    assert.not.match(JSON.stringify(lines), /PRIVATE|c2VjcmV0/);
  }));

test('ProvidedCertificates: reads what somebody else keeps, and never writes', () =>
  withSecret(async (secret, server) => {
    const clock = createFakeClock();
    const given: ServingMaterial = await own(server, clock).load();
    const provided = new ProvidedCertificates(storeOf(server), names, clock);
    const writes = () => server.requests.filter(({ method }) => method !== 'GET').length;
    assert.is(writes(), 1);
    const { cert, key, caBundle } = given;
    assert.equal(await provided.load(), { cert, key, caBundle });

    const refused = async (what: RegExp | string) => {
      const error = await rejection(provided.load());
      assert.is(error.code, 'InvalidSecret');
      assert.match(error.message, 'Secret system/gitops-reverser-webhook-tls cannot serve the webhook: ');
      assert.match(error.message, what);
      assert.not.match(error.message, /PRIVATE/);
    };
    const good = secret.stored ?? {};
    for (const [name, text, what] of [
      ['tls.crt', undefined, '"tls.crt" is missing'],
      ['tls.key', undefined, '"tls.key" is missing'],
      ['ca.crt', undefined, '"ca.crt" is missing'],
      ['tls.crt', 'garbage', 'there is no PEM certificate'],
      ['tls.key', caBundle, 'the private key cannot be parsed'],
      ['ca.crt', key, '"ca.crt": there is no PEM certificate'],
      ['ca.crt', cert.replace(/\n.{9}/, '\n'), '"ca.crt": a certificate cannot be parsed'],
      ['tls.key', secret.text('ca.key'), 'the private key is not that of the certificate'],
    ] as const) {
      secret.put(good);
      secret.edit(name, text);
      await refused(what);
    }
    secret.put(good);
    await clock.advance(91 * DAY_MS);
    await refused('the certificate expired at ');
    secret.stored = undefined;
    const error = await rejection(provided.load());
    assert.is(error.code, 'SecretNotFound');
    assert.is(writes(), 1);
  }));

test('ProvidedCertificates: refuses a certificate for other names', () =>
  withSecret(async (_, server) => {
    await own(server).load();
    const other = { dns: ['hooks.other.svc'], ips: ['10.0.0.1'] };
    const error = await rejection(new ProvidedCertificates(storeOf(server), other, createFakeClock()).load());
    assert.match(error.message, 'the certificate is not for hooks.other.svc, 10.0.0.1');
  }));

test.run();
