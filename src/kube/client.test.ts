import { once } from 'node:events';
import https from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError, type ErrorCode } from '../errors.ts';
import { poll } from '../testing/poll.ts';
import { withScriptedApiServer } from '../testing/scripted-api-server.ts';
import { makeTestCertificates } from '../testing/test-certificates.ts';
import { apiError, codeOfStatus, KubeClient } from './client.ts';
import type { Connection } from './connection.ts';

async function failing(call: Promise<unknown>): Promise<CodedError> {
  const error = await call.then(
    () => undefined,
    (thrown) => thrown,
  );
  assert.instance(error, CodedError);
  return error;
}

test('codeOfStatus and apiError: each status has its code, and only what may pass is tried again', () => {
  const cases: [number, ErrorCode, boolean][] = [
    [401, 'Forbidden', false],
    [403, 'Forbidden', false],
    [404, 'NotFound', false],
    [409, 'Conflict', false],
    [410, 'Gone', false],
    [422, 'ApiError', false],
    [429, 'ApiError', true],
    [500, 'ApiError', true],
    [503, 'ApiError', true],
  ];
  for (const [status, code, retry] of cases) {
    assert.is(codeOfStatus(status), code);
    const error = apiError('GET', '/p', status, '{"kind":"Status","message":"said so"}');
    assert.equal([error.code, error.retry, error.message], [code, retry, 'GET /p: said so']);
  }
});

test('apiError keeps the words of the answer, bounded', () => {
  const cases: [string, string][] = [
    ['{"message":"m"}', 'm'],
    ['404 page not found', '404 page not found'],
    ['null', 'null'],
    ['{"message":7}', '{"message":7}'],
    ['', 'HTTP 404'],
    ['x'.repeat(5_000), 'x'.repeat(1_000)],
  ];
  for (const [text, words] of cases) assert.is(apiError('GET', '/p', 404, text).message, `GET /p: ${words}`);
});

test('KubeClient.get sends credentials and query, and reads raw JSON', () =>
  withScriptedApiServer(
    (_, answer) =>
      answer.json('{"kind":"X","n":9223372036854775807,"when":"2025-01-31T18:30:00Z","unknown":{}}'),
    async ({ client, requests, connection }) => {
      const value = await client.get('/apis/x', { query: { limit: '2', continue: 'a&b=c' } });
      assert.equal(value, { kind: 'X', n: 9223372036854775807n, when: '2025-01-31T18:30:00Z', unknown: {} });
      const [request] = requests;
      assert.equal([request?.method, request?.path], ['GET', '/apis/x']);
      assert.equal(Object.fromEntries(request?.query ?? []), { limit: '2', continue: 'a&b=c' });
      assert.is(request?.headers.authorization, 'Bearer scripted');
      assert.is(request?.headers['user-agent'], 'gitops-reverser');
      assert.is(request?.body, undefined);
      assert.is(client.host, connection.server.host);
    },
  ));

test('KubeClient keeps the path of a server behind a proxy', () =>
  withScriptedApiServer(
    (_, answer) => answer.json({}),
    async ({ connection, requests }) => {
      for (const path of ['/k8s/clusters/c-1', '/k8s/clusters/c-1/']) {
        const client = new KubeClient({ ...connection, server: new URL(path, connection.server) });
        await client.get('/api/v1/nodes');
      }
      assert.equal(
        requests.map(({ path }) => path),
        ['/k8s/clusters/c-1/api/v1/nodes', '/k8s/clusters/c-1/api/v1/nodes'],
      );
    },
  ));

test('KubeClient.request sends a body with its type, and tells of each request', () =>
  withScriptedApiServer(
    ({ method }, answer) => (method === 'POST' ? answer.json({ ok: true }, 201) : answer.status(409, 'no')),
    async ({ connection, requests }) => {
      const told: unknown[] = [];
      const client = new KubeClient(connection, (...request) => told.push(request));
      assert.equal(await client.request('POST', '/p', { body: { text: 'Grüße 😀' } }), { ok: true });
      const contentType = 'application/merge-patch+json';
      const error = await failing(client.request('PATCH', '/p', { body: {}, contentType }));
      assert.is(error.code, 'Conflict');
      assert.equal(
        requests.map(({ body, headers }) => [body, headers['content-type']]),
        [
          [{ text: 'Grüße 😀' }, 'application/json'],
          [{}, contentType],
        ],
      );
      assert.equal(told, [
        ['POST', '/p', 201],
        ['PATCH', '/p', 409],
      ]);
    },
  ));

test('KubeClient.get refuses answers that are not a JSON object', async () => {
  for (const text of ['', '<html>', '[]', 'null', '"x"', '{"a":']) {
    await withScriptedApiServer(
      (_, answer) => answer.json(text),
      async ({ client }) => {
        const error = await failing(client.get('/p'));
        assert.equal([error.code, error.retry], ['InvalidResponse', true], text);
      },
    );
  }
});

test('KubeClient.get does not follow redirects, which would hand its credentials on', () =>
  withScriptedApiServer(
    ({ path }, { response, json }) => {
      if (path === '/other') return json({});
      response.writeHead(302, { Location: '/other' }).end();
    },
    async ({ client, requests }) => {
      const error = await failing(client.get('/p'));
      assert.is(error.message, 'GET /p: HTTP 302');
      assert.is(requests.length, 1);
    },
  ));

