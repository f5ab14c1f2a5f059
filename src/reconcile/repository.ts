import { gitRepoConfigKind } from '../../gen/kinds.ts';
import type { GitRepoConfig, GitRepoConfigStatus } from '../../gen/model.ts';
import type { Clock } from '../clock.ts';
import { apiErrorOf, messageOf } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { restPath } from '../kube/resource.ts';
import type { Log } from '../log.ts';
import type { TargetEvents, TargetSettings } from '../pipeline/commit-requests.ts';
import { Target } from '../pipeline/target.ts';
import type { BranchMetrics, BranchState } from '../push/branch-state.ts';
import type { BranchLease, BranchPlace, SharedBranches } from '../push/shared-branches.ts';
import type { EventRecorder, Regarding } from '../report/event-recorder.ts';
import { StatusWriter } from '../report/status-writer.ts';
import { BranchNotices } from './branch-notices.ts';
import { branchOf } from './branch-of.ts';
import { RepositorySecret, type SecretData } from './repository-secret.ts';
import { identityOfSpec, placeOf, pushSettings, targetSettingsOf } from './repository-spec.ts';
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
  readonly #secret: RepositorySecret;
  readonly #notices = new BranchNotices((...event) => this.event(...event));
  /** Dropped by earlier lives of the GitRepoConfig: its status, which this one writes, is read only once. */
  readonly #droppedBefore: number;
  readonly #before: BranchPlace | undefined;
  /** When the configuration became this one: what changes later is a change, and nothing that existed before. */
  readonly configured: { readonly changedVersion: string; readonly changedAtMs: number };
  #config: GitRepoConfig;
  #lease: BranchLease | undefined;
  #target: Target | undefined;
  #stop: RepositoryFacts['stop'];
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
    const secretName = config.spec.secretRef?.name;
    this.#secret = new RepositorySecret(context.client, namespace, secretName, this.#abort.signal);
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

  /** Record an Event on the GitRepoConfig. */
  event(type: 'Normal' | 'Warning', reason: string, note: string): void {
    this.#context.recorder.record(this.#regarding(), type, reason, note);
  }

  async #run(): Promise<void> {
    if (this.#config.spec.suspend)
      return this.#stopFor('Suspended', 'Commits and pushes are suspended (spec.suspend).');
    const target = targetSettingsOf(this.#config, this.#context);
    if (!target.ok) return this.#stopFor(target.reason, target.message);
    const secretData = await this.#awaitSecret();
    if (this.#abort.signal.aborted) return;
    await this.#work(secretData, target.settings);
    await this.#watchSecret();
  }

  async #work(secretData: SecretData, settings: TargetSettings): Promise<void> {
    const context = this.#context;
    const lease = await context.branches.acquire(placeOf(this.#config), this.#before, {
      prefix: settings.prefix,
      settings: { secretData, ...pushSettings(this.#config) },
      committer: settings.committer,
      onCursorRefused: (reason) =>
        this.event(
          'Warning',
          'CursorRefused',
          `The host refuses the ref that keeps watch positions (${reason}): commits are pushed, but after a restart without the data directory, what changed meanwhile is committed as its sum.`,
        ),
      metrics: context.branchMetrics(this),
      onDropped: ({ path, reason }) =>
        this.event('Warning', 'GitWins', `A change of ${path} was dropped: ${reason}`),
    });
    this.#lease = lease;
    const { worker } = lease;
    this.#listening.push(worker.onChange((state) => this.#onState(state)));
    const target = new Target(
      this.key,
      settings,
      branchOf(worker, settings.committer.email),
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
    const { isOtherFailure, hasToBeCompared } = this.#notices.note(state, this.#target !== undefined);
    // From now on the Secret is looked at more often, or less.
    if (isOtherFailure) this.#failureSeen?.abort();
    if (hasToBeCompared) this.#context.onRewritten(this);
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
  async #awaitSecret(): Promise<SecretData> {
    while (!this.#abort.signal.aborted) {
      try {
        const data = await this.#secret.read();
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
      this.#failureSeen = new AbortController();
      const woken = AbortSignal.any([this.#abort.signal, this.#failureSeen.signal]);
      await clock.sleep(this.#notices.isFailing ? SECRET_CHECK_FAILING_MS : SECRET_CHECK_MS, woken);
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
      const secretData = await this.#secret.readChange();
      if (secretData !== undefined) await this.#lease?.update({ secretData });
    } catch (error) {
      this.#log.warn('Cannot read the Secret', { reason: messageOf(error) });
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
