import { gitRepoConfigKind } from '../../gen/kinds.ts';
import type { GitRepoConfig, GitRepoConfigStatus } from '../../gen/model.ts';
import type { Clock } from '../clock.ts';
import type { CommitRequest } from '../commit/commit-request.ts';
import { type CompiledTemplate, compileTemplate } from '../commit/message.ts';
import { apiErrorOf, CodedError, messageOf } from '../errors.ts';
import { parseRemoteUrl } from '../git/remote-url.ts';
import type { KubeClient } from '../kube/client.ts';
import { isJsonObject } from '../kube/json.ts';
import { restPath } from '../kube/resource.ts';
import type { Log } from '../log.ts';
import type { Branch } from '../pipeline/branch.ts';
import type { TargetEvents } from '../pipeline/commit-requests.ts';
import { Target } from '../pipeline/target.ts';
import { validatePrefix } from '../place/path.ts';
import type { BranchMetrics, BranchState } from '../push/branch-state.ts';
import type { BranchWorker } from '../push/branch-worker.ts';
import type { BranchLease, BranchPlace, SharedBranches } from '../push/shared-branches.ts';
import type { EventRecorder, Regarding } from '../report/event-recorder.ts';
import { StatusWriter } from '../report/status-writer.ts';
import { deriveRepositoryKey } from '../sanitize/fingerprint.ts';
import { compileSensitiveKinds, type SensitiveKinds } from '../sanitize/sensitive-kinds.ts';
import { durationMs } from './duration.ts';
import { type RepositoryFacts, repositoryStatus } from './repository-status.ts';

/** A Secret is read again this often: soon while something is wrong, seldom otherwise. */
const SECRET_CHECK_FAILING_MS = 2_000;
const SECRET_CHECK_MS = 60_000;
/** What others push is taken in this often while there is nothing to push, so that the known tree stays current. */
const REMOTE_CHECK_MS = 300_000;
/** What is committed when a configuration changes or goes is given this long to be pushed. */
const DRAIN_MS = 10_000;
/** The same for a remote that fails at that time: a last try. */
const DRAIN_FAILING_MS = 3_000;
const REWRITTEN =
  'Commits that the branch had are gone: somebody rewrote it. It is compared with the cluster, and what differs is committed on top.';

const LOST =
  'The local clone was damaged, and commits that were not pushed yet could not be read. It is made anew and compared with the cluster; what differs is committed.';

export interface RepositoryContext {
  readonly client: KubeClient;
  readonly branches: SharedBranches;
  readonly allowLocalRepositories: boolean;
  readonly redactionKey: Buffer;
  readonly recorder: EventRecorder;
  readonly targetEvents: (repository: Repository) => TargetEvents;
  readonly branchMetrics: (repository: Repository) => BranchMetrics;
  /** The repository can now be committed to, or no longer. */
  readonly onTarget: (repository: Repository) => void;
  /** Somebody rewrote the branch. */
  readonly onRewritten: (repository: Repository) => void;
  readonly onProgress: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * One GitRepoConfig at work: its clone, its branch worker, its target and its status.
 *
 * A spec that asks for another place or form of commits ends this one and begins another (`Repositories`);
 * the data of its Secret and push settings change live.
 */
export class Repository {
  /** `namespace/name` of the GitRepoConfig. */
  readonly key: string;
  readonly #context: RepositoryContext;
  readonly #log: Log;
  readonly #statusWriter: StatusWriter<GitRepoConfigStatus>;
  readonly #abort = new AbortController();
  /** Dropped by earlier lives of the GitRepoConfig: its status, which this one writes, is read only once. */
  readonly #droppedBefore: number;
  readonly #before: BranchPlace | undefined;
  /** When the configuration became this one: what changes later is a change, and nothing that existed before. */
  readonly configured: { readonly changedVersion: string; readonly changedAtMs: number };
  #config: GitRepoConfig;
  #lease: BranchLease | undefined;
  #target: Target | undefined;
  #stop: RepositoryFacts['stop'];
  #secretVersion = '';
  #lastError: string | undefined;
  #rewritesSeen = 0;
  #lossesSeen = 0;
  #failureSeen: AbortController | undefined;
  #running: Promise<void> | undefined;
  readonly #listening: (() => void)[] = [];

  /** `before`: where the configuration committed to until it changed. */
  constructor(key: string, config: GitRepoConfig, context: RepositoryContext, before?: BranchPlace) {
    this.key = key;
    this.#before = before;
    this.configured = {
      changedVersion: config.metadata.resourceVersion ?? '0',
      changedAtMs: context.clock.now(),
    };
    this.#config = config;
    this.#droppedBefore = config.status?.droppedCommits ?? 0;
    this.#context = context;
    this.#log = context.log.with({ gitRepoConfig: key });
    const { name, namespace } = config.metadata;
    this.#statusWriter = new StatusWriter<GitRepoConfigStatus>(
      restPath(gitRepoConfigKind, { namespace, name, subresource: 'status' }),
      (written) => this.#status(written),
      context.client,
      context.clock,
      context.log,
    );
  }

