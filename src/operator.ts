import { realpath, rmdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { gitRepoConfigKind, watchRuleKind } from '../gen/kinds.ts';
import { DiscoveryLoop } from './capture/discovery-loop.ts';
import { claimDataDir } from './claim-data-dir.ts';
import { systemClock } from './clock.ts';
import { type CodedError, messageOf } from './errors.ts';
import { privateParentOf, sweepPrivateParent } from './git/private-folder.ts';
import { EvidenceStore } from './identify/evidence-store.ts';
import { KubeClient } from './kube/client.ts';
import { openConnection } from './kube/connection.ts';
import type { ApiResource } from './kube/resource.ts';
import type { Log } from './log.ts';
import { beginsNote, endsNote, recreatedNote } from './noise/describe-noise.ts';
import { clusterIdOf, ensureNamespace, ensureRedactionKey } from './operator-home.ts';
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
import { mirrorServedKinds } from './reconcile/served-kinds.ts';
import { beginTerm } from './replicas/last-term.ts';
import { type ReplicaOptions, Replicas } from './replicas/replicas.ts';
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
  /** One of several replicas, of which one leads. Default: the only one. */
  readonly replicas?: ReplicaOptions;
  readonly allowLocalRepositories: boolean;
  readonly log: Log;
}

export interface Operator {
  /** Resolves with the reason when the operator cannot begin its work; it has to be started anew then. */
  readonly failed: Promise<unknown>;
  /** Resolves with the reason when another replica leads: the process has to end at once, without `stop`. */
  readonly deposed: Promise<CodedError>;
  /** Port of `/metrics`, `/healthz` and `/readyz`. */
  readonly statusPort: number;
  /** Stop capturing, push what is committed, end. */
  stop(): Promise<void>;
}

const served = { namespaced: true, preferred: true } as const;
/**
 * Start the operator: wire the stages together and begin to follow GitRepoConfigs and WatchRules.
 * Resolves as soon as it serves `/healthz`; `/readyz` tells when it works. Throws `CodedError` for what has to be
 * mended before it can work at all.
 */
export async function startOperator(options: OperatorOptions): Promise<Operator> {
  const { log } = options;
  const clock = systemClock;
  const claim = await claimDataDir(options.dataDir, log);
  const client = new KubeClient(await openConnection(options.kubeconfig));
  const metrics = startMetrics({ readers: otlpReaders(options.otlpEndpoint, process.env, log) });
  let notReady: () => string | undefined = () => 'starting';
  const stopping = new AbortController();
  const server: StatusServer = await startStatusServer(options.metricsListen, metrics, () => notReady());
  // What is there now is of an operator that ended: this data directory is claimed.
  const privateDir = privateParentOf(await realpath(options.dataDir));
  await sweepPrivateParent(privateDir, log);

  await ensureNamespace(client, options.namespace);
  const redactionKey = await ensureRedactionKey(client, options.namespace);
  const recorder = new EventRecorder(client, clock, log, hostname());

  const replicas =
    options.replicas === undefined
      ? undefined
      : new Replicas(options.replicas, {
          client,
          namespace: options.namespace,
          key: redactionKey,
          recorder,
          metrics,
          clock,
          log,
        });

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
    privateDir,
    allowLocalRepositories: options.allowLocalRepositories,
    clusterId: await clusterIdOf(client),
    ...(replicas === undefined ? {} : { mayPush: () => replicas.isLeader }),
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
        ...targetEvents(metrics, log.with({ gitRepoConfig: key }), () => rules, onProgress),
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
  const servedMirrors = mirrorServedKinds(() => discovery.trigger(), client, clock, log);
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
      ...(replicas === undefined
        ? {}
        : { share: (message) => replicas.share(message), replicaToken: replicas.token }),
      onProgress,
      signal: stopping.signal,
      clock,
      log,
    });
  };
  notReady = () => [...servedMirrors, ...mirrors].find(({ problem }) => problem)?.problem ?? 'starting';
  let fail = (_error: unknown) => {};
  const failed = new Promise<unknown>((resolve) => {
    fail = resolve;
  });
  const start = async () => {
    await pipeline.start();
    await discovery.start();
    // Before the rules: from the first change that they capture on, its author is known.
    await startWebhooksIfAny();
    for (const mirror of servedMirrors) await mirror.start();
    if (replicas !== undefined) {
      await replicas.standBy(webhooks, stopping.signal);
      // What a Service needs to know: reviews that come here reach the leader, also while that gets to work.
      notReady = () => webhooks?.servingProblem;
      log.info('Standing by', { apiServer: client.host });
      const term = await replicas.elected(stopping.signal);
      if (term === undefined) return;
      if (!(await beginTerm(options.dataDir, term))) await branches.forgetAll();
    }
    await webhooks?.register();
    for (const mirror of mirrors) await mirror.start();
  };
  const starting = start().then(
    () => {
      if (stopping.signal.aborted) return;
      void repositories
        .sweep()
        .catch((error) => log.warn('Cannot remove clones', { reason: messageOf(error) }));
      if (replicas === undefined) notReady = () => webhooks?.problem ?? rules?.notSyncedReason();
      log.info('Operator started', { apiServer: client.host });
    },
    (error) => {
      notReady = () => messageOf(error);
      if (!stopping.signal.aborted) fail(error);
    },
  );

  return {
    failed,
    deposed: replicas?.lost ?? new Promise(() => {}),
    statusPort: server.port,
    async stop() {
      notReady = () => 'shutting down';
      stopping.abort();
      if (replicas !== undefined) webhooks?.retire();
      await Promise.all([...servedMirrors, ...mirrors].map((mirror) => mirror.stop()));
      await discovery.stop();
      await pipeline.stop();
      await repositories.stop();
      await rules?.stop();
      await starting;
      await replicas?.release();
      await webhooks?.stop();
      await replicas?.stop();
      await server.close();
      await metrics.shutdown();
      // With credentials that could not be removed it stays, for the next one.
      await rmdir(privateDir).catch(() => {});
      await claim.release();
    },
  };
}

function targetEvents(
  metrics: Metrics,
  log: Log,
  reconciler: () => RuleReconciler | undefined,
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
      reconciler()?.warn(
        rules,
        'GitWins',
        `A change was dropped, the branch has a newer commit: ${paths.join(', ')}`,
      );
      onProgress();
    },
    onRefused(rules, path, reason) {
      metrics.eventProcessed({ outcome: 'Refused' });
      reconciler()?.warn(rules, 'FileNotRecognized', `${path} ${reason}`);
    },
    onNoise(rules, object) {
      const { identity, noise } = object;
      log.info('Changes are held back as noise', {
        ...identity,
        reason: noise.reason,
        writers: noise.writers,
      });
      const reason = noise.reason === 'Loop' ? 'LoopDetected' : 'ChangesCoalesced';
      reconciler()?.noted(rules, 'Warning', reason, (rule) => beginsNote(object, rule));
    },
    onQuiet(rules, object, changes) {
      log.info('Changes are not held back any more', { ...object.identity, coalesced: changes });
      const reason = object.noise.reason === 'Loop' ? 'LoopEnded' : 'Quiet';
      reconciler()?.noted(rules, 'Normal', reason, () => endsNote(object, changes));
    },
    onRecreated(rules, identity, recreation) {
      log.info('Two writers delete and create an object, again and again', { ...identity, ...recreation });
      reconciler()?.noted(rules, 'Warning', 'RecreatedInALoop', () => recreatedNote(identity, recreation));
    },
    onCoalesced(reason) {
      metrics.coalesced({ reason });
      metrics.eventProcessed({ outcome: 'Coalesced' });
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
