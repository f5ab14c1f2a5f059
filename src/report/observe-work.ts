import type { Attributes, Meter, ObservableGauge } from '@opentelemetry/api';

/** Which GitRepoConfig a series is of. */
export interface RepositoryLabels {
  readonly namespace: string;
  readonly name: string;
}

/** What is read at each scrape: how the work stands now. Each is left out while there is nothing to tell. */
export interface WorkState {
  /** Do `/readyz` and its like say that everything works? */
  readonly isReady: boolean;
  readonly repositories: Iterable<{
    readonly labels: RepositoryLabels;
    /** Undefined while it is suspended. */
    readonly isReady: boolean | undefined;
    /** Milliseconds since the Unix epoch; null: this process pushed nothing yet. */
    readonly lastPushTimeMs: number | null;
    /** Commits that wait to be made or pushed. */
    readonly pendingCommits: number;
  }>;
  /** The Ready condition of each WatchRule. */
  readonly rules: Iterable<{ readonly ready: string; readonly reason: string }>;
  readonly watches: Iterable<{
    /** As kubectl names it, such as `deployments.apps`. */
    readonly resource: string;
    readonly isFailing: boolean;
    /** When everything that the API server had told was dealt with, in milliseconds since the Unix epoch. */
    readonly heardAtMs: number;
  }>;
  readonly evidence: { readonly waiting: number; readonly deletions: number; readonly bytes: number };
  /** Undefined where there are no webhooks. */
  readonly webhooks:
    | { readonly isAnswering: boolean; readonly certificateExpiresAtMs: number | undefined }
    | undefined;
}

/** Gauges of how the work stands, read at each scrape. Their labels name GitRepoConfigs and kinds at most. */
export function observeWork(meter: Meter, read: () => WorkState, nowMs: () => number): void {
  const gauge = (name: string, description: string) =>
    meter.createObservableGauge(`gitops_reverser_${name}`, { description });
  const gauges = {
    ready: gauge('ready', '1 while everything works that can, as /readyz tells.'),
    queue: gauge('git_commit_queue_size', 'Commits that wait to be made or pushed, by GitRepoConfig.'),
    repositoryReady: gauge(
      'repository_ready',
      '1 while the remote can be pushed to, 0 while not, by GitRepoConfig. None for one that is suspended.',
    ),
    lastPush: gauge(
      'git_last_push_timestamp_seconds',
      'When the last push succeeded, by GitRepoConfig. None before the first of this process.',
    ),
    rules: gauge('watch_rules', 'WatchRules, by their Ready condition and its reason.'),
    watchAge: gauge(
      'watch_age_seconds',
      'Time since the watch of a resource last told something that was dealt with, at least a bookmark.',
    ),
    watches: gauge('watches', 'Watches, by state.'),
    evidence: gauge('evidence_size', 'Reviews whose change did not come yet, and deletions remembered.'),
    evidenceBytes: gauge('evidence_bytes', 'Estimate of the memory that evidence takes.'),
    answering: gauge('webhook_answering', '1 while the API server is seen to call the webhooks.'),
    expiry: gauge(
      'webhook_certificate_expiry_timestamp_seconds',
      'When the certificate that the webhooks serve expires.',
    ),
  };
  meter.addBatchObservableCallback((result) => {
    const set = (of: ObservableGauge, value: number, labels: Attributes = {}) =>
      result.observe(of, value, labels);
    const work = read();
    set(gauges.ready, Number(work.isReady));
    for (const { labels, isReady, lastPushTimeMs, pendingCommits } of work.repositories) {
      const { namespace, name } = labels;
      set(gauges.queue, pendingCommits, { namespace, name });
      if (isReady !== undefined) set(gauges.repositoryReady, Number(isReady), { namespace, name });
      if (lastPushTimeMs !== null) set(gauges.lastPush, lastPushTimeMs / 1000, { namespace, name });
    }
    for (const [labels, count] of counted(work.rules)) set(gauges.rules, count, labels);
    let failing = 0;
    let watching = 0;
    for (const { resource, isFailing, heardAtMs } of work.watches) {
      if (isFailing) failing++;
      else watching++;
      set(gauges.watchAge, Math.max(0, nowMs() - heardAtMs) / 1000, { resource });
    }
    set(gauges.watches, watching, { state: 'Watching' });
    set(gauges.watches, failing, { state: 'Failing' });
    set(gauges.evidence, work.evidence.waiting, { kind: 'Waiting' });
    set(gauges.evidence, work.evidence.deletions, { kind: 'Deletions' });
    set(gauges.evidenceBytes, work.evidence.bytes);
    if (work.webhooks === undefined) return;
    const { isAnswering, certificateExpiresAtMs } = work.webhooks;
    set(gauges.answering, Number(isAnswering));
    if (certificateExpiresAtMs !== undefined) set(gauges.expiry, certificateExpiresAtMs / 1000);
  }, Object.values(gauges));
}

function counted(rules: WorkState['rules']): Iterable<[{ ready: string; reason: string }, number]> {
  const counts = new Map<string, [{ ready: string; reason: string }, number]>();
  for (const { ready, reason } of rules) {
    const known = counts.get(`${ready} ${reason}`);
    counts.set(`${ready} ${reason}`, [{ ready, reason }, (known?.[1] ?? 0) + 1]);
  }
  return counts.values();
}
