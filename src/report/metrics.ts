import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, type MetricReader } from '@opentelemetry/sdk-metrics';
import packageJson from '../../package.json' with { type: 'json' };
import { type Clock, systemClock } from '../clock.ts';
import { NOISE_REASONS, type NoiseReason } from '../noise/noise-guard.ts';
import { observeProcess } from './observe-process.ts';
import { observeWork, type RepositoryLabels, type WorkState } from './observe-work.ts';
import { Tally } from './tally.ts';

/** What is measured. Labels are of bounded cardinality: no object names, no users. */
export interface Metrics {
  /** A watch event came in. */
  eventReceived(labels: { readonly kind: string }): void;
  /** A watch event was dealt with: committed, unchanged, unselected, dropped, refused, coalesced. */
  eventProcessed(labels: { readonly outcome: EventOutcome }): void;
  /** A git operation ended: `operation` is fetch, push, commit …, `outcome` is success or an error code. */
  gitOperation(labels: { readonly operation: string; readonly outcome: string }): void;
  /** A push took this long. */
  pushed(seconds: number, labels: { readonly outcome: string }): void;
  /** A change was committed without evidence of its author. */
  unattributed(labels: { readonly reason: string }): void;
  /** A change was not committed, because the branch has a later commit of somebody else. */
  dropped(labels: RepositoryLabels): void;
  /** A change has no commit of its own: a later one of the same object stands for it. */
  coalesced(labels: { readonly reason: NoiseReason }): void;
  /** The commit of a change is on the remote, this long after the change happened. */
  changePushed(seconds: number, labels: RepositoryLabels): void;
  /** A GitRepoConfig is at work: what is counted for it begins with 0. */
  repositoryKnown(labels: RepositoryLabels): void;
  /** Evidence that no change had claimed was dropped. */
  evidenceDropped(labels: { readonly reason: EvidenceDropReason }): void;
  /** An admission review was answered. */
  reviewed(seconds: number, labels: { readonly path: string; readonly outcome: string }): void;
  /** A request to the webhooks was turned away as garbage. */
  reviewRefused(labels: { readonly reason: string }): void;
  /** So many messages to another replica were sent in time, late, or dropped. */
  relayed(messages: number, labels: { readonly outcome: string }): void;
  /** Called at each scrape: does this replica lead? */
  observeLeader(isLeader: () => boolean): void;
  /** Called at each scrape: how the work stands. */
  observeWork(read: () => WorkState): void;
  /** Answer a scrape in Prometheus text format. */
  handleScrape(request: IncomingMessage, response: ServerResponse): void;
  shutdown(): Promise<void>;
}

export const EVENT_OUTCOMES = [
  'Committed',
  'Unchanged',
  'Unselected',
  'Dropped',
  'Refused',
  'Coalesced',
] as const;
export type EventOutcome = (typeof EVENT_OUTCOMES)[number];

const UNKNOWN_REASONS = ['NoEvidence', 'Evicted', 'Ambiguous', 'DigestMismatch', 'VersionMismatch'] as const;
const EVIDENCE_DROP_REASONS = ['Full', 'Expired'] as const;
type EvidenceDropReason = (typeof EVIDENCE_DROP_REASONS)[number];

const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export interface MetricsOptions {
  /** Others who are told, beside Prometheus. */
  readonly readers?: readonly MetricReader[];
  readonly clock?: Pick<Clock, 'now'>;
}

/** On a shutdown, what was counted since has this long to be told to those who do not scrape. */
const SHUTDOWN_MS_MAX = 3_000;

