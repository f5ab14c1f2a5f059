import { watchRuleKind } from '../../gen/kinds.ts';
import type { WatchRule, WatchRuleStatus } from '../../gen/model.ts';
import { validateWatchRule } from '../../gen/validators.js';
import type { Clock } from '../clock.ts';
import { changedAtMs } from '../identify/changed-at.ts';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import { type ApiResource, restPath } from '../kube/resource.ts';
import type { Log } from '../log.ts';
import type { NotedRule } from '../noise/describe-noise.ts';
import { ActiveRule } from '../pipeline/active-rule.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { EventRecorder, Regarding } from '../report/event-recorder.ts';
import { StatusWriter } from '../report/status-writer.ts';
import { compileFieldPaths } from '../sanitize/exclude-fields.ts';
import { Selection } from '../select/selection.ts';
import type { Repositories } from './repositories.ts';
import { type RuleEntry, repositoryKeyOf } from './rule-entry.ts';
import { delivered, ruleFacts } from './rule-facts.ts';
import { newScope, resumedAt, resumedFrom, selectionOf } from './rule-resume.ts';
import { ruleStatus } from './rule-status.ts';
import { stopReason } from './stop-reason.ts';

/** A rule that could not be put to work because of the Git clone is tried again after this long. */
const RETRY_MS = 2_000;

/** Puts WatchRules to work and keeps their status. */
export class RuleReconciler {
  readonly #pipeline: Pipeline;
  readonly #repositories: Repositories;
  readonly #isReviewed: (resource: ApiResource) => boolean;
  readonly #recorder: EventRecorder;
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #entries = new Map<string, RuleEntry>();

