import type { Captured, CaptureSink, CaptureState, Gap } from '../capture/capture-sink.ts';
import { ObjectStates } from '../capture/object-states.ts';
import { ResourceCapture } from '../capture/resource-capture.ts';
import type { Clock } from '../clock.ts';
import { CodedError, messageOf } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { type ApiResource, groupResource, resourceKey } from '../kube/resource.ts';
import { isNewer } from '../kube/resource-version.ts';
import type { Log } from '../log.ts';
import { digestOf } from '../sanitize/digest.ts';
import { sanitize } from '../sanitize/sanitize.ts';
import type { ActiveRule } from './active-rule.ts';
import { resourcesToFollow } from './follow.ts';
import { NamespaceChanges } from './namespace-changes.ts';
import { NAMESPACES, NamespaceIndex } from './namespace-index.ts';
import { type Authors, happenedAtMs, type Observed, operationOf } from './observe.ts';
import type { Target } from './target.ts';
import { TargetJoins } from './target-joins.ts';

const STUCK = new CodedError(
  'GitFailed',
  'the local clone takes no commits, and too many wait; the condition of the GitRepoConfig says why',
  { retry: true },
);

export interface PipelineEvents {
  /** An event came from a watch, and what became of it. */
  onEvent(resource: ApiResource, outcome: 'Taken' | 'Unselected' | 'Unchanged'): void;
  /** What is followed now: the union over all targets. Called before anything new is listed. */
  onFollowed(resources: readonly ApiResource[]): void;
  /** The state of a rule may have changed. */
  onProgress(): void;
}

/**
 * The stages in order: captured → observed (which operation, cleaned) → taken by the targets whose rules select
 * it → commit requests of their branches. Also decides what is watched: the union of what the rules select.
 */
export class Pipeline implements CaptureSink {
  readonly #client: KubeClient;
  readonly #events: PipelineEvents;
  readonly #authors: Authors;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #namespaces = new NamespaceIndex();
  readonly #namespaceCapture: ResourceCapture;
  readonly #namespaceChanges: NamespaceChanges;
  readonly #captures = new Map<string, ResourceCapture>();
  readonly #captureStates = new Map<string, CaptureState>();
  readonly #states = new Map<string, ObjectStates>();
  readonly #targets = new Map<string, TargetJoins>();
  readonly #stopping = new Set<Promise<void>>();
  readonly #abort = new AbortController();
  #served: readonly ApiResource[] = [];