/** Metrics by OpenTelemetry, with a Prometheus exposition. Names are part of the contract. */
export function startMetrics({ readers = [], clock = systemClock }: MetricsOptions = {}): Metrics {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const resource = resourceFromAttributes({
    'service.name': packageJson.name,
    'service.version': packageJson.version,
    'service.instance.id': hostname(),
  }).merge(detectResources({ detectors: [envDetector] }));
  const provider = new MeterProvider({ resource, readers: [exporter, ...readers] });
  const meter = provider.getMeter('gitops-reverser');
  // The exporter appends `_total` to counters.
  // These move with every event of every watch: counted here, and handed over at a scrape.
  const received = new Tally();
  meter
    .createObservableCounter('gitops_reverser_events_received', {
      description: 'Watch events received from the API server.',
    })
    .addCallback((result) =>
      received.observe((count, kind) => result.observe(count, kind === '' ? {} : { kind })),
    );
  const processed = new Tally();
  meter
    .createObservableCounter('gitops_reverser_events_processed', {
      description: 'Watch events dealt with, by outcome.',
    })
    .addCallback((result) => processed.observe((count, outcome) => result.observe(count, { outcome })));
  const operations = meter.createCounter('gitops_reverser_git_operations', {
    description: 'Git operations, by operation and outcome.',
  });
  const push = meter.createHistogram('gitops_reverser_git_push_duration_seconds', {
    description: 'Duration of pushes.',
    advice: { explicitBucketBoundaries: SECONDS },
  });
  const unattributed = meter.createCounter('gitops_reverser_unattributed', {
    description: 'Changes committed with an unknown author, by reason.',
  });
  const dropped = meter.createCounter('gitops_reverser_changes_dropped', {
    description: 'Changes not committed because Git has a later commit of the file, by GitRepoConfig.',
  });
  const coalesced = meter.createCounter('gitops_reverser_changes_coalesced', {
    description:
      'Changes without a commit of their own, because a later change of the same object stands for them.',
  });
  const reviews = meter.createHistogram('gitops_reverser_review_duration_seconds', {
    description: 'Time to answer an admission review.',
    advice: { explicitBucketBoundaries: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5] },
  });
  const reviewsRefused = meter.createCounter('gitops_reverser_reviews_refused', {
    description: 'Requests to the webhooks that were no admission reviews, by reason.',
  });
  const relayed = meter.createCounter('gitops_reverser_replica_messages', {
    description: 'Evidence told to other replicas, by outcome.',
  });
  const leader = meter.createObservableGauge('gitops_reverser_leader', {
    description: '1 where this replica leads, 0 where it stands by.',
  });
  const changePushed = meter.createHistogram('gitops_reverser_change_to_push_seconds', {
    description: 'From a change in the cluster to the end of the push that carried it, by GitRepoConfig.',
    advice: { explicitBucketBoundaries: SECONDS },
  });
  const evidenceDropped = meter.createCounter('gitops_reverser_evidence_dropped', {
    description: 'Evidence dropped before a change claimed it, for want of room or because it was too old.',
  });
  observeProcess(meter);
  // A counter is exported from its first value on: begin with 0, so that alerts on rates work from the start.
  received.add('', 0);
  for (const outcome of EVENT_OUTCOMES) processed.add(outcome, 0);
  for (const reason of NOISE_REASONS) coalesced.add(0, { reason });
  for (const operation of ['fetch', 'push']) operations.add(0, { operation, outcome: 'ok' });
  for (const reason of UNKNOWN_REASONS) unattributed.add(0, { reason });
  for (const reason of EVIDENCE_DROP_REASONS) evidenceDropped.add(0, { reason });
  return {
    eventReceived: ({ kind }) => received.add(kind, 1),
    eventProcessed: ({ outcome }) => processed.add(outcome, 1),
    gitOperation: (labels) => operations.add(1, labels),
    pushed: (seconds, labels) => push.record(seconds, labels),
    dropped: ({ namespace, name }) => dropped.add(1, { namespace, name }),
    coalesced: (labels) => coalesced.add(1, labels),
    reviewed: (seconds, labels) => reviews.record(seconds, labels),
    reviewRefused: (labels) => reviewsRefused.add(1, labels),
    unattributed: (labels) => unattributed.add(1, labels),
    relayed: (messages, labels) => relayed.add(messages, labels),
    observeLeader: (isLeader) => leader.addCallback((result) => result.observe(isLeader() ? 1 : 0)),
    changePushed: (seconds, { namespace, name }) => changePushed.record(seconds, { namespace, name }),
    repositoryKnown: ({ namespace, name }) => dropped.add(0, { namespace, name }),
    evidenceDropped: (labels) => evidenceDropped.add(1, labels),
    observeWork: (read) => observeWork(meter, read, () => clock.now()),
    handleScrape: (request, response) => exporter.getMetricsRequestHandler(request, response),
    shutdown: () => provider.shutdown({ timeoutMillis: SHUTDOWN_MS_MAX }).catch(() => {}),
  };
}
