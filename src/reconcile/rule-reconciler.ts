import { watchRuleKind } from '../../gen/kinds.ts';
import type { WatchRule, WatchRuleStatus } from '../../gen/model.ts';
import { validateWatchRule } from '../../gen/validators.js';
import type { Clock } from '../clock.ts';
import type { ErrorCode } from '../errors.ts';
import { changedAtMs } from '../identify/changed-at.ts';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import { type ApiResource, restPath } from '../kube/resource.ts';
import type { Log } from '../log.ts';
import type { NotedRule } from '../noise/describe-noise.ts';
import { ActiveRule, type SnapshotState } from '../pipeline/active-rule.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { EventRecorder, Regarding } from '../report/event-recorder.ts';
import { StatusWriter } from '../report/status-writer.ts';
import { compileFieldPaths } from '../sanitize/exclude-fields.ts';
import { Selection } from '../select/selection.ts';
import type { Repositories } from './repositories.ts';
import type { Repository } from './repository.ts';
import { type LastLife, newScope, resumedAt, resumedFrom, selectionOf } from './rule-resume.ts';
import { type RuleFacts, ruleStatus } from './rule-status.ts';

/** A rule that could not be put to work because of the Git clone is tried again after this long. */
const RETRY_MS = 2_000;

interface Delivery {
  readonly snapshot: SnapshotState;
  /** Changes that the repository was given until all was listed; undefined: something is not. */
  readonly upTo: number | undefined;
  readonly isDone: boolean;
}

interface Entry {
  rule: WatchRule;
  /** When a person last changed the rule. */
  changedAtMs: number;
  /** The version in which this generation was first seen; later ones may be writes of its status. */
  changedVersion: string;
  readonly writer: StatusWriter<WatchRuleStatus>;
  stop: RuleFacts['stop'];
  /** The rule at work, and on which repository; undefined while it is not. */
  active: { readonly rule: ActiveRule; readonly repository: Repository } | undefined;
  /** Of the rule at work: how far its snapshot, and what else its first lists found, is on the way to the remote. */
  delivery: Delivery | undefined;
  /** Counts of earlier lives of the rule. */
  readonly base: { commits: number; dropped: number };
  /** The rule that was at work last, and what it selected: where it goes on when it comes back. */
  last: LastLife | undefined;
  activation: number;
}