  constructor(client: KubeClient, authors: Authors, events: PipelineEvents, clock: Clock, log: Log) {
    this.#client = client;
    this.#authors = authors;
    this.#events = events;
    this.#clock = clock;
    this.#log = log;
    this.#namespaceCapture = new ResourceCapture(NAMESPACES, client, this, log, clock);
    this.#captures.set(resourceKey(NAMESPACES), this.#namespaceCapture);
    this.#namespaceChanges = new NamespaceChanges({
      index: this.#namespaces,
      capture: this.#namespaceCapture,
      targets: () => this.#targets.values(),
      authors,
      signal: this.#abort.signal,
      clock,
      log,
    });
  }

  /** Learn the namespaces, which selectors need. Throws `CodedError` when they cannot be listed. */
  async start(): Promise<void> {
    await this.#namespaceCapture.list({ onItem: (object) => void this.#namespaces.set(object) });
    this.#namespaceCapture.start();
  }

  /** Stop watching; resolves when no further change is handed on. */
  async stop(): Promise<void> {
    this.#abort.abort();
    for (const capture of this.#captures.values()) this.#stopping.add(capture.stop());
    const all = [...this.#targets.values()];
    await Promise.all([...this.#stopping, ...all.map((joins) => joins.idle())]);
    await Promise.all(all.map(({ target }) => target.releaseNoise('All')));
  }

  /** What the API server serves now. */
  setServed(served: readonly ApiResource[]): void {
    this.#served = served;
    this.#plan();
  }

  get served(): readonly ApiResource[] {
    return this.#served;
  }

  /** The watches, and when each last told something. */
  *watches(): Iterable<{ resource: string; isFailing: boolean; heardAtMs: number }> {
    for (const [key, { resource, heardAtMs }] of this.#captures) {
      const isFailing = this.#captureStates.get(key)?.kind === 'Failing';
      yield { resource: groupResource(resource), isFailing, heardAtMs };
    }
  }

  /** Add a target; its rules are added by `setRule`. */
  addTarget(target: Target): void {
    const known = this.#targets.get(target.key)?.target;
    if (known === target) return;
    known?.close();
    const joins = new TargetJoins(target, {
      captureOf: (resource) => this.#captureOf(resource),
      statesOf: (resource) => this.#statesOf(resource),
      authors: this.#authors,
      namespaces: this.#namespaces.labels,
      isGone: () => this.#abort.signal.aborted || this.#targets.get(target.key) !== joins,
      onProgress: () => this.#events.onProgress(),
      signal: this.#abort.signal,
      clock: this.#clock,
      log: this.#log,
    });
    this.#targets.set(target.key, joins);
  }

  removeTarget(key: string): void {
    this.#targets.get(key)?.target.close();
    this.#targets.delete(key);
    this.#plan();
  }

  /** Put a rule to work on a target, also in place of an earlier version of it. */
  setRule(targetKey: string, rule: ActiveRule): void {
    const joins = this.#targets.get(targetKey);
    if (joins === undefined) return;
    joins.target.addRule(rule);
    this.#plan();
    // What the target followed already has to be listed for the new rule too; what is new, #plan saw to.
    joins.listFor(rule);
  }

  removeRule(targetKey: string, ruleKey: string): void {
    this.#targets.get(targetKey)?.target.removeRule(ruleKey);
    this.#plan();
  }

  /** The target's branch is not what was committed to it: compare all that it follows. */
  compare(targetKey: string): void {
    const joins = this.#targets.get(targetKey);
    joins?.closeGap(joins.target.followed);
  }

  /** Is everything that the rule selects listed, committed locally and watched? */
  isSynced(targetKey: string, rule: ActiveRule): boolean {
    const joins = this.#targets.get(targetKey);
    if (joins === undefined || rule.unlisted.size > 0 || rule.snapshot.kind === 'Pending') return false;
    if (joins.target.isStuck) return false;
    return this.failuresOf(targetKey, rule).length === 0;
  }

  /** Resources that the rule selects and that cannot be watched now, with the reason. */
  failuresOf(
    targetKey: string,
    rule: ActiveRule,
  ): readonly { readonly resource: ApiResource; readonly error: CodedError }[] {
    const joins = this.#targets.get(targetKey);
    if (joins === undefined) return [];
    return selectedBy(rule, joins.target.followed).flatMap((resource) => {
      const key = resourceKey(resource);
      const state = this.#captureStates.get(key);
      const error =
        joins.errors.get(key) ??
        (state?.kind === 'Failing' ? state.error : undefined) ??
        (joins.target.isStuck ? STUCK : undefined);
      return error === undefined ? [] : [{ resource, error }];
    });
  }

  onState(resource: ApiResource, state: CaptureState): void {
    const key = resourceKey(resource);
    const before = this.#captureStates.get(key);
    this.#captureStates.set(key, state);
    if (before?.kind !== state.kind) this.#events.onProgress();
  }

  onGap(resource: ApiResource, gap: Gap): void {
    if (isNamespace(resource)) void this.#namespaceChanges.relist();
    if (gap.kind === 'HistoryLost') this.#states.delete(resourceKey(resource));
    for (const joins of this.#targets.values()) {
      const { target } = joins;
      if (!target.follows(resource)) continue;
      if (gap.kind === 'HistoryLost') joins.startOver(resource);
      else if (gap.upTo === undefined || !target.hasSeen(resource, gap.upTo)) joins.closeGap([resource]);
    }
  }

  onBookmark(resource: ApiResource, version: string): void {
    for (const { target } of this.#targets.values()) {
      if (target.follows(resource)) target.bookmark(resource, version);
    }
  }

  onCaptured(captured: Captured): void | Promise<void> {
    const { resource, object } = captured;
    if (isNamespace(resource)) this.#namespaceChanges.note(captured);
    const takers = [...this.#targets.values()]
      .map(({ target }) => target)
      .filter(
        (target) =>
          target.isTaking &&
          target.follows(resource) &&
          !target.hasSeen(resource, object.metadata.resourceVersion),
      );
    // Who deletes a Namespace matters also where nobody captures Namespaces: everything in it follows.
    if (takers.length === 0 && !isNamespace(resource)) return;
    const { namespace } = object.metadata;
    if (
      namespace === undefined ||
      this.#namespaces.labels(namespace) !== undefined ||
      captured.type === 'DELETED'
    ) {
      return this.#route(captured, takers);
    }
    return this.#namespaces
      .resolve(namespace, this.#namespaceCapture)
      .catch((error) => this.#log.warn('Cannot look up a namespace', { namespace, reason: messageOf(error) }))
      .then(() => this.#route(captured, takers));
  }

  #route(captured: Captured, takers: readonly Target[]): void | Promise<void> {
    const pending = this.#handOn(captured, takers);
    for (const target of takers) target.saw(captured.resource, captured.object.metadata.resourceVersion);
    return pending;
  }

  #handOn(captured: Captured, takers: readonly Target[]): void | Promise<void> {
    const { resource, object } = captured;
    const { uid, resourceVersion } = object.metadata;
    const states = this.#statesOf(resource);
    const known = states.get(uid);
    // Where a list ran ahead of the watch, or the watch was rewound, the state is newer: then nothing it knows is of
    // the version before this one.
    const isLive = known === undefined || isNewer(resourceVersion, known.resourceVersion);
    const operation = operationOf(captured, isLive ? known : undefined);
    const previous = isLive && known !== undefined ? { previousVersion: known.resourceVersion } : {};
    if (captured.type === 'DELETED' && isLive) states.delete(uid);
    if (operation === undefined) return this.#events.onEvent(resource, 'Unchanged');
    // Every deletion is attributed, also of what no rule selects: cascades are credited by the deletion of the owner.
    const deletion =
      operation === 'DELETE' ? this.#authors.attribute({ operation, object, ...previous }) : undefined;

    const routed = takers.map((target) => {
      const rules = target.rulesFor({ resource, object, operation }, this.#namespaces.labels);
      for (const rule of target.rules) {
        if (rule.selection.selectsKind(resource)) {
          rule.setInScope(resource, states.own(uid), operation !== 'DELETE' && rules.includes(rule));
        }
      }
      return { target, rules };
    });
    const selected = routed.filter(({ rules }) => rules.length > 0);
    if (selected.length === 0) {
      if (isLive) states.delete(uid);
      if (operation === 'DELETE' && captured.type !== 'DELETED') {
        states.set(uid, { resourceVersion, digest: '', deleting: true, changedAtMs: 0 });
      }
      return this.#events.onEvent(resource, 'Unselected');
    }

    const manifest = operation === 'DELETE' ? null : sanitize(object);
    const digest = manifest === null ? '' : digestOf(manifest);
    const isPast = !isLive || (known === undefined && takers.some((target) => target.isUnchecked(resource)));
    const seenAtMs = happenedAtMs(captured, known, isPast);
    if (captured.type !== 'DELETED') {
      states.set(uid, { resourceVersion, digest, deleting: operation === 'DELETE', changedAtMs: seenAtMs });
    }
    if (isLive && manifest !== null && known?.digest === digest)
      return this.#events.onEvent(resource, 'Unchanged');
    this.#events.onEvent(resource, 'Taken');

    const attribution = deletion ?? this.#authors.attribute({ operation, object, manifest, ...previous });
    const atMs = (attribution.kind === 'known' ? attribution.atMs : undefined) ?? seenAtMs;
    const observed: Observed = { resource, operation, object, manifest, attribution, atMs };
    const pending = selected.flatMap(({ target, rules }) => this.#give(target, observed, rules) ?? []);
    if (pending.length > 0) return Promise.all(pending).then(() => {});
  }

  /** What one target cannot deal with must not keep the others from it. */
  #give(target: Target, observed: Observed, rules: readonly ActiveRule[]): void | Promise<void> {
    try {
      return target.take(observed, rules);
    } catch (error) {
      const { name, namespace, resourceVersion } = observed.object.metadata;
      this.#log.error('Change left out: a repository could not deal with it', {
        gitRepoConfig: target.key,
        namespace,
        name,
        resourceVersion,
        reason: messageOf(error),
        stack: error instanceof Error ? error.stack : undefined,
      });
    }
  }

  /** Watch what the rules select now, and list what is new. */
  #plan(): void {
    const needed = new Set<string>([resourceKey(NAMESPACES)]);
    const union = new Map<string, ApiResource>();
    const news: (() => void)[] = [];
    for (const joins of this.#targets.values()) {
      const { target } = joins;
      const followed = resourcesToFollow(
        target.rules.map(({ selection }) => selection),
        this.#served,
      );
      const added = target.setFollowed(followed);
      for (const resource of followed) {
        needed.add(resourceKey(resource));
        union.set(resourceKey(resource), resource);
      }
      news.push(() => joins.listNew(added));
    }
    this.#events.onFollowed([...union.values()]);
    for (const [key, capture] of this.#captures) {
      if (needed.has(key)) continue;
      this.#captures.delete(key);
      this.#captureStates.delete(key);
      this.#states.delete(key);
      const stopping = capture.stop().finally(() => this.#stopping.delete(stopping));
      this.#stopping.add(stopping);
    }
    for (const list of news) list();
    this.#events.onProgress();
  }

  #captureOf(resource: ApiResource): ResourceCapture | undefined {
    if (this.#abort.signal.aborted) return undefined;
    const key = resourceKey(resource);
    let capture = this.#captures.get(key);
    if (capture === undefined) {
      capture = new ResourceCapture(resource, this.#client, this, this.#log, this.#clock);
      this.#captures.set(key, capture);
      capture.start();
    }
    return capture;
  }

  #statesOf(resource: ApiResource): ObjectStates {
    const key = resourceKey(resource);
    let states = this.#states.get(key);
    if (states === undefined) {
      states = new ObjectStates();
      this.#states.set(key, states);
    }
    return states;
  }
}

function isNamespace({ group, kind }: ApiResource): boolean {
  return group === NAMESPACES.group && kind === NAMESPACES.kind;
}

function selectedBy({ selection }: ActiveRule, resources: Iterable<ApiResource>): readonly ApiResource[] {
  return [...resources].filter((resource) => selection.selectsKind(resource));
}