  get config(): GitRepoConfig {
    return this.#config;
  }

  /** Tells apart where commits go: repository, branch and folder. */
  get place(): string {
    const { url, branch } = this.#config.spec;
    return JSON.stringify([url, branch, this.folder]);
  }

  /** Folder in the repository; empty for its root. */
  get folder(): string {
    return this.#config.spec.path ?? '';
  }

  /** Where rules commit to; undefined while the repository cannot be committed to. */
  get target(): Target | undefined {
    return this.#target;
  }

  /** Is the remote read for the first time, so that the repository may have a target in a moment? */
  get isOpening(): boolean {
    if (this.#target !== undefined || this.#stop !== undefined) return false;
    const state = this.#lease?.worker.state;
    return state === undefined || (state.phase === 'Opening' && state.error === null);
  }

  /** Commits that are made but not on the remote, and changes that wait to be committed. */
  get pendingCommits(): number {
    const state = this.#lease?.worker.state;
    return state === undefined ? 0 : state.pendingCommits + state.queued;
  }

  /** Changes handed over so far; see `BranchWorker.handedOver`. */
  get handedOver(): number {
    return this.#lease?.worker.handedOver ?? 0;
  }

  /** Can the remote be pushed to, as far as known? Undefined while it is suspended. */
  get isReady(): boolean | undefined {
    if (this.#stop !== undefined) return this.#stop.reason === 'Suspended' ? undefined : false;
    return this.#lease?.worker.state.phase === 'Ready';
  }

  /** When a push last succeeded, in milliseconds since the Unix epoch; null when this process pushed nothing yet. */
  get lastPushTimeMs(): number | null {
    return this.#lease?.worker.state.lastPushTime ?? null;
  }

  /** Why there is no target, as a sentence. */
  get notReadyReason(): string {
    return this.#stop?.message ?? this.#lease?.worker.state.error?.message ?? 'its remote is being read.';
  }

  /** Is the commit part of the branch? */
  async contains(commit: string): Promise<boolean> {
    return (await this.#lease?.worker.contains(commit)) ?? false;
  }

  /** Begin to work. */
  start(): void {
    this.#running ??= this.#run().catch((error) => {
      this.#log.error('Repository failed', { reason: messageOf(error) });
      this.#stopFor('GitFailed', messageOf(error));
    });
  }

  /** Take another version of the same configuration; false when it has to begin anew. */
  update(config: GitRepoConfig): boolean {
    if (identityOfSpec(config) !== identityOfSpec(this.#config)) return false;
    this.#config = config;
    void this.#lease?.update(pushSettings(config));
    this.#statusWriter.touch();
    return true;
  }

  /** End: push what is committed, within a bound, and write the last status. */
  async close(options: { readonly isDeleted: boolean; readonly drainMs?: number }): Promise<void> {
    this.#abort.abort();
    this.#target = undefined;
    if (options.isDeleted) this.#statusWriter.abandon();
    await this.#running;
    for (const stop of this.#listening.splice(0)) stop();
    const isFailing = this.#lease?.worker.state.error !== null;
    const drainMs = isFailing ? DRAIN_FAILING_MS : (options.drainMs ?? DRAIN_MS);
    await this.#lease?.release({ drainMs, keep: !options.isDeleted, force: options.isDeleted });
    this.#statusWriter.touch();
    await this.#statusWriter.stop();
  }

  /** Something moved: the status may have to be written. */
  touch(): void {
    this.#statusWriter.touch();
  }

  /** Record an Event on the GitRepoConfig. */
  event(type: 'Normal' | 'Warning', reason: string, note: string): void {
    this.#context.recorder.record(this.#regarding(), type, reason, note);
  }

  async #run(): Promise<void> {
    const { spec } = this.#config;
    if (spec.suspend) return this.#stopFor('Suspended', 'Commits and pushes are suspended (spec.suspend).');
    const prefix = validatePrefix(spec.path ?? '');
    if (!prefix.ok) return this.#stopFor('InvalidPath', `spec.path ${prefix.error}`);
    const template =
      spec.commit.messageTemplate === undefined ? undefined : compileTemplate(spec.commit.messageTemplate);
    if (template?.ok === false)
      return this.#stopFor('InvalidTemplate', `spec.commit.messageTemplate: ${template.error}`);
    const sensitive = compileSensitiveKinds(spec.secrets.additionalSensitiveKinds ?? []);
    if (!sensitive.ok) return this.#stopFor('InvalidSpec', `spec.secrets.${sensitive.error}`);
    const remote = parseRemoteUrl(spec.url, { allowLocalRepositories: this.#context.allowLocalRepositories });
    if (!remote.ok) return this.#stopFor(remote.error.code, remote.error.message);
    const secretData = await this.#awaitSecret();
    if (this.#abort.signal.aborted) return;
    await this.#work(secretData, remote.remote.identity, template?.template, sensitive.kinds);
    await this.#watchSecret();
  }

  async #work(
    secretData: Readonly<Record<string, Buffer>> | null,
    remoteIdentity: string,
    template: CompiledTemplate | undefined,
    sensitiveKinds: SensitiveKinds,
  ): Promise<void> {
    const { spec } = this.#config;
    const context = this.#context;
    const prefix = spec.path ?? '';
    const metrics = context.branchMetrics(this);
    const lease = await context.branches.acquire(placeOf(this.#config), this.#before, {
      prefix,
      settings: { secretData, ...pushSettings(this.#config) },
      committer: this.#config.spec.commit.committer,
      onCursorRefused: (reason) =>
        this.event(
          'Warning',
          'CursorRefused',
          `The host refuses the ref that keeps watch positions (${reason}): commits are pushed, but after a restart without the data directory, what changed meanwhile is committed as its sum.`,
        ),
      metrics,
      onDropped: ({ path, reason }) =>
        this.event('Warning', 'GitWins', `A change of ${path} was dropped: ${reason}`),
    });
    this.#lease = lease;
    const { worker } = lease;
    this.#listening.push(worker.onChange((state) => this.#onState(state)));
    const target = new Target(
      this.key,
      {
        owner: this.#config.metadata.uid,
        prefix,
        emailDomain: spec.commit.authorEmailDomain,
        template,
        committer: spec.commit.committer,
        maxFileBytes: spec.commit.maxFileBytes,
        secretsPolicy: spec.secrets.policy,
        sensitiveKinds,
        redactionKey: deriveRepositoryKey(context.redactionKey, remoteIdentity),
      },
      branchOf(worker, spec.commit.committer.email),
      context.targetEvents(this),
      this.#log,
      context.clock,
    );
    const beginIfKnown = (state: BranchState) => {
      // The tree is known from the first time that the remote was read.
      if (this.#target !== undefined || state.branch === 'Unknown' || this.#abort.signal.aborted) return;
      this.#target = target;
      context.onTarget(this);
    };
    this.#listening.push(worker.onChange(beginIfKnown));
    await worker.open();
    // Another configuration may have opened it long ago.
    this.#onState(worker.state);
    beginIfKnown(worker.state);
    this.#statusWriter.touch();
  }

  #onState(state: BranchState): void {
    const error = state.error === null ? undefined : state.error.code;
    if (error !== this.#lastError) {
      if (state.error !== null) this.event('Warning', state.error.code, state.error.message);
      else if (this.#lastError !== undefined)
        this.event('Normal', 'Recovered', 'The remote repository can be pushed to again.');
      this.#lastError = error;
      // From now on the Secret is looked at more often.
      this.#failureSeen?.abort();
    }
    if (state.rewrites !== this.#rewritesSeen && this.#target !== undefined) {
      this.#rewritesSeen = state.rewrites;
      this.event('Warning', 'BranchRewritten', REWRITTEN);
      this.#context.onRewritten(this);
    }
    if (state.losses !== this.#lossesSeen && this.#target !== undefined) {
      this.#lossesSeen = state.losses;
      this.event('Warning', 'CloneDamaged', LOST);
      this.#context.onRewritten(this);
    }
    this.#context.onProgress();
    this.#statusWriter.touch();
  }

  #stopFor(reason: NonNullable<RepositoryFacts['stop']>['reason'], message: string): void {
    if (this.#stop?.reason === reason && this.#stop.message === message) return;
    this.#stop = { reason, message };
    if (reason !== 'Suspended') this.event('Warning', reason, message);
    this.#statusWriter.touch();
    this.#context.onTarget(this);
  }

  /** The Secret's data as soon as there is one; null when the configuration names none. */
  async #awaitSecret(): Promise<Readonly<Record<string, Buffer>> | null> {
    while (!this.#abort.signal.aborted) {
      try {
        const { version, data } = await this.#readSecret();
        this.#secretVersion = version;
        this.#stop = undefined;
        return data;
      } catch (error) {
        const coded = apiErrorOf(error);
        this.#stopFor(coded.code, coded.message);
        await this.#context.clock.sleep(SECRET_CHECK_FAILING_MS, this.#abort.signal);
      }
    }
    return null;
  }

  async #watchSecret(): Promise<void> {
    const { clock } = this.#context;
    let remoteCheckedAtMs = clock.now();
    while (!this.#abort.signal.aborted) {
      const isFailing = this.#lastError !== undefined;
      this.#failureSeen = new AbortController();
      const woken = AbortSignal.any([this.#abort.signal, this.#failureSeen.signal]);
      await clock.sleep(isFailing ? SECRET_CHECK_FAILING_MS : SECRET_CHECK_MS, woken);
      if (this.#failureSeen.signal.aborted) continue;
      await this.#checkSecret();
      if (clock.now() - remoteCheckedAtMs < REMOTE_CHECK_MS) continue;
      remoteCheckedAtMs = clock.now();
      this.#lease?.worker.retryNow();
    }
  }

  /** Changed credentials are used at once. A Secret that is gone does not take away those in use. */
  async #checkSecret(): Promise<void> {
    if (this.#abort.signal.aborted) return;
    try {
      const { version, data } = await this.#readSecret();
      if (version === this.#secretVersion) return;
      this.#secretVersion = version;
      await this.#lease?.update({ secretData: data });
    } catch (error) {
      this.#log.warn('Cannot read the Secret', { reason: messageOf(error) });
    }
  }

  async #readSecret(): Promise<{ version: string; data: Readonly<Record<string, Buffer>> | null }> {
    const { namespace } = this.#config.metadata;
    const name = this.#config.spec.secretRef?.name;
    if (name === undefined) return { version: 'none', data: null };
    const path = restPath({ group: '', version: 'v1', plural: 'secrets' }, { namespace, name });
    try {
      const secret = await this.#context.client.get(path, { signal: this.#abort.signal });
      const data: Record<string, Buffer> = {};
      for (const [key, value] of Object.entries(isJsonObject(secret.data) ? secret.data : {})) {
        data[key] = Buffer.from(String(value), 'base64');
      }
      const version = isJsonObject(secret.metadata)
        ? `${secret.metadata.uid}/${secret.metadata.resourceVersion}`
        : '';
      return { version, data };
    } catch (error) {
      if (!(error instanceof CodedError && error.code === 'NotFound')) throw error;
      throw new CodedError(
        'SecretNotFound',
        `There is no Secret "${name}" in namespace ${namespace}: create it, or mend spec.secretRef.name.`,
      );
    }
  }

  #status(written: GitRepoConfigStatus | undefined): GitRepoConfigStatus {
    const standing = written ?? this.#config.status;
    const facts: RepositoryFacts = {
      branchName: this.#config.spec.branch,
      ...(this.#stop === undefined ? {} : { stop: this.#stop }),
      branch:
        this.#lease === undefined ? undefined : { ...this.#lease.worker.state, dropped: this.#lease.dropped },
      droppedBefore: this.#droppedBefore,
    };
    return repositoryStatus(this.#config.metadata.generation, facts, standing, this.#context.clock.now());
  }

  #regarding(): Regarding {
    const { apiVersion, kind, metadata } = this.#config;
    return { apiVersion, kind, namespace: metadata.namespace, name: metadata.name, uid: metadata.uid };
  }
}

/** Where a configuration's commits go, and whose Secret gives access. */
export function placeOf({ metadata, spec }: GitRepoConfig): BranchPlace {
  const { url, branch, secretRef } = spec;
  return { url, branch, namespace: metadata.namespace, secretName: secretRef?.name ?? null };
}

/** What makes a configuration another one: where and how commits are made. */
function identityOfSpec({ metadata, spec }: GitRepoConfig): string {
  const { url, branch, path, secretRef, commit, secrets, suspend } = spec;
  return JSON.stringify([metadata.uid, url, branch, path, secretRef, commit, secrets, suspend]);
}

function pushSettings({ spec }: GitRepoConfig) {
  return {
    minIntervalMs: durationMs(spec.push.minInterval),
    maxCommits: spec.push.maxCommits,
  };
}

/** A branch worker as the pipeline uses it. */
export function branchOf(worker: BranchWorker, committerEmail: string): Branch {
  return {
    enqueue: (request: CommitRequest) => worker.enqueue(request),
    mark: (marks) => worker.mark(marks),
    cursor: (owner) => worker.cursor(owner),
    store: (content) => worker.store(content),
    compare: (path, content) => worker.compare(path, content),
    paths: (prefix) => worker.treePaths(prefix),
    lastCommits: (paths, sinceMs) => worker.lastCommitsOf(paths, sinceMs),
    tip: async () => (await worker.tip()) ?? undefined,
    contains: (commit) => worker.contains(commit),
    isOwnCommitter: (email) => email === committerEmail,
  };
}
