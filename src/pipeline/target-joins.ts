import { backoffMs } from '../backoff.ts';
import { apiErrorOf, type CodedError, messageOf } from '../errors.ts';
import { type ApiResource, groupResource, resourceKey } from '../kube/resource.ts';
import type { ActiveRule, Scope } from './active-rule.ts';
import { BackgroundCheck } from './background-check.ts';
import { join, survey } from './join.ts';
import type { JoinContext, JoinRequest } from './join-request.ts';
import { NoiseRelease } from './noise-release.ts';
import { Replays } from './replays.ts';
import type { Target } from './target.ts';
import { ToldDifferences } from './told-differences.ts';

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
  readonly #checks: ApiResource[] = [];
  readonly #errors = new Map<string, CodedError>();
  #isRunning = false;
  #running: Promise<void> = Promise.resolve();
  #failures = 0;
  readonly #backgroundCheck: BackgroundCheck;
  readonly #toldDifferences: ToldDifferences;
  readonly #replays: Replays;
  #isBegun = false;

  constructor(target: Target, context: TargetJoinsContext) {
    this.target = target;
    this.#context = context;
    this.#toldDifferences = new ToldDifferences(target);
    this.#replays = new Replays(target, context);
    this.#backgroundCheck = new BackgroundCheck(target, context, {
      isIdle: () => !this.#isRunning,
      compare: (resource) => this.#compare(resource),
    });
    const noiseRelease = new NoiseRelease(target, context);
    target.noise.onHeld = () => noiseRelease.begin();
    target.onStuck = (isStuck) => {
      this.#context.onProgress();
      if (!isStuck && !this.#isRunning) this.#goOn();
    };
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
    this.#resumeOrList(requestsFor(this.target.rules, resources));
  }

  /** A rule is new on the target: list for it whatever is not asked for yet. */
  listFor(rule: ActiveRule): void {
    const asked = new Set(
      this.#pending.filter((request) => request.rule === rule).map(({ resource }) => resourceKey(resource)),
    );
    const missing = [...this.target.followed].filter((resource) => !asked.has(resourceKey(resource)));
    const requests = requestsFor([rule], missing);
    this.#resumeOrList(requests);
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
    const all = [...resources];
    for (const resource of all) this.target.cursor.withhold(resourceKey(resource));
    const isPending = (rule: ActiveRule, resource: ApiResource) =>
      this.#pending.some(
        (request) =>
          request.rule === rule &&
          request.namespace === undefined &&
          resourceKey(request.resource) === resourceKey(resource),
      );
    this.#request(
      all.flatMap((resource) =>
        selecting(this.target.rules, resource)
          .filter((rule) => !isPending(rule, resource))
          .map((rule) => comparing(rule, resource)),
      ),
    );
  }

  /** What was seen of the resource was another history: versions and states of it do not hold any more. */
  startOver(resource: ApiResource): void {
    this.target.forget(resource);
    this.closeGap([resource]);
  }

  #resumeOrList(requests: readonly JoinRequest[]): void {
    this.#begin();
    this.#request(requests.filter((request) => !this.#resume(request)));
    this.#gather();
  }

  /** Marks of rules that are not put to work in the same go would not be kept up from here on. */
  #begin(): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    queueMicrotask(() => this.target.cursor.keepRules(new Set(this.target.rules.map(({ uid }) => uid))));
  }

  /** Go on with a resource from the rule's cursor, if it has one there and nothing newer was handed on yet. */
  #resume({ rule, resource }: JoinRequest): boolean {
    const { target } = this;
    const key = resourceKey(resource);
    const position = rule.resumesAt?.get(key);
    if (position === undefined) return false;
    const isThere = target.positions.seen(key) === position && target.cursor.position(key) === position;
    if (target.cursor.hasBegun(key) && !isThere) return false;
    const capture = this.#context.captureOf(resource);
    if (capture === undefined) return false;
    rule.follow(resource);
    target.positions.resume(resource, position);
    capture.rewind(position);
    this.#replays.add(capture);
    this.#backgroundCheck.begin();
    return true;
  }

  /** What several watches missed is handed on together: whichever opens first must not keep the others waiting. */
  #gather(): void {
    if (!this.#replays.isAwaited) return;
    this.target.hold();
    this.#start();
  }

  /** The target lapsed: take changes again, from where it was. */
  #goOn(): void {
    const { target } = this;
    if (target.isTaking) return;
    target.takeAgain();
    const lost: ApiResource[] = [];
    for (const resource of target.followed) {
      const position = target.position(resource);
      if (position === undefined) lost.push(resource);
      else this.#context.captureOf(resource)?.rewind(position);
    }
    this.closeGap(lost);
    this.#context.onProgress();
  }

  /** Look first, and only where something differs that no watch will tell, keep changes back to set it right. */
  async #compare(resource: ApiResource): Promise<void> {
    const { target } = this;
    const requests = selecting(target.rules, resource).map((rule) => comparing(rule, resource));
    try {
      const differences = await survey(requests, { ...this.#context, target });
      const told = this.#toldDifferences.of(resource, differences);
      if (differences.length === 0) {
        target.positions.checked(resource);
        return this.#context.onProgress();
      }
      if (told.length === 0) return;
    } catch (error) {
      const reason = messageOf(error);
      return this.#context.log.debug('Cannot compare yet', { resource: groupResource(resource), reason });
    }
    this.#checks.push(resource);
    this.#start();
    await this.idle();
  }

  #request(requests: readonly JoinRequest[]): void {
    if (requests.length === 0) return;
    const { cursor } = this.target;
    for (const { rule, resource } of requests) {
      const key = resourceKey(resource);
      rule.setListed(key, false);
      if (!cursor.hasBegun(key)) cursor.withhold(key);
    }
    for (const rule of new Set(requests.map((request) => request.rule))) {
      if (cursor.hasRule(rule)) cursor.markRule(rule, this.#context.clock.now());
    }
    this.#pending.push(...requests);
    this.target.hold();
    this.#start();
  }

  #start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    const { clock, signal, isGone, onProgress, namespaces } = this.#context;
    const { target } = this;
    // Rules that are set in one go are listed in one go.
    await Promise.resolve();
    while ((this.#pending.length > 0 || this.#checks.length > 0 || this.#replays.isAwaited) && !isGone()) {
      const replayed = this.#replays.arrive();
      const failed = this.#pending.length > 0 ? await this.#listPending() : await this.#check();
      await replayed;
      if (this.#pending.length > 0) {
        this.#pending.push(...failed);
        continue;
      }
      const isComplete = await target.release(namespaces);
      onProgress();
      if (!isComplete && !target.isStuck) this.#goOn();
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

  #listPending(): Promise<readonly JoinRequest[]> {
    const requests = this.#pending.splice(0).filter((request) => this.#isWanted(request));
    this.target.hold();
    return this.#round(requests);
  }

  /** Compare one resource; a failure leaves it among the unchecked. */
  async #check(): Promise<readonly JoinRequest[]> {
    const { target } = this;
    const [resource] = this.#checks.splice(0, 1);
    if (resource === undefined || !target.followed.has(resource)) return [];
    this.#context.log.info('Something differs, comparing', { resource: groupResource(resource) });
    target.hold(resource);
    const rules = selecting(target.rules, resource);
    const failed = await this.#round(rules.map((rule) => comparing(rule, resource)));
    if (failed.length === 0) target.positions.checked(resource);
    return [];
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
    return this.target.rules.includes(rule) && this.target.followed.has(resource);
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

/** What a list finds different are changes. */
function comparing(rule: ActiveRule, resource: ApiResource): JoinRequest {
  return { rule, resource, scope: { ...rule.scope, timeMs: snapshotTimeMs(rule), resumed: true } };
}

function snapshotTimeMs({ snapshot, scope }: ActiveRule): number {
  return snapshot.kind === 'Committed' ? snapshot.timeMs : scope.timeMs;
}
