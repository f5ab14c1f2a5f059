import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { gitRepoConfigKind, watchRuleKind } from '../gen/kinds.ts';
import { DiscoveryLoop } from './capture/discovery-loop.ts';
import { systemClock } from './clock.ts';
import { messageOf } from './errors.ts';
import { EvidenceStore } from './identify/evidence-store.ts';
import { KubeClient } from './kube/client.ts';
import { openConnection } from './kube/connection.ts';
import type { KubeObject } from './kube/object.ts';
import type { ApiResource } from './kube/resource.ts';
import type { Log } from './log.ts';
import { clusterIdOf, ensureNamespace, ensureRedactionKey } from './operator-home.ts';
import type { ActiveRule } from './pipeline/active-rule.ts';
import type { TargetEvents } from './pipeline/commit-requests.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import { identifyFile } from './place/identify-file.ts';
import { placeInto } from './place/place-into.ts';
import type { BranchMetrics } from './push/branch-state.ts';
import { SharedBranches } from './push/shared-branches.ts';
import { Mirror } from './reconcile/mirror.ts';
import { Repositories } from './reconcile/repositories.ts';
import type { Repository } from './reconcile/repository.ts';
import { RuleReconciler } from './reconcile/rule-reconciler.ts';
import { EventRecorder } from './report/event-recorder.ts';
import { type Metrics, startMetrics } from './report/metrics.ts';
import { otlpReaders } from './report/otlp.ts';
import type { ListenAddress } from './server/listen-address.ts';
import { type StatusServer, startStatusServer } from './server/status-server.ts';
import { startWebhooks, type WebhookOptions, type Webhooks } from './webhooks.ts';

export interface OperatorOptions {
  /** Default: what the environment offers (`KUBECONFIG`, `~/.kube/config`, the Pod's service account). */
  readonly kubeconfig?: string;
  /** Holds the local clones. Losing it loses nothing that was pushed. */
  readonly dataDir: string;
  /** The operator's own namespace. */
  readonly namespace: string;
  readonly metricsListen: ListenAddress;
  /** Where metrics are sent by OTLP. Default: where the variables of OpenTelemetry say, if they do. */
  readonly otlpEndpoint?: string;
  /** Without, authors are not known. */
  readonly webhooks?: WebhookOptions;
  readonly allowLocalRepositories: boolean;
  readonly log: Log;
}

export interface Operator {
  /** Resolves with the reason when the operator cannot begin its work; it has to be started anew then. */
  readonly failed: Promise<unknown>;
  /** Port of `/metrics`, `/healthz` and `/readyz`. */
  readonly statusPort: number;
  /** Stop capturing, push what is committed, end. */
  stop(): Promise<void>;
}

const served = { namespaced: true, preferred: true } as const;
/** What tells that the set of served kinds may have changed. */
const CRDS: ApiResource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
  preferred: true,
};
const API_SERVICES: ApiResource = {
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  namespaced: false,
  preferred: true,
};

/**
 * Start the operator: wire the stages together and begin to follow GitRepoConfigs and WatchRules.
 * Resolves as soon as it serves `/healthz`; `/readyz` tells when it works. Throws `CodedError` for what has to be
 * mended before it can work at all.
 */