/** Puts WatchRules to work and keeps their status. */
export class RuleReconciler {
  readonly #pipeline: Pipeline;
  readonly #repositories: Repositories;
  readonly #isReviewed: (resource: ApiResource) => boolean;
  readonly #recorder: EventRecorder;
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #entries = new Map<string, Entry>();

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
      entry.delivery = this.#delivered(entry);
      entry.writer.touch();
    }
  }

  /** A rule that was just listed waits until all that the lists found is on the remote, and for each new snapshot. */
  #delivered({ active, delivery }: Entry): Delivery | undefined {
    if (active === undefined || active.rule.snapshot.kind !== 'Committed') return undefined;
    const { rule, repository } = active;
    const { snapshot } = rule;
    const known = delivery?.snapshot === snapshot ? delivery : undefined;
    if (known?.isDone) return known;
    const { handedOver, pendingCommits } = repository;
    const isListed = this.#pipeline.isSynced(repository.key, rule);
    const upTo = known?.upTo ?? (isListed ? handedOver : undefined);
    return { snapshot, upTo, isDone: upTo !== undefined && pendingCommits <= handedOver - upTo };
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
  #isRefused({ rule, repository }: NonNullable<Entry['active']>): boolean {
    return this.#pipeline.failuresOf(repository.key, rule).some(({ error }) => error.code === 'Forbidden');
  }

  /** Write the last statuses and stop. */
  async stop(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ writer }) => writer.stop()));
  }

  #add(key: string, rule: WatchRule): Entry {
    const { name, namespace } = rule.metadata;
    const path = restPath(watchRuleKind, { namespace, name, subresource: 'status' });
    const entry: Entry = {
      rule,
      changedAtMs: 0,
      changedVersion: rule.metadata.resourceVersion ?? '0',
      writer: new StatusWriter<WatchRuleStatus>(
        path,
        (written) =>
          ruleStatus(
            entry.rule.metadata.generation,
            this.#facts(entry),
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

  #remove(key: string, entry: Entry): void {
    this.#entries.delete(key);
    entry.writer.abandon();
    entry.activation++;
    this.#deactivate(entry);
  }

  #deactivate(entry: Entry): void {
    const { active } = entry;
    if (active === undefined) return;
    entry.base.commits += active.rule.commits;
    entry.base.dropped += active.rule.dropped;
    entry.active = undefined;
    this.#pipeline.removeRule(active.repository.key, active.rule.key);
  }

  #activate(key: string, entry: Entry): void {
    const activation = ++entry.activation;
    void this.#tryActivate(key, entry, activation).catch(async (error) => {
      this.#log.warn('Cannot put a WatchRule to work yet', { watchRule: key, reason: String(error) });
      await this.#clock.sleep(RETRY_MS);
      if (entry.activation === activation) this.#activate(key, entry);
    });
  }

  async #tryActivate(key: string, entry: Entry, activation: number): Promise<void> {
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

  #facts(entry: Entry): RuleFacts {
    const { rule, active, base, stop } = entry;
    const common = {
      gitRepoConfig: rule.spec.gitRepoConfigRef,
      commits: base.commits + (active?.rule.commits ?? 0),
      dropped: base.dropped + (active?.rule.dropped ?? 0),
      ...(stop === undefined ? {} : { stop }),
    };
    if (active === undefined) {
      const nothing = { failing: [], notReviewed: [], notServed: [], followed: [] };
      return { ...common, isSynced: false, isSnapshotPushed: false, ...nothing };
    }
    const { rule: activeRule, repository } = active;
    const { snapshot } = activeRule;
    return {
      ...common,
      isSynced: this.#pipeline.isSynced(repository.key, activeRule),
      isSnapshotPushed: entry.delivery?.isDone === true,
      failing: this.#pipeline
        .failuresOf(repository.key, activeRule)
        .map(({ resource, error }) => ({ resource, code: error.code, message: error.message })),
      notReviewed: activeRule.followed
        .map(({ resource }) => resource)
        .filter((one) => !this.#isReviewed(one)),
      notServed: this.#notServed(activeRule),
      followed: activeRule.followed,
      loops: repository.target?.noise.loopsOf(activeRule) ?? [],
      ...(snapshot.kind === 'Committed' ? { snapshot } : {}),
    };
  }

  #notServed({ selection }: ActiveRule): readonly string[] {
    const { served } = this.#pipeline;
    return selection.namedPatterns
      .filter(
        ({ group, version, kind }) =>
          !served.some(
            (resource) =>
              resource.kind === kind &&
              (group === undefined || resource.group === group) &&
              (version === undefined || resource.version === version),
          ),
      )
      .map(({ group, version, kind }) => [group, version, kind].filter((part) => part).join('/'));
  }
}

function repositoryKeyOf(rule: WatchRule): string {
  return `${rule.metadata.namespace}/${rule.spec.gitRepoConfigRef}`;
}

function regarding(rule: WatchRule): Regarding {
  const { name, namespace, uid } = rule.metadata;
  return { apiVersion: rule.apiVersion, kind: rule.kind, namespace, name, uid };
}

function stopReason(
  rule: WatchRule,
  repository: Repository | undefined,
  fieldsError: string | undefined,
): RuleFacts['stop'] {
  const name = rule.spec.gitRepoConfigRef;
  if (rule.spec.suspend) return { reason: 'Suspended', message: 'The rule is suspended (spec.suspend).' };
  if (fieldsError !== undefined) return { reason: 'InvalidSpec' satisfies ErrorCode, message: fieldsError };
  if (repository === undefined) {
    const message = `There is no GitRepoConfig "${name}" in namespace ${rule.metadata.namespace}: create it, or mend spec.gitRepoConfigRef.`;
    return { reason: 'GitRepoConfigNotFound', message };
  }
  if (repository.target === undefined) {
    return {
      reason: 'GitRepoConfigNotReady',
      message: `GitRepoConfig "${name}" is not ready: ${repository.notReadyReason}`,
    };
  }
  return undefined;
}
