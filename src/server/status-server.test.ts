import { Worker } from 'node:worker_threads';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../errors.ts';
import { startMetrics } from '../report/metrics.ts';
import { startStatusServer } from './status-server.ts';

const GAVE_UP = 1;
/** A probe of another thread, as Kubernetes is another process: 1 when it gave up after 250 ms, else the status. */
const PROBER = `
  const { workerData } = require('node:worker_threads');
  const tell = (verdict) => {
    Atomics.store(workerData.verdict, 0, verdict);
    Atomics.notify(workerData.verdict, 0);
  };
  fetch(workerData.url, { signal: AbortSignal.timeout(250) }).then(({ status }) => tell(status), () => tell(${GAVE_UP}));
`;

const listen = { host: '127.0.0.1', port: 0 };

async function withServer(
  notReadyReason: () => string | undefined,
  use: (url: string, port: number) => Promise<void>,
): Promise<void> {
  const metrics = startMetrics();
  metrics.eventReceived({ kind: 'ConfigMap' });
  const server = await startStatusServer(listen, metrics, notReadyReason);
  try {
    await use(`http://127.0.0.1:${server.port}`, server.port);
  } finally {
    await server.close();
    await metrics.shutdown();
  }
}

test('startStatusServer serves /healthz, /metrics and /readyz, and nothing else', () => {
  let reason: string | undefined = 'WatchRule a/b is not synced yet';
  return withServer(
    () => reason,
    async (url) => {
      const get = async (path: string, method = 'GET') => {
        const response = await fetch(`${url}${path}`, { method });
        return { status: response.status, text: await response.text() };
      };
      assert.equal(await get('/healthz'), { status: 200, text: 'ok\n' });
      assert.equal(await get('/readyz'), { status: 503, text: 'WatchRule a/b is not synced yet\n' });
      reason = undefined;
      assert.equal(await get('/readyz'), { status: 200, text: 'ok\n' });
      assert.equal(await get('/healthz?verbose=1'), { status: 200, text: 'ok\n' });
      const metrics = await get('/metrics');
      assert.is(metrics.status, 200);
      assert.match(metrics.text, 'gitops_reverser_events_received_total');
      assert.is((await get('/')).status, 404);
      assert.is((await get('/metrics/')).status, 404);
      for (const method of ['POST', 'PUT', 'DELETE']) assert.is((await get('/metrics', method)).status, 405);
      assert.equal(await get('/healthz', 'HEAD'), { status: 200, text: '' });
    },
  );
});

test('startStatusServer: /healthz has no answer while the event loop is stuck, and one as soon as it is not', () =>
  withServer(
    () => undefined,
    async (url) => {
      const verdict = new Int32Array(new SharedArrayBuffer(4));
      const prober = new Worker(PROBER, { eval: true, workerData: { url: `${url}/healthz`, verdict } });
      try {
        // Nothing else runs on this thread until the probe has given up, or was answered.
        Atomics.wait(verdict, 0, 0);
        assert.is(Atomics.load(verdict, 0), GAVE_UP);
        assert.is((await fetch(`${url}/healthz`)).status, 200);
      } finally {
        await prober.terminate();
      }
    },
  ));

test('startStatusServer says when its address is taken', () =>
  withServer(
    () => undefined,
    async (_, port) => {
      const metrics = startMetrics();
      const error = await startStatusServer({ ...listen, port }, metrics, () => undefined).catch(
        (thrown) => thrown,
      );
      assert.instance(error, CodedError);
      assert.is(error.code, 'InvalidSpec');
      assert.match(error.message, `127.0.0.1:${port}`);
      await metrics.shutdown();
    },
  ));

test('StatusServer.close ends open connections too', async () => {
  const metrics = startMetrics();
  const server = await startStatusServer(listen, metrics, () => undefined);
  const response = await fetch(`http://127.0.0.1:${server.port}/healthz`);
  await response.text();
  await server.close();
  const refused = await fetch(`http://127.0.0.1:${server.port}/healthz`).catch(() => 'refused');
  assert.is(refused, 'refused');
  await metrics.shutdown();
});

test.run();
