import { backoffMs } from '../backoff.ts';
import { type ObjectState, ObjectStates } from '../capture/object-states.ts';
import {
  type Captured,
  type CaptureSink,
  type CaptureState,
  ResourceCapture,
} from '../capture/resource-capture.ts';
import type { Clock } from '../clock.ts';
import { CodedError, messageOf } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import { type ApiResource, groupResource, resourceKey } from '../kube/resource.ts';
import { isNewer } from '../kube/resource-version.ts';
import type { Log } from '../log.ts';
import { digestOf } from '../sanitize/digest.ts';
import { sanitize } from '../sanitize/sanitize.ts';
import type { ActiveRule } from './active-rule.ts';
import { resourcesToFollow } from './follow.ts';
import { type JoinRequest, join } from './join.ts';
import { NAMESPACES, NamespaceIndex } from './namespace-index.ts';
import { type Authors, happenedAtMs, type Observed, operationOf } from './observe.ts';
import type { Target } from './target.ts';

/** A list that failed is tried again after this long, doubling. */
const JOIN_RETRY_MIN_MS = 500;
const JOIN_RETRY_MAX_MS = 30_000;

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
  readonly #targets = new Map<string, JoiningTarget>();
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
    await Promise.all([...this.#stopping, ...[...this.#targets.values()].map(({ joining }) => joining)]);
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
    this.#targets.set(target.key, {
      target,
      pending: [],
      joining: undefined,
      failures: 0,
      errors: new Map(),
    });
  }

  removeTarget(key: string): void {
    this.#targets.delete(key);
    this.#plan();
  }

  /** Put a rule to work on a target, also in place of an earlier version of it. */
  setRule(targetKey: string, rule: ActiveRule): void {
    const joining = this.#targets.get(targetKey);
    if (joining === undefined) return;
    joining.target.addRule(rule);
    this.#plan();
    // What the target followed already has to be listed for the new rule too; what is new, #plan saw to.
    const planned = new Set(
      joining.pending.filter((request) => request.rule === rule).map(({ resource }) => resourceKey(resource)),
    );
    const missing = [...joining.target.followed].filter((resource) => !planned.has(resourceKey(resource)));
    const requests = requestsFor([rule], missing);
    this.#join(joining, requests);
    // A rule whose kinds are not served yet has nothing to list: what will come of them is no snapshot's.
    if (requests.length === 0 && planned.size === 0 && rule.snapshot.kind === 'Pending') {
      rule.snapshot = { kind: 'Committed', timeMs: this.#clock.now() };
    }
  }

  removeRule(targetKey: string, ruleKey: string): void {
    this.#targets.get(targetKey)?.target.removeRule(ruleKey);
    this.#plan();
  }

  /** Is everything that the rule selects listed, committed locally and watched? */
  isSynced(targetKey: string, rule: ActiveRule): boolean {
    const joining = this.#targets.get(targetKey);
    if (joining === undefined || rule.unlisted.size > 0 || rule.snapshot.kind === 'Pending') return false;
    return this.failuresOf(targetKey, rule).length === 0;
  }

  /** Resources that the rule selects and that cannot be watched now, with the reason. */
  failuresOf(
    targetKey: string,
    rule: ActiveRule,
  ): readonly { readonly resource: ApiResource; readonly error: CodedError }[] {
    const joining = this.#targets.get(targetKey);
    if (joining === undefined) return [];
    return selectedBy(rule, joining.target.followed).flatMap((resource) => {
      const key = resourceKey(resource);
      const state = this.#captureStates.get(key);
      const error = joining.errors.get(key) ?? (state?.kind === 'Failing' ? state.error : undefined);
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
    for (const joining of this.#targets.values()) {
      if (joining.target.follows(resource)) this.#join(joining, gapRequests(joining, [resource]));
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
    if (captured.type === 'DELETED') states.delete(uid);
    if (operation === undefined) return this.#events.onEvent(resource, 'Unchanged');
    // Every deletion is attributed, also of what no rule selects: cascades are credited by the deletion of the owner.
    const deletion =
      operation === 'DELETE'
        ? this.#authors.attribute({ operation, object, ...previousVersionOf(captured, known) })
        : undefined;

    const routed = takers.map((target) => {
      const rules = target.rulesFor({ resource, object, operation }, this.#namespaces.labels);
      for (const rule of target.rules) {
        if (rule.selection.selectsKind(resource)) {
          rule.setInScope(resource, uid, operation !== 'DELETE' && rules.includes(rule));
        }
      }
      return { target, isSelected: rules.length > 0 };
    });
    const selected = routed.filter(({ isSelected }) => isSelected).map(({ target }) => target);
    if (selected.length === 0) {
      states.delete(uid);
      if (operation === 'DELETE' && captured.type !== 'DELETED') {
        states.set(uid, { resourceVersion, digest: '', deleting: true, changedAtMs: 0 });
      }
      return this.#events.onEvent(resource, 'Unselected');
    }

    const manifest = operation === 'DELETE' ? null : sanitize(object);
    const digest = manifest === null ? '' : digestOf(manifest);
    // A list that ran ahead of the watch left a newer state: then the digest says nothing about this version.
    const isLive = known === undefined || isNewer(resourceVersion, known.resourceVersion);
    const seenAtMs = happenedAtMs(captured, known);
    if (captured.type !== 'DELETED') {
      states.set(uid, { resourceVersion, digest, deleting: operation === 'DELETE', changedAtMs: seenAtMs });
    }
    if (isLive && manifest !== null && known?.digest === digest)
      return this.#events.onEvent(resource, 'Unchanged');
    this.#events.onEvent(resource, 'Taken');

    const attribution =
      deletion ??
      this.#authors.attribute({ operation, object, manifest, ...previousVersionOf(captured, known) });
    const atMs = (attribution.kind === 'known' ? attribution.atMs : undefined) ?? seenAtMs;
    const observed: Observed = { resource, operation, object, manifest, attribution, atMs };
    const pending = selected.flatMap((target) => target.take(observed, this.#namespaces.labels) ?? []);
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
    for (const joining of this.#targets.values()) {
      const entering = joining.target.rules.filter(
        ({ selection }) =>
          selection.dependsOnNamespaces &&
          selection.selectsNamespace(object.metadata.labels ?? {}) &&
          !selection.selectsNamespace(before),
      );
      const scope = { resourceVersion, timeMs: this.#clock.now(), resumed: false };
      const resources = [...joining.target.followed].filter((resource) => resource.namespaced);
      this.#join(
        joining,
        resources.flatMap((resource) =>
          selecting(entering, resource).map((rule) => ({ rule, resource, namespace: name, scope })),
        ),
      );
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
        await this.#clock.sleep(
          backoffMs(failures, JOIN_RETRY_MIN_MS, JOIN_RETRY_MAX_MS),
          this.#abort.signal,
        );
      }
    }
  }

  /** Watch what the rules select now, and list what is new. */
  #plan(): void {
    const needed = new Set<string>([resourceKey(NAMESPACES)]);
    const union = new Map<string, ApiResource>();
    const joins: { readonly joining: JoiningTarget; readonly requests: readonly JoinRequest[] }[] = [];
    for (const joining of this.#targets.values()) {
      const { target } = joining;
      const followed = resourcesToFollow(
        target.rules.map(({ selection }) => selection),
        this.#served,
      );
      const added = target.setFollowed(followed);
      for (const resource of followed) {
        needed.add(resourceKey(resource));
        union.set(resourceKey(resource), resource);
      }
      joins.push({ joining, requests: requestsFor(target.rules, added) });
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
    for (const { joining, requests } of joins) this.#join(joining, requests);
    this.#events.onProgress();
  }

  #join(joining: JoiningTarget, requests: readonly JoinRequest[]): void {
    if (requests.length === 0) return;
    for (const { rule, resource } of requests) rule.setListed(resourceKey(resource), false);
    joining.pending.push(...requests);
    joining.target.hold();
    joining.joining ??= this.#runJoins(joining).finally(() => {
      joining.joining = undefined;
    });
  }

  async #runJoins(joining: JoiningTarget): Promise<void> {
    const { target } = joining;
    // Rules that are set in one go are listed in one go.
    await Promise.resolve();
    while (joining.pending.length > 0 && !this.#isGone(joining)) {
      const requests = joining.pending
        .splice(0)
        .filter(({ rule, resource }) => isWanted(target, rule, resource));
      target.hold();
      const failed = await this.#tryJoin(joining, requests);
      if (joining.pending.length > 0) continue;
      const isComplete = await target.release(this.#namespaces.labels);
      this.#events.onProgress();
      if (!isComplete) {
        // Changes of any resource were let go, deletions among them: all has to be compared.
        this.#log.warn('Too many changes while listing, listing again', { gitRepoConfig: target.key });
        this.#join(joining, gapRequests(joining, target.followed));
      }
      if (failed.length > 0) {
        await this.#clock.sleep(
          backoffMs(joining.failures++, JOIN_RETRY_MIN_MS, JOIN_RETRY_MAX_MS),
          this.#abort.signal,
        );
        joining.pending.push(...failed);
      } else {
        joining.failures = 0;
      }
    }
  }

  async #tryJoin(joining: JoiningTarget, requests: readonly JoinRequest[]): Promise<readonly JoinRequest[]> {
    try {
      const failed = await join(requests, {
        target: joining.target,
        captureOf: (resource) => this.#captureOf(resource),
        statesOf: (resource) => this.#statesOf(resource),
        authors: this.#authors,
        namespaces: this.#namespaces.labels,
        clock: this.#clock,
        log: this.#log,
      });
      joining.errors.clear();
      for (const { request, error } of failed) {
        this.#log.debug('Cannot list', {
          resource: groupResource(request.resource),
          reason: messageOf(error),
        });
        joining.errors.set(resourceKey(request.resource), asCoded(error));
      }
      return failed.map(({ request }) => request);
    } catch (error) {
      this.#log.error('Cannot bring resources into a repository', {
        gitRepoConfig: joining.target.key,
        reason: messageOf(error),
      });
      return requests;
    }
  }

  #isGone(joining: JoiningTarget): boolean {
    return this.#abort.signal.aborted || this.#targets.get(joining.target.key) !== joining;
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