test('KubeClient.get refuses an answer larger than its limit', () =>
  withScriptedApiServer(
    (_, answer) => answer.json({ text: 'x'.repeat(10_000) }),
    async ({ client }) => {
      assert.is((await failing(client.get('/p', { maxBytes: 9_999 }))).code, 'InvalidResponse');
      assert.ok(await client.get('/p', { maxBytes: 11_000 }));
    },
  ));

test('KubeClient.get: a connection that breaks, at whatever point, may be tried again', async () => {
  const breaks = [
    (response: import('node:http').ServerResponse) => response.destroy(),
    (response: import('node:http').ServerResponse) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('{"a":');
      setImmediate(() => response.destroy());
    },
    (response: import('node:http').ServerResponse) => {
      response.writeHead(200);
      response.write('{"a":1}');
      setImmediate(() => response.destroy());
    },
  ];
  for (const broken of breaks) {
    await withScriptedApiServer(
      (_, { response }) => void broken(response),
      async ({ client }) => {
        const error = await failing(client.get('/p'));
        assert.equal([error.code, error.retry], ['ApiUnreachable', true]);
      },
    );
  }
});

test('KubeClient.get may be tried again when credentials could not be read', () =>
  withScriptedApiServer(
    (_, answer) => answer.json({}),
    async ({ connection, requests }) => {
      const headers = () => Promise.reject(new Error('ENOENT: token'));
      const error = await failing(new KubeClient({ ...connection, headers }).get('/p'));
      assert.equal([error.code, error.retry], ['ApiUnreachable', true]);
      assert.match(error.message, 'no credentials: ENOENT');
      assert.is(requests.length, 0);
    },
  ));

test('KubeClient.get names the server that it cannot reach', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const client = new KubeClient({
    server: new URL(`http://127.0.0.1:${port}`),
    agent: new https.Agent(),
    headers: async () => ({}),
  });
  const error = await failing(client.get('/p'));
  assert.equal([error.code, error.retry], ['ApiUnreachable', true]);
  assert.match(error.message, `127.0.0.1:${port}`);
});

test('KubeClient gives up on a server that says nothing, before its answer or within', () =>
  withScriptedApiServer(
    ({ path }, { response }) => {
      if (path !== '/within') return;
      response.writeHead(200);
      response.write('{"a":');
    },
    async ({ client }) => {
      const before = await failing(client.get('/before', { timeoutMs: 50 }));
      assert.equal([before.code, before.retry], ['TimedOut', true]);
      const within = await failing(client.get('/within', { timeoutMs: 5_000, idleMs: 50 }));
      assert.equal([within.code, within.retry], ['TimedOut', true]);
      assert.match(within.message, 'silent');
    },
  ));

test('KubeClient.stream gives up on a watch that falls silent, and not on one that talks', () =>
  withScriptedApiServer(
    async (_, answer) => {
      const watch = answer.watch();
      for (let sent = 0; sent < 8; sent++) {
        watch.raw('{}\n');
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    },
    async ({ client }) => {
      const response = await client.stream('/p', { idleMs: 150 });
      let bytes = 0;
      const read = async () => {
        for await (const chunk of response) bytes += (chunk as Buffer).length;
      };
      assert.is((await failing(read())).code, 'TimedOut');
      assert.is(bytes, 24);
    },
  ));

test('KubeClient.stream throws the error of a refused watch, with its words', () =>
  withScriptedApiServer(
    (_, answer) => answer.status(403, 'configmaps is forbidden: User "x" cannot watch'),
    async ({ client }) => {
      const error = await failing(client.stream('/p'));
      assert.is(error.code, 'Forbidden');
      assert.is(error.message, 'WATCH /p: configmaps is forbidden: User "x" cannot watch');
    },
  ));

test('KubeClient ends a request with its signal, also one that was aborted before', () =>
  withScriptedApiServer(
    () => {},
    async ({ client, requests }) => {
      const abort = new AbortController();
      const asked = failing(client.get('/p', { signal: abort.signal }));
      await poll(() => requests.length === 1, { intervalMs: 1 });
      abort.abort();
      assert.is((await asked).code, 'ApiUnreachable');
      assert.is((await failing(client.get('/p', { signal: abort.signal }))).code, 'ApiUnreachable');
    },
  ));

test('KubeClient trusts only the CA it was given, and makes all requests over one connection', async () => {
  const { ca, cert, key } = await makeTestCertificates();
  let connections = 0;
  const server = https.createServer({ cert, key }, (_, response) => response.end('{"ok":true}'));
  server.on('secureConnection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connect = (agent: https.Agent): Connection => ({
    server: new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`),
    agent,
    headers: async () => ({}),
  });
  const trusting = new https.Agent({ ca, keepAlive: true, scheduling: 'lifo' });
  try {
    const client = new KubeClient(connect(trusting));
    for (let asked = 0; asked < 20; asked++) assert.equal(await client.get('/p'), { ok: true });
    assert.is(connections, 1);
    const error = await failing(new KubeClient(connect(new https.Agent())).get('/p'));
    assert.is(error.code, 'ApiUnreachable');
    assert.match(error.message, 'certificate');
  } finally {
    trusting.destroy();
    server.close();
    server.closeAllConnections();
  }
});

test.run();
