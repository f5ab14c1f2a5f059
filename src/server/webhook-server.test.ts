import { once } from 'node:events';
import https from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createAuthority } from '../certificates/authority.ts';
import { issueServingCertificate } from '../certificates/serving-certificate.ts';
import { pemOf } from '../certificates/x509.ts';
import { CodedError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { poll } from '../testing/poll.ts';
import type { WebhookHandler } from './webhook-handler.ts';
import { startWebhookServer, type WebhookServer, type WebhookServerOptions } from './webhook-server.ts';

const authority = createAuthority(Date.now());
const ca = pemOf(authority.certificate);
const issue = () => issueServingCertificate(authority, { dns: [], ips: ['127.0.0.1'] }, Date.now());
const certificate = issue();
const listen = { host: '127.0.0.1', port: 0 };
const json = { 'Content-Type': 'application/json' };

const review = (uid = 'some-uid', more: object = {}) =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid,
      kind: { group: '', version: 'v1', kind: 'ConfigMap' },
      resource: { group: '', version: 'v1', resource: 'configmaps' },
      operation: 'CREATE',
      userInfo: { username: 'alice@example.com' },
      ...more,
    },
  });

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** A running server, what it counted and logged, and a client that trusts it. */
interface Fixture {
  readonly server: WebhookServer;
  readonly counted: string[];
  readonly errors: string[];
  send(path: string, body?: string | Buffer, options?: https.RequestOptions): Promise<Answered>;
  /** The `response` of the review that answers a review. */
  ask(path: string, body?: string): Promise<unknown>;
}