  constructor(options: {
    readonly pipeline: Pipeline;
    readonly repositories: Repositories;
    /** Do admission reviews of a resource come, so that its changes have authors? */
    readonly isReviewed: (resource: ApiResource) => boolean;
    readonly recorder: EventRecorder;
    readonly client: KubeClient;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#pipeline = options.pipeline;
    this.#repositories = options.repositories;
    this.#isReviewed = options.isReviewed;
    this.#recorder = options.recorder;
    this.#client = options.client;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  /** A WatchRule appeared, changed or went. */
  onRule(key: string, object: KubeObject | undefined): void {
    const known = this.#entries.get(key);
    if (object === undefined || (known !== undefined && known.rule.metadata.uid !== object.metadata.uid)) {
      if (known !== undefined) this.#remove(key, known);
      if (object === undefined) return;
    }
    const validation = validateWatchRule(object);
    if (!validation.ok) {
      // The API server checked the schema when the rule was stored, so this is a rule of another version.
      const [{ path, message }] = validation.errors;
      this.#log.error('WatchRule ignored', { watchRule: key, reason: `${path} ${message}` });
      return;
    }
    const rule = validation.value;
    const entry = this.#entries.get(key) ?? this.#add(key, rule);
    const isSame = entry.rule.metadata.generation === rule.metadata.generation && entry.rule !== rule;
    if (entry.rule.metadata.generation !== rule.metadata.generation) {
      entry.changedVersion = object.metadata.resourceVersion;
    }
    entry.rule = rule;
    entry.changedAtMs = changedAtMs(object);
    if (!isSame) this.#activate(key, entry);
  }

  /** A repository was opened, closed or replaced: rules that commit to it are put to work anew. */
  onRepository(repositoryKey: string): void {
    for (const [key, entry] of this.#entries) {
      if (repositoryKeyOf(entry.rule) === repositoryKey) this.#activate(key, entry);
    }
  }

  /** Something moved: statuses may have to be written. */
  onProgress(): void {
    for (const entry of this.#entries.values()) {
      entry.delivery = delivered(entry, this.#pipeline);
      entry.writer.touch();
    }
  }

  /** Record a warning on rules, for what concerns an object that they select. */
  warn(rules: readonly ActiveRule[], reason: string, note: string): void {
    for (const { key } of rules) {
      const entry = this.#entries.get(key);
      if (entry !== undefined) this.#recorder.record(regarding(entry.rule), 'Warning', reason, note);
    }
  }

  /** Record on rules that changes of an object are held back as noise, or are not any more. */
  noted(
    rules: readonly ActiveRule[],
    type: 'Normal' | 'Warning',
    reason: string,
    noteFor: (rule: NotedRule) => string,
  ): void {
    for (const { key } of rules) {
      const rule = this.#entries.get(key)?.rule;
      if (rule === undefined) continue;
      const { name, namespace } = rule.metadata;
      const note = noteFor({ name, namespace, excludeFields: rule.spec.excludeFields ?? [] });
      this.#recorder.record(regarding(rule), type, reason, note);
    }
    this.onProgress();
  }

  /** The Ready condition of each rule, as its status tells it. */
  *readiness(): Iterable<{ ready: string; reason: string }> {
    for (const { writer, rule } of this.#entries.values()) {
      const conditions = (writer.written ?? rule.status)?.conditions ?? [];
      const ready = conditions.find(({ type }) => type === 'Ready');
      yield { ready: ready?.status ?? 'Unknown', reason: ready?.reason ?? 'NoStatus' };
    }
  }

  /** Are all rules that can work synced? The reason if not. */
  notSyncedReason(): string | undefined {
    for (const [key, { active, stop, rule }] of this.#entries) {
      // One that waits for its repository for long, or for a person, does not count: the others work.
      const isStarting =
        stop === undefined ||
        (stop.reason === 'GitRepoConfigNotReady' &&
          this.#repositories.get(repositoryKeyOf(rule))?.isOpening === true);
      const waits =
        active === undefined
          ? isStarting
          : !this.#pipeline.isSynced(active.repository.key, active.rule) && !this.#isRefused(active);
      if (waits) return `WatchRule ${key} is not synced yet`;
    }
    return undefined;
  }

  /** Does the rule select what the operator may not read? That waits for a person, and its condition says so. */
  #isRefused({ rule, repository }: NonNullable<RuleEntry['active']>): boolean {
    return this.#pipeline.failuresOf(repository.key, rule).some(({ error }) => error.code === 'Forbidden');
  }

  /** Write the last statuses and stop. */
  async stop(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ writer }) => writer.stop()));
  }

  #add(key: string, rule: WatchRule): RuleEntry {
    const { name, namespace } = rule.metadata;
    const path = restPath(watchRuleKind, { namespace, name, subresource: 'status' });
    const entry: RuleEntry = {
      rule,
      changedAtMs: 0,
      changedVersion: rule.metadata.resourceVersion ?? '0',
      writer: new StatusWriter<WatchRuleStatus>(
        path,
        (written) =>
          ruleStatus(
            entry.rule.metadata.generation,
            ruleFacts(entry, this.#pipeline, this.#isReviewed),
            written ?? entry.rule.status,
            this.#clock.now(),
          ),
        this.#client,
        this.#clock,
        this.#log,
      ),
      stop: undefined,
      active: undefined,
      delivery: undefined,
      base: { commits: rule.status?.commits ?? 0, dropped: rule.status?.droppedChanges ?? 0 },
      last: undefined,
      activation: 0,
    };
    this.#entries.set(key, entry);
    return entry;
  }

  #remove(key: string, entry: RuleEntry): void {
    this.#entries.delete(key);
    entry.writer.abandon();
    entry.activation++;
    this.#deactivate(entry);
  }

  #deactivate(entry: RuleEntry): void {
    const { active } = entry;
    if (active === undefined) return;
    entry.base.commits += active.rule.commits;
    entry.base.dropped += active.rule.dropped;
    entry.active = undefined;
    this.#pipeline.removeRule(active.repository.key, active.rule.key);
  }

  #activate(key: string, entry: RuleEntry): void {
    const activation = ++entry.activation;
    void this.#tryActivate(key, entry, activation).catch(async (error) => {
      this.#log.warn('Cannot put a WatchRule to work yet', { watchRule: key, reason: String(error) });
      await this.#clock.sleep(RETRY_MS);
      if (entry.activation === activation) this.#activate(key, entry);
    });
  }

  async #tryActivate(key: string, entry: RuleEntry, activation: number): Promise<void> {
    const { rule } = entry;
    const fields = compileFieldPaths(rule.spec.excludeFields ?? []);
    const repository = this.#repositories.get(repositoryKeyOf(rule));
    entry.stop = stopReason(rule, repository, fields.ok ? undefined : fields.error);
    if (entry.stop !== undefined || repository?.target === undefined || !fields.ok) {
      this.#deactivate(entry);
      return entry.writer.touch();
    }
    const isSameRepository =
      entry.active?.repository === repository && entry.active.repository.target === repository.target;
    if (isSameRepository && entry.active?.rule.generation === rule.metadata.generation)
      return entry.writer.touch();
    const selects = selectionOf(rule);
    const cursor = repository.target.cursor.resume(rule.metadata.uid, selects);
    // With a cursor nothing is waited for: the rules of a repository are put to work in one go.
    const resumed =
      cursor === undefined
        ? await resumedFrom(rule, entry.last, repository.place, (commit) => repository.contains(commit))
        : resumedAt(rule, cursor.snapshotMs);
    if (entry.activation !== activation) return;
    const hasMoved = entry.last !== undefined && entry.last.place !== repository.place;
    const fresh = hasMoved ? repository.configured : entry;
    const active = new ActiveRule({
      key,
      uid: rule.metadata.uid,
      generation: rule.metadata.generation,
      selection: new Selection(rule.spec),
      excludeFields: fields.fields,
      scope: resumed?.scope ?? {
        ...newScope(fresh.changedVersion, fresh.changedAtMs),
        // In another folder, what looks like ours may be another cluster's.
        moved: hasMoved && entry.last?.folder === repository.folder,
      },
      selects,
      commitsAll: rule.spec.noise === 'CommitAll',
      ...(cursor === undefined ? {} : { resumesAt: cursor.positions }),
    });
    if (resumed !== undefined) active.snapshot = resumed.snapshot;
    this.#deactivate(entry);
    entry.active = { rule: active, repository };
    entry.last = { selects, place: repository.place, folder: repository.folder, rule: active };
    entry.delivery = undefined;
    this.#pipeline.setRule(repository.key, active);
    this.onProgress();
  }
}

function regarding(rule: WatchRule): Regarding {
  const { name, namespace, uid } = rule.metadata;
  return { apiVersion: rule.apiVersion, kind: rule.kind, namespace, name, uid };
}
