import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { poll } from './poll.ts';
import { type Backend, type ServiceFront, startServiceFront } from './service-front.ts';

const PROBE_MS = 5;

interface NamedBackend extends Backend {
  /** How its readiness is answered: a status, or not at all. */
  answer: number | 'Never';
  stop(): void;
}

/** Says its name to whoever connects, and everything back. */
async function startBackend(name: string): Promise<NamedBackend> {
  const listener = createServer((socket) => {
    socket.on('error', () => {});
    socket.write(name);
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  const status = http
    .createServer((_request, response) => {
      if (backend.answer === 'Never') return;
      response.statusCode = backend.answer;
      response.end();
    })
    .listen(0, '127.0.0.1');
  await Promise.all([once(listener, 'listening'), once(status, 'listening')]);
  const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
  const backend: NamedBackend = {
    port: portOf(listener),
    readyUrl: `http://127.0.0.1:${portOf(status)}/readyz`,
    answer: 200,
    stop() {
      listener.close();
      status.close();
      status.closeAllConnections();
    },
  };
  return backend;
}

/** What the front's port says to one who connects; empty: it hangs up. */
async function call({ port }: ServiceFront): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const heard = await Promise.race([
    once(socket, 'data').then(([chunk]) => String(chunk)),
    once(socket, 'close').then(() => ''),
  ]);
  socket.destroy();
  return heard;
}

async function withFront(
  use: (front: ServiceFront, a: NamedBackend, b: NamedBackend) => Promise<void>,
): Promise<void> {
  const front = await startServiceFront(PROBE_MS);
  const [a, b] = [await startBackend('a'), await startBackend('b')];
  try {
    await use(front, a, b);
  } finally {
    await front.stop();
    a.stop();
    b.stop();
  }
}

const isReady = (front: ServiceFront, ...backends: readonly NamedBackend[]) =>
  poll(() => String(front.ready()) === String(backends.map(({ port }) => port)), { intervalMs: 1 });

test('startServiceFront: nobody is reached before a backend was seen to be ready', () =>
  withFront(async (front, a) => {
    assert.is(await call(front), '');
    a.answer = 503;
    front.setBackends([a]);
    assert.is(await call(front), '');
    a.answer = 200;
    await isReady(front, a);
    assert.is(await call(front), 'a');
  }));

test('startServiceFront: new connections go to each in turn, open ones stay where they are', () =>
  withFront(async (front, a, b) => {
    front.setBackends([a, b]);
    await isReady(front, a, b);
    assert.is((await Promise.all([call(front), call(front)])).sort().join(), 'a,b');
    front.setBackends([a]);
    const open = connect(front.port, '127.0.0.1');
    assert.is(String(await once(open, 'data')), 'a');
    a.answer = 503;
    front.setBackends([a, b]);
    await isReady(front, b);
    open.write('still there');
    assert.is(String(await once(open, 'data')), 'still there');
    assert.is(await call(front), 'b');
    open.destroy();
  }));

test('startServiceFront: a backend that does not answer keeps no other from being seen', () =>
  withFront(async (front, a, b) => {
    front.setBackends([a]);
    await isReady(front, a);
    a.answer = 'Never';
    front.setBackends([a, b]);
    await poll(() => front.ready().includes(b.port), { intervalMs: 1, timeoutMs: 500 });
    await isReady(front, b);
  }));

test('startServiceFront: one that was taken away does not come back with an answer that was on its way', () =>
  withFront(async (front, a, b) => {
    front.setBackends([a, b]);
    await isReady(front, a, b);
    front.setBackends([b]);
    assert.equal(front.ready(), [b.port]);
    front.setBackends([]);
    assert.is(await call(front), '');
  }));

test.run();
