import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EVENT_OUTCOMES, type Metrics, startMetrics } from './metrics.ts';

async function scrape(metrics: Metrics): Promise<string> {
  const server = createServer((request: IncomingMessage, response: ServerResponse) =>
    metrics.handleScrape(request, response),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`);
    assert.is(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', 'text/plain');
    return await response.text();
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** Values of a metric by its labels, without those that OpenTelemetry adds. */
function valuesOf(text: string, name: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return Object.fromEntries(
    lines.map((line) => {
      const [, labels = '', value] = /^[a-z_]+(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
      const own = labels.split(',').filter((label) => label !== '' && !label.startsWith('otel_scope_'));
      return [own.sort().join(','), Number(value)];
    }),
  );
}

test('startMetrics: a scrape has the names of the contract, with what was counted', async () => {
  const metrics = startMetrics();
  metrics.eventReceived({ kind: 'ConfigMap' });
  metrics.eventReceived({ kind: 'ConfigMap' });
  metrics.eventReceived({ kind: 'Secret' });
  metrics.eventProcessed({ outcome: 'Committed' });
  metrics.gitOperation({ operation: 'fetch', outcome: 'ok' });
  metrics.pushed(0.2, { outcome: 'ok' });
  metrics.pushed(400, { outcome: 'ok' });
  metrics.observeQueue(() => [{ size: 7, labels: { gitrepoconfig: 'a/b' } }]);
  metrics.unattributed({ reason: 'NoEvidence' });
  metrics.coalesced({ reason: 'Loop' });
  const text = await scrape(metrics);
  const cases: [string, Record<string, number>][] = [
    ['gitops_reverser_events_received_total', { 'kind="ConfigMap"': 2, 'kind="Secret"': 1 }],
    ['gitops_reverser_events_processed_total', { 'outcome="Committed"': 1 }],
    ['gitops_reverser_git_operations_total', { 'operation="fetch",outcome="ok"': 1 }],
    ['gitops_reverser_git_push_duration_seconds_count', { 'outcome="ok"': 2 }],
    ['gitops_reverser_git_push_duration_seconds_sum', { 'outcome="ok"': 400.2 }],
    ['gitops_reverser_git_commit_queue_size', { 'gitrepoconfig="a/b"': 7 }],
    ['gitops_reverser_unattributed_total', { 'reason="NoEvidence"': 1 }],
    ['gitops_reverser_changes_coalesced_total', { 'reason="Loop"': 1 }],
  ];
  for (const [name, values] of cases) assert.equal(counted(valuesOf(text, name)), values, name);
  assert.match(text, '# TYPE gitops_reverser_events_received_total counter');
  assert.match(text, '# TYPE gitops_reverser_git_push_duration_seconds histogram');
  assert.match(text, '# TYPE gitops_reverser_git_commit_queue_size gauge');
  await metrics.shutdown();
});

/** Without the zeros that counters begin with. */
function counted(values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value > 0));
}

test('startMetrics: counters are there from the start, for alerts on rates', async () => {
  const metrics = startMetrics();
  const text = await scrape(metrics);
  assert.equal(
    Object.keys(valuesOf(text, 'gitops_reverser_events_processed_total')),
    EVENT_OUTCOMES.map((outcome) => `outcome="${outcome}"`),
  );
  assert.equal(valuesOf(text, 'gitops_reverser_git_operations_total'), {
    'operation="fetch",outcome="ok"': 0,
    'operation="push",outcome="ok"': 0,
  });
  await metrics.shutdown();
});

test('startMetrics: the queue is read at each scrape', async () => {
  const metrics = startMetrics();
  let size = 3;
  metrics.observeQueue(() => [{ size, labels: { gitrepoconfig: 'a/b' } }]);
  const queue = async () => valuesOf(await scrape(metrics), 'gitops_reverser_git_commit_queue_size');
  assert.equal(await queue(), { 'gitrepoconfig="a/b"': 3 });
  size = 0;
  assert.equal(await queue(), { 'gitrepoconfig="a/b"': 0 });
  await metrics.shutdown();
});

test('startMetrics: two sets do not share anything', async () => {
  const one = startMetrics();
  const other = startMetrics();
  one.eventReceived({ kind: 'ConfigMap' });
  assert.equal(valuesOf(await scrape(other), 'gitops_reverser_events_received_total'), { '': 0 });
  await one.shutdown();
  await other.shutdown();
});

test.run();