export async function startOperator(options: OperatorOptions): Promise<Operator> {
  const { log } = options;
  const clock = systemClock;
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const client = new KubeClient(await openConnection(options.kubeconfig));
  const metrics = startMetrics({ readers: otlpReaders(options.otlpEndpoint, process.env, log) });
  let notReady: () => string | undefined = () => 'starting';
  const stopping = new AbortController();
  const server: StatusServer = await startStatusServer(options.metricsListen, metrics, () => notReady());

  await ensureNamespace(client, options.namespace);
  const redactionKey = await ensureRedactionKey(client, options.namespace);
  const recorder = new EventRecorder(client, clock, log, hostname());

  // Rules and repositories refer to each other; what happens before both exist is nothing that they could miss.
  let rules: RuleReconciler | undefined;
  let webhooks: Webhooks | undefined;
  const onProgress = () => rules?.onProgress();
  const evidence = new EvidenceStore(clock, { onDropped: (reason) => metrics.evidenceDropped({ reason }) });
  const pipeline = new Pipeline(
    client,
    evidence,
    {
      onEvent: (resource, outcome) => {
        metrics.eventReceived({ kind: resource.kind });
        if (outcome !== 'Taken') metrics.eventProcessed({ outcome });
      },
      onFollowed: (resources) => webhooks?.setFollowed(resources),
      onProgress,
    },
    clock,
    log,
  );
  const branches = new SharedBranches({
    dataDir: options.dataDir,
    allowLocalRepositories: options.allowLocalRepositories,
    clusterId: await clusterIdOf(client),
    placeInto,
    identify: (_path, content) => identifyFile(content),
    clock,
    log,
  });
  const repositories = new Repositories(
    pipeline,
    {
      client,
      branches,
      allowLocalRepositories: options.allowLocalRepositories,
      redactionKey,
      recorder,
      targetEvents: ({ key, config }) => ({
        ...targetEvents(
          metrics,
          log.with({ gitRepoConfig: key }),
          (...warning) => rules?.warn(...warning),
          onProgress,
        ),
        onPushed: (happenedAtMs) =>
          metrics.changePushed(Math.max(0, clock.now() - happenedAtMs) / 1000, config.metadata),
      }),
      branchMetrics: ({ config }) => branchMetrics(metrics, config.metadata),
      onProgress,
      clock,
      log,
    },
    (key) => rules?.onRepository(key),
  );
  const isReviewed = (resource: ApiResource) => webhooks?.isAnswering(resource) ?? true;
  rules = new RuleReconciler({ pipeline, repositories, isReviewed, recorder, client, clock, log });
  metrics.observeWork(() => ({
    isReady: notReady() === undefined,
    repositories: repositoryStates(repositories.all),
    rules: rules?.readiness() ?? [],
    watches: pipeline.watches(),
    evidence: evidence.size,
    webhooks: webhooks && {
      isAnswering: webhooks.problem === undefined,
      certificateExpiresAtMs: webhooks.certificateExpiresAtMs,
    },
  }));

  const discovery = new DiscoveryLoop(client, (resources) => pipeline.setServed(resources), clock, log);
  const mirrors = [
    new Mirror(
      { ...served, ...gitRepoConfigKind },
      (key, object) => repositories.onConfig(key, object),
      client,
      clock,
      log,
    ),
    new Mirror(
      { ...served, ...watchRuleKind },
      (key, object) => rules?.onRule(key, object),
      client,
      clock,
      log,
    ),
    ...[CRDS, API_SERVICES].map(
      (resource) =>
        new Mirror(
          resource,
          servedChanged(() => discovery.trigger()),
          client,
          clock,
          log,
        ),
    ),
  ];
  const startWebhooksIfAny = async () => {
    if (options.webhooks === undefined) {
      return log.warn('Authors are not known: start with --webhook-url or --webhook-service');
    }
    webhooks = await startWebhooks(options.webhooks, {
      client,
      namespace: options.namespace,
      evidence,
      served: () => pipeline.served,
      allowLocalRepositories: options.allowLocalRepositories,
      metrics,
      onProgress,
      signal: stopping.signal,
      clock,
      log,
    });
  };
  let fail = (_error: unknown) => {};
  const failed = new Promise<unknown>((resolve) => {
    fail = resolve;
  });
  const starting = start(pipeline, discovery, startWebhooksIfAny, mirrors).then(
    () => {
      void repositories
        .sweep()
        .catch((error) => log.warn('Cannot remove clones', { reason: messageOf(error) }));
      notReady = () => webhooks?.problem ?? rules?.notSyncedReason();
      log.info('Operator started', { apiServer: client.host });
    },
    (error) => {
      notReady = () => messageOf(error);
      if (!stopping.signal.aborted) fail(error);
    },
  );

  return {
    failed,
    statusPort: server.port,
    async stop() {
      notReady = () => 'shutting down';
      stopping.abort();
      await Promise.all(mirrors.map((mirror) => mirror.stop()));
      await discovery.stop();
      await pipeline.stop();
      await repositories.stop();
      await rules?.stop();
      await starting;
      await webhooks?.stop();
      await server.close();
      await metrics.shutdown();
    },
  };
}

async function start(
  pipeline: Pipeline,
  discovery: DiscoveryLoop,
  startWebhooksIfAny: () => Promise<void>,
  mirrors: readonly Mirror[],
): Promise<void> {
  await pipeline.start();
  await discovery.start();
  // Before the rules: from the first change that they capture on, its author is known.
  await startWebhooksIfAny();
  for (const mirror of mirrors) await mirror.start();
}

/** Calls `trigger` when what a CRD or APIService serves may have changed, not on each status update of it. */
function servedChanged(trigger: () => void): (key: string, object: KubeObject | undefined) => void {
  const known = new Map<string, string>();
  return (key, object) => {
    const status = object?.status as
      | { readonly conditions?: readonly { type: string; status: string }[] }
      | undefined;
    const conditions = (status?.conditions ?? []).map(({ type, status }) => `${type}=${status}`);
    const seen =
      object === undefined ? undefined : `${object.metadata.uid} ${object.metadata.generation} ${conditions}`;
    if (known.get(key) === seen) return;
    if (seen === undefined) known.delete(key);
    else known.set(key, seen);
    trigger();
  };
}

function targetEvents(
  metrics: Metrics,
  log: Log,
  warn: (rules: readonly ActiveRule[], reason: string, note: string) => void,
  onProgress: () => void,
): TargetEvents {
  return {
    onCommitted(rules, { sha, request, attribution }) {
      for (const rule of rules) rule.commits++;
      metrics.eventProcessed({ outcome: 'Committed' });
      if (attribution?.kind === 'unknown')
        metrics.unattributed({ reason: attribution.reason ?? 'NoEvidence' });
      const [file] = request.files;
      log.info('Committed', {
        commit: sha,
        author: request.author.name,
        path: file?.path,
        files: request.files.length,
      });
      onProgress();
    },
    onUnchanged: () => metrics.eventProcessed({ outcome: 'Unchanged' }),
    onDropped(rules, paths) {
      for (const rule of rules) rule.dropped++;
      metrics.eventProcessed({ outcome: 'Dropped' });
      warn(rules, 'GitWins', `A change was dropped, the branch has a newer commit: ${paths.join(', ')}`);
      onProgress();
    },
    onRefused(rules, path, reason) {
      metrics.eventProcessed({ outcome: 'Refused' });
      warn(rules, 'FileNotRecognized', `${path} ${reason}`);
    },
  };
}

function branchMetrics(
  metrics: Metrics,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): BranchMetrics {
  metrics.repositoryKnown({ namespace, name });
  return {
    gitOperation: (operation, outcome) => metrics.gitOperation({ operation, outcome }),
    push: (outcome, durationMs) => metrics.pushed(durationMs / 1000, { outcome }),
    queueSize() {},
    dropped: () => metrics.dropped({ namespace, name }),
  };
}

function* repositoryStates(repositories: Iterable<Repository>) {
  for (const { config, isReady, lastPushTimeMs, pendingCommits } of repositories)
    yield { labels: config.metadata, isReady, lastPushTimeMs, pendingCommits };
}