interface JoiningTarget {
  readonly target: Target;
  readonly pending: JoinRequest[];
  joining: Promise<void> | undefined;
  failures: number;
  /** Why resources could not be listed in the last round, by resource. */
  readonly errors: Map<string, CodedError>;
}

function isNamespace({ group, kind }: ApiResource): boolean {
  return group === NAMESPACES.group && kind === NAMESPACES.kind;
}

/** The version right before the captured one, where it is known for sure: no list ran ahead. */
function previousVersionOf(
  { object }: Captured,
  known: ObjectState | undefined,
): { readonly previousVersion?: string } {
  if (known === undefined || !isNewer(object.metadata.resourceVersion, known.resourceVersion)) return {};
  return { previousVersion: known.resourceVersion };
}

function snapshotTimeMs({ snapshot, scope }: ActiveRule): number {
  return snapshot.kind === 'Committed' ? snapshot.timeMs : scope.timeMs;
}

function selecting(rules: readonly ActiveRule[], resource: ApiResource): readonly ActiveRule[] {
  return rules.filter(({ selection }) => selection.selectsKind(resource));
}

/**
 * Requests that close a gap: what a list finds different are changes. A rule that waits for its first list of the
 * resource is served by that.
 */
function gapRequests(joining: JoiningTarget, resources: Iterable<ApiResource>): readonly JoinRequest[] {
  const isPending = (rule: ActiveRule, resource: ApiResource) =>
    joining.pending.some(
      (request) =>
        request.rule === rule &&
        request.namespace === undefined &&
        resourceKey(request.resource) === resourceKey(resource),
    );
  return [...resources].flatMap((resource) =>
    selecting(joining.target.rules, resource)
      .filter((rule) => !isPending(rule, resource))
      .map((rule) => ({
        rule,
        resource,
        scope: { ...rule.scope, timeMs: snapshotTimeMs(rule), resumed: true },
      })),
  );
}

function selectedBy({ selection }: ActiveRule, resources: Iterable<ApiResource>): readonly ApiResource[] {
  return [...resources].filter((resource) => selection.selectsKind(resource));
}

function asCoded(error: unknown): CodedError {
  return error instanceof CodedError ? error : new CodedError('ApiError', messageOf(error), { retry: true });
}

function requestsFor(
  rules: readonly ActiveRule[],
  resources: readonly ApiResource[],
): readonly JoinRequest[] {
  return resources.flatMap((resource) =>
    selecting(rules, resource).map((rule) => ({ rule, resource, scope: rule.scope })),
  );
}

/** Is the request still of use: the rule is the target's current one, and the resource is followed? */
function isWanted(target: Target, rule: ActiveRule, resource: ApiResource): boolean {
  return target.rules.includes(rule) && target.follows(resource);
}
