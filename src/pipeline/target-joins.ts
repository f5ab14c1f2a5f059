import { backoffMs } from '../backoff.ts';
import { apiErrorOf, type CodedError, messageOf } from '../errors.ts';
import { type ApiResource, groupResource, resourceKey } from '../kube/resource.ts';
import type { ActiveRule, Scope } from './active-rule.ts';
import { type JoinContext, type JoinRequest, join } from './join.ts';
import type { Target } from './target.ts';

/** A list that failed is tried again after this long, doubling. */
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 30_000;

export interface TargetJoinsContext extends Omit<JoinContext, 'target'> {
  /** Has the target gone, so that nothing is to be listed for it any more? */
  readonly isGone: () => boolean;
  /** What is listed, or why it is not, may have changed. */
  readonly onProgress: () => void;
  readonly signal: AbortSignal;
}

/**
 * Brings resources into one target, one round of lists after another: what is asked for while a round runs waits for
 * the next. The target holds changes back from the first request until the last round is over.
 */
export class TargetJoins {
  readonly target: Target;
  readonly #context: TargetJoinsContext;
  readonly #pending: JoinRequest[] = [];
  readonly #errors = new Map<string, CodedError>();
  #isRunning = false;
  #running: Promise<void> = Promise.resolve();
  #failures = 0;

  constructor(target: Target, context: TargetJoinsContext) {
    this.target = target;
    this.#context = context;
  }

  /** Why resources could not be listed in the last round, by resource. */
  get errors(): ReadonlyMap<string, CodedError> {
    return this.#errors;
  }

  /** Resolves when no round runs. */
  idle(): Promise<void> {
    return this.#running;
  }

  /** The target follows these resources from now on. */
  listNew(resources: readonly ApiResource[]): void {
    this.#request(requestsFor(this.target.rules, resources));
  }

  /** A rule is new on the target: list for it whatever is not asked for yet. */
  listFor(rule: ActiveRule): void {
    const asked = new Set(
      this.#pending.filter((request) => request.rule === rule).map(({ resource }) => resourceKey(resource)),
    );
    const missing = [...this.target.followed].filter((resource) => !asked.has(resourceKey(resource)));
    const requests = requestsFor([rule], missing);
    this.#request(requests);
    // A rule whose kinds are not served yet has nothing to list: what will come of them is no snapshot's.
    if (requests.length === 0 && asked.size === 0 && rule.snapshot.kind === 'Pending') {
      rule.snapshot = { kind: 'Committed', timeMs: this.#context.clock.now() };
    }
  }

  /** A namespace came into the scope of these rules. */
  enter(rules: readonly ActiveRule[], namespace: string, scope: Scope): void {
    const resources = [...this.target.followed].filter((resource) => resource.namespaced);
    this.#request(
      resources.flatMap((resource) =>
        selecting(rules, resource).map((rule) => ({ rule, resource, namespace, scope })),
      ),
    );
  }

  /**
   * Changes of these resources may have been missed: what a list finds different are changes. A rule that waits for
   * its first list of a resource is served by that.
   */
  closeGap(resources: Iterable<ApiResource>): void {
    const isPending = (rule: ActiveRule, resource: ApiResource) =>
      this.#pending.some(
        (request) =>
          request.rule === rule &&
          request.namespace === undefined &&
          resourceKey(request.resource) === resourceKey(resource),
      );
    this.#request(
      [...resources].flatMap((resource) =>
        selecting(this.target.rules, resource)
          .filter((rule) => !isPending(rule, resource))
          .map((rule) => ({
            rule,
            resource,
            scope: { ...rule.scope, timeMs: snapshotTimeMs(rule), resumed: true },
          })),
      ),
    );
  }

  #request(requests: readonly JoinRequest[]): void {
    if (requests.length === 0) return;
    for (const { rule, resource } of requests) rule.setListed(resourceKey(resource), false);
    this.#pending.push(...requests);
    this.target.hold();
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    const { clock, signal, isGone, onProgress, namespaces, log } = this.#context;
    const { target } = this;
    // Rules that are set in one go are listed in one go.
    await Promise.resolve();
    while (this.#pending.length > 0 && !isGone()) {
      const requests = this.#pending.splice(0).filter((request) => this.#isWanted(request));
      target.hold();
      const failed = await this.#round(requests);
      if (this.#pending.length > 0) {
        this.#pending.push(...failed);
        continue;
      }
      const isComplete = await target.release(namespaces);
      onProgress();
      if (!isComplete) {
        // Changes of any resource were let go, deletions among them: all has to be compared.
        log.warn('Too many changes while listing, listing again', { gitRepoConfig: target.key });
        this.closeGap(target.followed);
      }
      if (failed.length === 0) {
        this.#failures = 0;
        continue;
      }
      await clock.sleep(backoffMs(this.#failures++, RETRY_MIN_MS, RETRY_MAX_MS), signal);
      this.#pending.push(...failed);
    }
    // In the same moment as the last look at what is pending, so that no request falls between.
    this.#isRunning = false;
  }

  async #round(requests: readonly JoinRequest[]): Promise<readonly JoinRequest[]> {
    const { log } = this.#context;
    try {
      const failed = await join(requests, { ...this.#context, target: this.target });
      this.#errors.clear();
      for (const { request, error } of failed) {
        const { resource } = request;
        log.debug('Cannot list', { resource: groupResource(resource), reason: messageOf(error) });
        this.#errors.set(resourceKey(resource), apiErrorOf(error));
      }
      return failed.map(({ request }) => request);
    } catch (error) {
      log.error('Cannot bring resources into a repository', {
        gitRepoConfig: this.target.key,
        reason: messageOf(error),
      });
      return requests;
    }
  }

  /** Is a request still of use: its rule is the target's current one, and its resource is followed? */
  #isWanted({ rule, resource }: JoinRequest): boolean {
    return this.target.rules.includes(rule) && this.target.follows(resource);
  }
}

function requestsFor(
  rules: readonly ActiveRule[],
  resources: readonly ApiResource[],
): readonly JoinRequest[] {
  return resources.flatMap((resource) =>
    selecting(rules, resource).map((rule) => ({ rule, resource, scope: rule.scope })),
  );
}

function selecting(rules: readonly ActiveRule[], resource: ApiResource): readonly ActiveRule[] {
  return rules.filter(({ selection }) => selection.selectsKind(resource));
}

function snapshotTimeMs({ snapshot, scope }: ActiveRule): number {
  return snapshot.kind === 'Committed' ? snapshot.timeMs : scope.timeMs;
}
