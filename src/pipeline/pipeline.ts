import type { Captured, CaptureSink, CaptureState, Gap } from '../capture/capture-sink.ts';
import type { ResourceCapture } from '../capture/resource-capture.ts';
import type { Clock } from '../clock.ts';
import { CodedError, messageOf } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { type ApiResource, resourceKey } from '../kube/resource.ts';
import type { Log } from '../log.ts';
import type { ActiveRule } from './active-rule.ts';
import { resourcesToFollow } from './follow.ts';
import { NamespaceChanges } from './namespace-changes.ts';
import { NAMESPACES, NamespaceIndex } from './namespace-index.ts';
import type { Authors } from './observe.ts';
import { type Outcome, type RouteContext, route } from './route.ts';
import type { Target } from './target.ts';
import { TargetJoins } from './target-joins.ts';
import { Watches } from './watches.ts';

const STUCK = new CodedError(
  'GitFailed',
  'the local clone takes no commits, and too many wait; the condition of the GitRepoConfig says why',
  { retry: true },
);

export interface PipelineEvents {
  /** An event came from a watch, and what became of it. */
  onEvent(resource: ApiResource, outcome: Outcome): void;
  /** What is followed now: the union over all targets. Called before anything new is listed. */
  onFollowed(resources: readonly ApiResource[]): void;
  /** The state of a rule may have changed. */
  onProgress(): void;
}

/**
 * The stages in order: captured → observed (which operation, cleaned) → taken by the targets whose rules select
 * it → commit requests of their branches (`route`). Also decides what is watched: the union of what the rules select.
 */
export class Pipeline implements CaptureSink {
  readonly #events: PipelineEvents;
  readonly #authors: Authors;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #namespaces = new NamespaceIndex();
  readonly #namespaceCapture: ResourceCapture;
  readonly #namespaceChanges: NamespaceChanges;
  readonly #watches: Watches;
  readonly #routeContext: RouteContext;
  readonly #targets = new Map<string, TargetJoins>();
  readonly #abort = new AbortController();
  #served: readonly ApiResource[] = [];

  constructor(client: KubeClient, authors: Authors, events: PipelineEvents, clock: Clock, log: Log) {
    this.#authors = authors;
    this.#events = events;
    this.#clock = clock;
    this.#log = log;
    this.#watches = new Watches({ client, sink: this, clock, log });
    this.#namespaceCapture = this.#watches.add(NAMESPACES);
    this.#namespaceChanges = new NamespaceChanges({
      index: this.#namespaces,
      capture: this.#namespaceCapture,
      targets: () => this.#targets.values(),
      authors,
      signal: this.#abort.signal,
      clock,
      log,
    });
    this.#routeContext = {
      statesOf: (resource) => this.#watches.objectStatesOf(resource),
      authors,
      namespaces: this.#namespaces.labels,
      onEvent: (resource, outcome) => events.onEvent(resource, outcome),
    };
  }

  /** Learn the namespaces, which selectors need. Throws `CodedError` when they cannot be listed. */
  async start(): Promise<void> {
    await this.#namespaceCapture.list({ onItem: (object) => void this.#namespaces.set(object) });
    this.#namespaceCapture.start();
  }

  /** Stop watching; resolves when no further change is handed on. */
  async stop(): Promise<void> {
    this.#abort.abort();
    const all = [...this.#targets.values()];
    await Promise.all([this.#watches.stop(), ...all.map((joins) => joins.idle())]);
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
  watches(): ReturnType<Watches['told']> {
    return this.#watches.told();
  }

  /** Add a target; its rules are added by `setRule`. */
  addTarget(target: Target): void {
    const known = this.#targets.get(target.key)?.target;
    if (known === target) return;
    known?.close();
    const joins = new TargetJoins(target, {
      captureOf: (resource) => this.#watches.captureOf(resource),
      statesOf: (resource) => this.#watches.objectStatesOf(resource),
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
      const error =
        joins.errors.get(key) ?? this.#watches.failureOf(key) ?? (joins.target.isStuck ? STUCK : undefined);
      return error === undefined ? [] : [{ resource, error }];
    });
  }

  onState(resource: ApiResource, state: CaptureState): void {
    if (this.#watches.setState(resource, state)) this.#events.onProgress();
  }

  onGap(resource: ApiResource, gap: Gap): void {
    if (isNamespace(resource)) void this.#namespaceChanges.relist();
    if (gap.kind === 'HistoryLost') this.#watches.forgetObjects(resource);
    for (const joins of this.#targets.values()) {
      const { target } = joins;
      if (!target.followed.has(resource)) continue;
      if (gap.kind === 'HistoryLost') joins.startOver(resource);
      else if (gap.upTo === undefined || !target.positions.hasSeen(resource, gap.upTo))
        joins.closeGap([resource]);
    }
  }

  onBookmark(resource: ApiResource, version: string): void {
    for (const { target } of this.#targets.values()) {
      if (target.followed.has(resource)) target.bookmark(resource, version);
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
          target.followed.has(resource) &&
          !target.positions.hasSeen(resource, object.metadata.resourceVersion),
      );
    // Who deletes a Namespace matters also where nobody captures Namespaces: everything in it follows.
    if (takers.length === 0 && !isNamespace(resource)) return;
    const { namespace } = object.metadata;
    if (
      namespace === undefined ||
      this.#namespaces.labels(namespace) !== undefined ||
      captured.type === 'DELETED'
    ) {
      return route(captured, takers, this.#routeContext);
    }
    return this.#namespaces
      .resolve(namespace, this.#namespaceCapture)
      .catch((error) => this.#log.warn('Cannot look up a namespace', { namespace, reason: messageOf(error) }))
      .then(() => route(captured, takers, this.#routeContext));
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
    this.#watches.keep(needed);
    for (const list of news) list();
    this.#events.onProgress();
  }
}

function isNamespace({ group, kind }: ApiResource): boolean {
  return group === NAMESPACES.group && kind === NAMESPACES.kind;
}

function selectedBy({ selection }: ActiveRule, resources: Iterable<ApiResource>): readonly ApiResource[] {
  return [...resources].filter((resource) => selection.selectsKind(resource));
}
