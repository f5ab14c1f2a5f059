import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../errors.ts';
import { type Log, silentLog } from '../log.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../testing/otlp-receiver.ts';
import { poll } from '../testing/poll.ts';
import { startMetrics } from './metrics.ts';
import { otlpReaders } from './otlp.ts';

async function withReceiver(use: (receiver: OtlpReceiver) => Promise<void>): Promise<void> {
  const receiver = await startOtlpReceiver();
  try {
    await use(receiver);
  } finally {
    await receiver.close();
  }
}

const protocols = [
  ['http/protobuf', 'application/x-protobuf'],
  ['http/json', 'application/json'],
] as const;
for (const [protocol, contentType] of protocols) {
  test(`otlpReaders: a collector gets everything counted, as ${protocol}`, () =>
    withReceiver(async ({ url, received }) => {
      const environment = { OTEL_EXPORTER_OTLP_PROTOCOL: protocol };
      const metrics = startMetrics({ readers: otlpReaders(`${url}/`, environment, silentLog) });
      metrics.eventReceived({ kind: 'ConfigMap' });
      metrics.eventReceived({ kind: 'ConfigMap' });
      metrics.pushed(0.2, { outcome: 'ok' });
      metrics.changePushed(0.5, { namespace: 'team', name: 'audit' });
      // What was counted is sent at the end at the latest.
      await metrics.shutdown();
      const last = received.at(-1);
      assert.is(last?.contentType, contentType);
      assert.is(last?.resource['service.name'], 'gitops-reverser');
      const found = (name: string) => last?.metrics.find((metric) => metric.name === name);
      const events = found('gitops_reverser_events_received');
      assert.is(events?.kind, 'sum');
      assert.equal(
        events?.points.find(({ labels }) => labels.kind === 'ConfigMap'),
        { value: 2, labels: { kind: 'ConfigMap' } },
      );
      assert.equal(found('gitops_reverser_change_to_push_seconds'), {
        name: 'gitops_reverser_change_to_push_seconds',
        kind: 'histogram',
        points: [{ value: 1, labels: { namespace: 'team', name: 'audit' } }],
      });
      assert.is(found('process_resident_memory_bytes')?.kind, 'gauge');
    }));
}

test("otlpReaders: the specification's own variables name the collector, and what it wants to see", () =>
  withReceiver(async ({ url, received }) => {
    const environment = {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc',
      OTEL_RESOURCE_ATTRIBUTES: 'k8s.cluster.name=blue',
    };
    Object.assign(process.env, environment);
    try {
      await startMetrics({ readers: otlpReaders(undefined, process.env, silentLog) }).shutdown();
    } finally {
      for (const name of Object.keys(environment)) delete process.env[name];
    }
    const last = received.at(-1);
    assert.is(last?.headers.authorization, 'Bearer abc');
    assert.is(last?.resource['k8s.cluster.name'], 'blue');
  }));

test('otlpReaders: a collector that fails is told of once, and again when it works', () =>
  withReceiver(async ({ url, received, answerWith }) => {
    const lines: string[] = [];
    const keep = (message: string) => void lines.push(message);
    const log: Log = { ...silentLog, warn: keep, info: keep };
    answerWith(400);
    const environment = { OTEL_METRIC_EXPORT_INTERVAL: '20' };
    const metrics = startMetrics({ readers: otlpReaders(url, environment, log) });
    await poll(async () => lines.length > 0, { what: 'the warning' });
    answerWith(200);
    await poll(async () => received.length > 2, { what: 'metrics again' });
    await metrics.shutdown();
    assert.equal(lines, ['Metrics cannot be sent', 'Metrics are sent again']);
  }));

test('otlpReaders: nothing is sent unless an endpoint is named', () => {
  assert.equal(otlpReaders(undefined, {}, silentLog), []);
  assert.equal(otlpReaders(undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, silentLog), []);
});

const refused: readonly [endpoint: string | undefined, environment: Record<string, string>][] = [
  ['collector:4318', {}],
  [undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: 'nonsense' }],
  ['http://collector:4317', { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }],
];
for (const [endpoint, environment] of refused)
  test(`otlpReaders refuses ${endpoint} ${JSON.stringify(environment)}`, () =>
    assert.throws(
      () => otlpReaders(endpoint, environment, silentLog),
      (error: unknown) => error instanceof CodedError && error.code === 'InvalidSpec',
    ));

test.run();