async function withServer(
  handlers: Readonly<Record<string, WebhookHandler>>,
  use: (fixture: Fixture) => Promise<void>,
  options: Partial<WebhookServerOptions> = {},
): Promise<void> {
  const counted: string[] = [];
  const errors: string[] = [];
  const server = await startWebhookServer({
    listen,
    certificate,
    handlers,
    metrics: {
      reviewed: ({ path, outcome }, seconds) => {
        assert.ok(seconds >= 0 && seconds < 60);
        counted.push(`${path} ${outcome}`);
      },
      refused: ({ reason }) => void counted.push(reason),
    },
    log: { ...silentLog, error: (_, fields) => void errors.push(JSON.stringify(fields)) },
    ...options,
  });
  const agent = new https.Agent({ ca, keepAlive: true });
  const send: Fixture['send'] = (path, body, more = {}) =>
    new Promise((resolve, reject) => {
      const method = 'POST';
      const base = { host: '127.0.0.1', port: server.port, path, agent, method, headers: json };
      const request = https.request({ ...base, ...more }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const { statusCode: status = 0, headers } = response;
          resolve({ status, headers, text: Buffer.concat(chunks).toString() });
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  const ask: Fixture['ask'] = async (path, body = review()) => {
    const { status, headers, text } = await send(path, body);
    assert.is(status, 200, text);
    assert.match(String(headers['content-type']), 'application/json');
    return JSON.parse(text).response;
  };
  try {
    await use({ server, counted, errors, send, ask });
  } finally {
    await server.close();
    agent.destroy();
  }
}

const UNUSED_MS = 1_500;

const allow: WebhookHandler = { handle: () => ({ allowed: true }), onError: 'allow' };

/** A promise that a test settles. */
function gate<T = void>() {
  let open: (value: T) => void = () => {};
  const opened = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

test('startWebhookServer: each path has its handler, sync or async', () => {
  const status = { message: 'no', code: 422, reason: 'Invalid' };
  return withServer(
    {
      '/who': allow,
      '/rules': { handle: async ({ name }) => ({ allowed: name === 'good', status }), onError: 'deny' },
    },
    async ({ ask, counted }) => {
      assert.equal(await ask('/who', review('one')), { uid: 'one', allowed: true });
      assert.equal(await ask('/who?timeout=1s', review('two')), { uid: 'two', allowed: true });
      assert.equal(await ask('/rules', review('x', { name: 'bad' })), { uid: 'x', allowed: false, status });
      assert.equal(counted, ['/who Allowed', '/who Allowed', '/rules Denied']);
    },
  );
});

test('startWebhookServer: a handler gets what is below its path, all below the base path', () => {
  const seen: string[] = [];
  const handle: WebhookHandler['handle'] = (_, __, below) => {
    seen.push(below);
    return { allowed: true };
  };
  return withServer(
    { '/probe': { handle, onError: 'allow' } },
    async ({ ask, send, counted }) => {
      await ask('/base/probe/abc');
      await ask('/base/probe/a/b');
      await ask('/base/probe');
      assert.equal(seen, ['abc', 'a/b', '']);
      assert.equal([...new Set(counted)], ['/probe Allowed']);
      for (const path of [
        '/probe',
        '/base',
        '/base/probes',
        '/base/base/probe',
        '/basic/probe',
        '/base/toString',
      ]) {
        assert.is((await send(path, review())).status, 404, path);
      }
    },
    { basePath: '/base/' },
  );
});

test('startWebhookServer: what is no review gets a 4xx that says why, and is counted', () =>
  withServer(
    { '/who': allow },
    async ({ send, ask, counted }) => {
      const cases: [string, () => Promise<Answered>, number, string, string][] = [
        ['path', () => send('/', review()), 404, 'NotFound', 'there is no webhook at this path'],
        ['GET', () => send('/who', undefined, { method: 'GET' }), 405, 'MethodNotAllowed', 'POST'],
        ['PUT', () => send('/who', review(), { method: 'PUT' }), 405, 'MethodNotAllowed', 'POST'],
        ['no type', () => send('/who', review(), { headers: {} }), 415, 'UnsupportedMediaType', 'json'],
        [
          'another type',
          () => send('/who', review(), { headers: { 'Content-Type': 'text/json' } }),
          415,
          'UnsupportedMediaType',
          'application/json',
        ],
        [
          'no JSON',
          () => send('/who', 'hello'),
          400,
          'NotAReview',
          'not an AdmissionReview: the body is not JSON',
        ],
        ['binary', () => send('/who', Buffer.from([0xff, 0, 1])), 400, 'NotAReview', 'not JSON'],
        ['empty', () => send('/who', ''), 400, 'NotAReview', 'not JSON'],
        ['no review', () => send('/who', '{}'), 400, 'NotAReview', 'not an AdmissionReview: it is not'],
        ['too large', () => send('/who', 'x'.repeat(5_001)), 413, 'TooLarge', 'larger than 5000 bytes'],
      ];
      for (const [what, sent, status, reason, text] of cases) {
        counted.length = 0;
        const answered = await sent();
        assert.is(answered.status, status, what);
        assert.match(answered.text, text, what);
        assert.is(answered.headers.connection, 'close', what);
        assert.equal(counted, [reason], what);
      }
      assert.is((await send('/who', undefined, { method: 'GET' })).headers.allow, 'POST');
      const headers = { 'Content-Type': 'Application/JSON; charset=utf-8' };
      assert.is((await send('/who', review(), { headers })).status, 200);
      await ask('/who');
    },
    { bodyBytesMax: 5_000 },
  ));

test('startWebhookServer: a body without a length, or one that breaks off', () =>
  withServer(
    { '/who': allow },
    async ({ server, counted, ask }) => {
      const open = async (): Promise<TLSSocket> => {
        const socket = connect({ host: '127.0.0.1', port: server.port, ca });
        socket.on('error', () => {});
        await once(socket, 'secureConnect');
        return socket;
      };
      const head = 'POST /who HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
      const chunked = await open();
      const chunk = `400\r\n${'x'.repeat(0x400)}\r\n`;
      chunked.write(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(6)}`);
      const [answer] = (await once(chunked, 'data')) as [Buffer];
      assert.match(answer.toString(), /^HTTP\/1\.1 413 /);
      await once(chunked, 'close');

      const cut = await open();
      cut.write(`${head}Content-Length: 100\r\n\r\n{`);
      cut.destroy();
      await poll(() => counted.includes('BrokenOff'), { what: 'the count of a body that broke off' });

      // A body that never ends: the server gives up.
      const slow = await open();
      slow.write(`${head}Content-Length: 100\r\n\r\n{`);
      const [late] = (await once(slow, 'data')) as [Buffer];
      assert.match(late.toString(), /^HTTP\/1\.1 408 /);
      assert.equal(counted, ['TooLarge', 'BrokenOff', 'TooSlow']);
      await ask('/who');
    },
    { bodyBytesMax: 5_000, requestTimeoutMs: 300 },
  ));

test('startWebhookServer: a connection on which nothing came yet stays, as an idle one does', () =>
  withServer(
    { '/who': allow },
    async ({ server, counted }) => {
      const unused = connect({ host: '127.0.0.1', port: server.port, ca });
      await once(unused, 'secureConnect');
      // Much longer than a request may take, and than servers need to look for such connections.
      const untilMs = performance.now() + UNUSED_MS;
      await poll(() => performance.now() >= untilMs, { intervalMs: UNUSED_MS });
      const body = review();
      unused.write(
        `POST /who HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      const [answer] = (await once(unused, 'data')) as [Buffer];
      assert.match(answer.toString(), /^HTTP\/1\.1 200 /);
      assert.equal(counted, ['/who Allowed']);
      unused.destroy();
    },
    { requestTimeoutMs: 100 },
  ));

test('startWebhookServer: bodies under way are bounded together', () =>
  withServer(
    { '/who': allow },
    async ({ server, send, ask, counted }) => {
      const socket = connect({ host: '127.0.0.1', port: server.port, ca });
      const head = 'POST /who HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
      socket.write(`${head}Content-Length: 4000\r\n\r\n${'x'.repeat(3_500)}`);
      const isFull = async () =>
        (await send('/who', review('a', { name: 'x'.repeat(2_000) }))).status === 503;
      await poll(isFull, { what: 'a full server' });
      assert.is(counted.at(-1), 'Overloaded');
      socket.write('x'.repeat(500));
      await once(socket, 'data');
      socket.destroy();
      await ask('/who', review('a', { name: 'x'.repeat(2_000) }));
    },
    { bodyBytesMax: 5_000, pendingBytesMax: 5_000 },
  ));

test('startWebhookServer: a handler that fails allows or denies, and is logged once', () => {
  const bug = () => {
    throw new TypeError('x is not a function');
  };
  const expected = async () => {
    throw new CodedError('ApiUnreachable', 'the API server cannot be asked');
  };
  return withServer(
    {
      '/allow': { handle: bug, onError: 'allow' },
      '/deny': { handle: bug, onError: 'deny' },
      '/expected': { handle: expected, onError: 'deny' },
    },
    async ({ ask, counted, errors }) => {
      for (let count = 0; count < 3; count++) {
        assert.equal(await ask('/allow'), { uid: 'some-uid', allowed: true });
      }
      const code = { code: 500, reason: 'InternalError' };
      assert.equal(await ask('/deny'), {
        uid: 'some-uid',
        allowed: false,
        status: { message: 'it failed; its log says why', ...code },
      });
      assert.equal(await ask('/expected'), {
        uid: 'some-uid',
        allowed: false,
        status: { message: 'the API server cannot be asked', ...code },
      });
      assert.equal(errors, [
        '{"path":"/allow","reason":"x is not a function"}',
        '{"path":"/deny","reason":"x is not a function"}',
        '{"path":"/expected","reason":"the API server cannot be asked"}',
      ]);
      assert.equal([...new Set(counted)], ['/allow Failed', '/deny Failed', '/expected Failed']);
    },
  );
});

test('startWebhookServer: a handler that takes too long is aborted and answered for', () => {
  const aborted = gate();
  const handle: WebhookHandler['handle'] = (_, signal) =>
    new Promise(() => signal().addEventListener('abort', () => aborted.open()));
  return withServer(
    { '/slow': { handle, onError: 'allow' } },
    async ({ ask, errors }) => {
      assert.equal(await ask('/slow'), { uid: 'some-uid', allowed: true });
      await aborted.opened;
      assert.equal(errors, ['{"path":"/slow","reason":"no answer within 100 ms"}']);
    },
    { requestTimeoutMs: 100 },
  );
});

test('startWebhookServer: a handler hears that whoever asked is gone', () => {
  const [began, aborted] = [gate(), gate()];
  const handle: WebhookHandler['handle'] = (_, signal) => {
    began.open();
    return new Promise(() => signal().addEventListener('abort', () => aborted.open()));
  };
  return withServer(
    { '/slow': { handle, onError: 'allow' } },
    async ({ send }) => {
      const gone = new AbortController();
      const sent = send('/slow', review(), { signal: gone.signal }).catch(() => 'gone');
      await began.opened;
      gone.abort();
      await aborted.opened;
      assert.is(await sent, 'gone');
    },
    { requestTimeoutMs: 1_000 },
  );
});

test('WebhookServer.setCertificate: new connections get it, open ones go on', () => {
  const [began, hold] = [gate(), gate()];
  const handle: WebhookHandler['handle'] = async () => {
    began.open();
    await hold.opened;
    return { allowed: true };
  };
  return withServer({ '/slow': { handle, onError: 'deny' }, '/who': allow }, async ({ server, ask }) => {
    const served = async () => {
      const socket = connect({ host: '127.0.0.1', port: server.port, ca });
      await once(socket, 'secureConnect');
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      return fingerprint256;
    };
    const before = await served();
    const running = ask('/slow', review('before'));
    await began.opened;
    server.setCertificate(issue());
    const after = await served();
    assert.is.not(after, before);
    hold.open();
    assert.equal(await running, { uid: 'before', allowed: true });
    assert.equal(await ask('/who'), { uid: 'some-uid', allowed: true });

    const { key } = issue();
    for (const wrong of [
      { cert: certificate.cert, key },
      { cert: '', key: '' },
      { cert: 'x', key: 'x' },
    ]) {
      assert.throws(
        () => server.setCertificate(wrong),
        (error: unknown) =>
          error instanceof CodedError && error.code === 'InvalidSecret' && !/PRIVATE/.test(error.message),
      );
    }
    assert.is(await served(), after, 'an unusable certificate changes nothing');
  });
});

test('WebhookServer.close: answers what is under way, and accepts nothing new', () => {
  const [began, hold] = [gate(), gate()];
  const handle: WebhookHandler['handle'] = async () => {
    began.open();
    await hold.opened;
    return { allowed: true };
  };
  return withServer(
    { '/slow': { handle, onError: 'deny' }, '/who': allow },
    async ({ server, send, ask }) => {
      await ask('/who');
      const running = send('/slow', review());
      await began.opened;
      let isClosed = false;
      const closing = server.close().then(() => {
        isClosed = true;
      });
      const refused = await send('/who', review(), { agent: new https.Agent({ ca }) }).catch(
        (error) => error.code,
      );
      assert.is(refused, 'ECONNREFUSED');
      assert.not(isClosed);
      hold.open();
      const { status, headers } = await running;
      assert.equal([status, headers.connection], [200, 'close']);
      await closing;
    },
  );
});

test('startWebhookServer: ends a connection with its last answer, not before the next request', () =>
  withServer(
    { '/who': allow },
    async ({ send }) => {
      const connection: unknown[] = [];
      for (let count = 0; count < 7; count++) {
        const { status, headers } = await send('/who', review());
        assert.is(status, 200);
        connection.push(headers.connection);
      }
      const open = 'keep-alive';
      assert.equal(connection, [open, open, 'close', open, open, 'close', open]);
    },
    { requestsPerConnectionMax: 3 },
  ));

test('startWebhookServer: one that retires answers, also who comes anew, and asks all to go', () =>
  withServer({ '/who': allow }, async ({ server, send }) => {
    assert.is((await send('/who', review())).headers.connection, 'keep-alive');
    server.retire();
    for (let at = 0; at < 2; at++) {
      const { status, headers } = await send('/who', review());
      assert.equal([status, headers.connection], [200, 'close']);
    }
  }));

test('startWebhookServer: speaks TLS 1.2 and later, HTTP/1.1 only', () =>
  withServer({ '/who': allow }, async ({ server }) => {
    const socket = connect({ host: '127.0.0.1', port: server.port, ca, ALPNProtocols: ['h2', 'http/1.1'] });
    await once(socket, 'secureConnect');
    assert.is(socket.alpnProtocol, 'http/1.1');
    socket.destroy();
    const old = connect({
      host: '127.0.0.1',
      port: server.port,
      ca,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
    });
    await once(old, 'error');
  }));

test('startWebhookServer: says what is wrong with its address or certificate', () =>
  withServer({ '/who': allow }, async ({ server }) => {
    const start = (options: Partial<WebhookServerOptions>) =>
      startWebhookServer({
        listen,
        certificate,
        handlers: {},
        metrics: { reviewed() {}, refused() {} },
        log: silentLog,
        ...options,
      }).catch((error) => error);
    const taken = await start({ listen: { ...listen, port: server.port } });
    assert.is(taken.code, 'InvalidSpec');
    assert.match(taken.message, `Cannot listen on 127.0.0.1:${server.port} for webhooks`);
    assert.is((await start({ certificate: { ...certificate, key: issue().key } })).code, 'InvalidSecret');
  }));

test.run();
