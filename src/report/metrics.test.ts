import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EVENT_OUTCOMES, type Metrics, startMetrics } from './metrics.ts';
import type { WorkState } from './observe-work.ts';

const audit = { namespace: 'team', name: 'audit' };
const repository = (pendingCommits: number) => ({
  labels: audit,
  isReady: true,
  lastPushTimeMs: 8_000,
  pendingCommits,
});
const idle: WorkState = {
  isReady: false,
  repositories: [],
  rules: [],
  watches: [],
  evidence: { waiting: 0, deletions: 0, bytes: 0 },
  webhooks: undefined,
};

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
  metrics.observeWork(() => ({ ...idle, repositories: [repository(7)] }));
  metrics.changePushed(3, audit);
  metrics.evidenceDropped({ reason: 'Full' });
  metrics.unattributed({ reason: 'NoEvidence' });
  metrics.coalesced({ reason: 'Loop' });
  const text = await scrape(metrics);
  const cases: [string, Record<string, number>][] = [
    ['gitops_reverser_events_received_total', { 'kind="ConfigMap"': 2, 'kind="Secret"': 1 }],
    ['gitops_reverser_events_processed_total', { 'outcome="Committed"': 1 }],
    ['gitops_reverser_git_operations_total', { 'operation="fetch",outcome="ok"': 1 }],
    ['gitops_reverser_git_push_duration_seconds_count', { 'outcome="ok"': 2 }],
    ['gitops_reverser_git_push_duration_seconds_sum', { 'outcome="ok"': 400.2 }],
    ['gitops_reverser_git_commit_queue_size', { 'name="audit",namespace="team"': 7 }],
    ['gitops_reverser_change_to_push_seconds_sum', { 'name="audit",namespace="team"': 3 }],
    ['gitops_reverser_evidence_dropped_total', { 'reason="Full"': 1 }],
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

test('startMetrics: how the work stands is read at each scrape', async () => {
  const metrics = startMetrics({ clock: { now: () => 10_000 } });
  let work: WorkState = idle;
  metrics.observeWork(() => work);
  const seen = async () => {
    const text = await scrape(metrics);
    return (name: string) => valuesOf(text, `gitops_reverser_${name}`);
  };
  const before = await seen();
  assert.equal(before('ready'), { '': 0 });
  assert.equal(before('watches'), { 'state="Failing"': 0, 'state="Watching"': 0 });
  // What there is nothing to tell of has no series, rather than a zero that looks like bad news.
  for (const name of ['repository_ready', 'git_last_push_timestamp_seconds', 'webhook_answering'])
    assert.equal(before(name), {}, name);
  work = {
    isReady: true,
    repositories: [
      repository(3),
      { ...repository(0), labels: { namespace: 'team', name: 'off' }, isReady: undefined },
    ],
    rules: [
      { ready: 'True', reason: 'Capturing' },
      { ready: 'True', reason: 'Capturing' },
      { ready: 'False', reason: 'Forbidden' },
    ],
    watches: [
      { resource: 'deployments.apps', isFailing: false, heardAtMs: 9_000 },
      { resource: 'secrets', isFailing: true, heardAtMs: 4_000 },
    ],
    evidence: { waiting: 5, deletions: 2, bytes: 700 },
    webhooks: { isAnswering: false, certificateExpiresAtMs: 60_000 },
  };
  const after = await seen();
  const cases: [string, Record<string, number>][] = [
    ['ready', { '': 1 }],
    ['git_commit_queue_size', { 'name="audit",namespace="team"': 3, 'name="off",namespace="team"': 0 }],
    ['repository_ready', { 'name="audit",namespace="team"': 1 }],
    [
      'git_last_push_timestamp_seconds',
      { 'name="audit",namespace="team"': 8, 'name="off",namespace="team"': 8 },
    ],
    ['watch_rules', { 'ready="False",reason="Forbidden"': 1, 'ready="True",reason="Capturing"': 2 }],
    ['watch_age_seconds', { 'resource="deployments.apps"': 1, 'resource="secrets"': 6 }],
    ['watches', { 'state="Failing"': 1, 'state="Watching"': 1 }],
    ['evidence_size', { 'kind="Deletions"': 2, 'kind="Waiting"': 5 }],
    ['evidence_bytes', { '': 700 }],
    ['webhook_answering', { '': 0 }],
    ['webhook_certificate_expiry_timestamp_seconds', { '': 60 }],
  ];
  for (const [name, values] of cases) assert.equal(after(name), values, name);
  await metrics.shutdown();
});

test('startMetrics: a drop counts from zero, so that the first is an increase', async () => {
  const metrics = startMetrics();
  metrics.repositoryKnown(audit);
  const drops = async () => valuesOf(await scrape(metrics), 'gitops_reverser_changes_dropped_total');
  assert.equal(await drops(), { 'name="audit",namespace="team"': 0 });
  metrics.dropped(audit);
  assert.equal(await drops(), { 'name="audit",namespace="team"': 1 });
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
