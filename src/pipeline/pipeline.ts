import { backoffMs } from '../backoff.ts';
import { ObjectStates } from '../capture/object-states.ts';
import {
  type Captured,
  type CaptureSink,
  type CaptureState,
  ResourceCapture,
} from '../capture/resource-capture.ts';
import type { Clock } from '../clock.ts';
import { type CodedError, messageOf } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import { type ApiResource, resourceKey } from '../kube/resource.ts';
import { isNewer } from '../kube/resource-version.ts';
import type { Log } from '../log.ts';
import { digestOf } from '../sanitize/digest.ts';
import { sanitize } from '../sanitize/sanitize.ts';
import type { ActiveRule } from './active-rule.ts';
import { resourcesToFollow } from './follow.ts';
import { NAMESPACES, NamespaceIndex } from './namespace-index.ts';
import { type Authors, happenedAtMs, type Observed, operationOf } from './observe.ts';
import type { Target } from './target.ts';
import { TargetJoins } from './target-joins.ts';

/** A list of the namespaces that failed is tried again after this long, doubling. */
const RELIST_MIN_MS = 500;
const RELIST_MAX_MS = 30_000;

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
    await Promise.all([...this.#stopping, ...[...this.#targets.values()].map((joins) => joins.idle())]);
  }

  /** What the API server serves now. */
  setServed(served: readonly ApiResource[]): void {
    this.#served = served;
    this.#plan();
  }

  get served(): readonly ApiResource[] {
    return this.#served;
  }

  /** Add a target; its rules are added by `setRule`. */
  addTarget(target: Target): void {
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

  /** Is everything that the rule selects listed, committed locally and watched? */
  isSynced(targetKey: string, rule: ActiveRule): boolean {
    const joins = this.#targets.get(targetKey);
    if (joins === undefined || rule.unlisted.size > 0 || rule.snapshot.kind === 'Pending') return false;
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
      const error = joins.errors.get(key) ?? (state?.kind === 'Failing' ? state.error : undefined);
      return error === undefined ? [] : [{ resource, error }];
    });
  }

  onState(resource: ApiResource, state: CaptureState): void {
    const key = resourceKey(resource);
    const before = this.#captureStates.get(key);
    this.#captureStates.set(key, state);
    if (before?.kind !== state.kind) this.#events.onProgress();
  }

  onGap(resource: ApiResource): void {
    if (resource === NAMESPACES) void this.#relistNamespaces();
    for (const joins of this.#targets.values()) {
      if (joins.target.follows(resource)) joins.closeGap([resource]);
    }
  }

  onCaptured(captured: Captured): void | Promise<void> {
    const { resource, object } = captured;
    if (isNamespace(resource)) this.#noteNamespace(captured);
    const takers = [...this.#targets.values()]
      .map(({ target }) => target)
      .filter((target) => target.follows(resource));
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
    const { resource, object } = captured;
    const { uid, resourceVersion } = object.metadata;
    const states = this.#statesOf(resource);
    const known = states.get(uid);
    const operation = operationOf(captured, known);
    // A list that ran ahead of the watch left a newer state: then nothing it knows is of the version before this one.
    const isLive = known === undefined || isNewer(resourceVersion, known.resourceVersion);
    const previous = isLive && known !== undefined ? { previousVersion: known.resourceVersion } : {};
    if (captured.type === 'DELETED') states.delete(uid);
    if (operation === undefined) return this.#events.onEvent(resource, 'Unchanged');
    // Every deletion is attributed, also of what no rule selects: cascades are credited by the deletion of the owner.
    const deletion =
      operation === 'DELETE' ? this.#authors.attribute({ operation, object, ...previous }) : undefined;

    const routed = takers.map((target) => {
      const rules = target.rulesFor({ resource, object, operation }, this.#namespaces.labels);
      for (const rule of target.rules) {
        if (rule.selection.selectsKind(resource)) {
          rule.setInScope(resource, uid, operation !== 'DELETE' && rules.includes(rule));
        }
      }
      return { target, rules };
    });
    const selected = routed.filter(({ rules }) => rules.length > 0);
    if (selected.length === 0) {
      states.delete(uid);
      if (operation === 'DELETE' && captured.type !== 'DELETED') {
        states.set(uid, { resourceVersion, digest: '', deleting: true, changedAtMs: 0 });
      }
      return this.#events.onEvent(resource, 'Unselected');
    }

    const manifest = operation === 'DELETE' ? null : sanitize(object);
    const digest = manifest === null ? '' : digestOf(manifest);
    const seenAtMs = happenedAtMs(captured, known);
    if (captured.type !== 'DELETED') {
      states.set(uid, { resourceVersion, digest, deleting: operation === 'DELETE', changedAtMs: seenAtMs });
    }
    if (isLive && manifest !== null && known?.digest === digest)
      return this.#events.onEvent(resource, 'Unchanged');
    this.#events.onEvent(resource, 'Taken');

    const attribution = deletion ?? this.#authors.attribute({ operation, object, manifest, ...previous });
    const atMs = (attribution.kind === 'known' ? attribution.atMs : undefined) ?? seenAtMs;
    const observed: Observed = { resource, operation, object, manifest, attribution, atMs };
    const pending = selected.flatMap(({ target, rules }) => target.take(observed, rules) ?? []);
    if (pending.length > 0) return Promise.all(pending).then(() => {});
  }

  /** A namespace whose labels change moves in or out of scope, with everything in it. */
  #noteNamespace({ type, object }: Captured): void {
    const { name, resourceVersion } = object.metadata;
    if (type === 'DELETED') {
      this.#authors.namespaceGone(object);
      return this.#namespaces.delete(name);
    }
    const before = this.#namespaces.set(object);
    if (before === undefined) return;
    for (const joins of this.#targets.values()) {
      const entering = joins.target.rules.filter(
        ({ selection }) =>
          selection.dependsOnNamespaces &&
          selection.selectsNamespace(object.metadata.labels ?? {}) &&
          !selection.selectsNamespace(before),
      );
      joins.enter(entering, name, { resourceVersion, timeMs: this.#clock.now(), resumed: false });
    }
  }

  async #relistNamespaces(): Promise<void> {
    for (let failures = 0; !this.#abort.signal.aborted; failures++) {
      try {
        const listed: KubeObject[] = [];
        await this.#namespaceCapture.list({
          onItem: (object) => void listed.push(object),
          onRestart: () => void listed.splice(0),
        });
        const names = new Set(listed.map(({ metadata }) => metadata.name));
        this.#namespaces.keep(names);
        for (const object of listed) {
          this.#noteNamespace({
            resource: NAMESPACES,
            type: 'MODIFIED',
            object,
            seenAtMs: this.#clock.now(),
          });
        }
        return;
      } catch (error) {
        this.#log.warn('Cannot list namespaces', { reason: messageOf(error) });
        await this.#clock.sleep(backoffMs(failures, RELIST_MIN_MS, RELIST_MAX_MS), this.#abort.signal);
      }
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
