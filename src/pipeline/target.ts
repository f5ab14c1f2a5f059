import { type Clock, systemClock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import { identityOf } from '../kube/object.ts';
import { type ApiResource, resourceKey } from '../kube/resource.ts';
import type { Log } from '../log.ts';
import { isSensitive } from '../sanitize/redact.ts';
import type { NamespaceLabels } from '../select/selection.ts';
import type { ActiveRule } from './active-rule.ts';
import type { Branch } from './branch.ts';
import { CommitRequests, type TargetEvents, type TargetSettings } from './commit-requests.ts';
import { CoveredChanges } from './covered-changes.ts';
import { FollowedKinds } from './followed-kinds.ts';
import { HeldChanges } from './held-changes.ts';
import type { Observed, ObservedChange } from './observe.ts';
import { Room } from './room.ts';
import { TargetCursor } from './target-cursor.ts';
import { TargetNoise } from './target-noise.ts';
import { TargetPositions } from './target-positions.ts';
import { wantedBy } from './wanted-by.ts';

/**
 * One GitRepoConfig at work: takes the changes that one of its rules selects, in order, and makes commit requests
 * of them. An object goes to the repository once, however many rules match it; of the fields to leave out, the
 * union counts.
 *
 * While it lists (`hold` … `release`), changes are kept back, so that a list's content never overwrites a newer
 * change: after the list at version L, changes up to L are covered by it and skipped.
 *
 * When more changes come than can be kept, or its branch is stuck, it lapses: it takes nothing more until it is
 * resumed, and then begins again, for each resource, after the last change that it took (`positions`).
 */
export class Target {
  readonly key: string;
  readonly settings: TargetSettings;
  readonly branch: Branch;
  readonly requests: CommitRequests;
  readonly cursor: TargetCursor;
  readonly positions: TargetPositions;
  readonly noise: TargetNoise;
  /** The branch is stuck, or has room again. */
  onStuck: (isStuck: boolean) => void = () => {};
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #rules = new Map<string, ActiveRule>();
  readonly #followed = new FollowedKinds();
  readonly #held = new HeldChanges();
  readonly #covered = new CoveredChanges();
  readonly #room: Room;
  #isLapsed = false;
  #isClosed = false;
  #takenAtMs = 0;

  constructor(
    key: string,
    settings: TargetSettings,
    branch: Branch,
    events: TargetEvents,
    log: Log,
    clock: Clock = systemClock,
  ) {
    this.key = key;
    this.settings = settings;
    this.branch = branch;
    this.requests = new CommitRequests(settings, events, log);
    this.cursor = new TargetCursor(settings.owner, branch, schemeOf(settings));
    this.positions = new TargetPositions(this.cursor);
    this.noise = new TargetNoise(events, clock);
    this.#clock = clock;
    this.#log = log;
    this.#room = new Room(clock, (isStuck) => {
      if (isStuck) {
        this.#lapse();
        log.warn('The repository takes no changes; others go on without it', { gitRepoConfig: key });
      } else log.info('The repository takes changes again', { gitRepoConfig: key });
      this.onStuck(isStuck);
    });
  }

  get rules(): readonly ActiveRule[] {
    return [...this.#rules.values()];
  }

  addRule(rule: ActiveRule): void {
    this.#rules.set(rule.key, rule);
  }

  removeRule(key: string): void {
    const rule = this.#rules.get(key);
    if (rule === undefined) return;
    this.#rules.delete(key);
    this.cursor.dropRule(rule.uid);
  }

  /** Follow these resources from now on, one version of each kind; returns those that were not followed before. */
  setFollowed(resources: readonly ApiResource[]): readonly ApiResource[] {
    const { added, dropped } = this.#followed.set(resources);
    for (const resource of dropped) {
      const key = resourceKey(resource);
      this.forget(resource);
      this.cursor.drop(key);
      for (const rule of this.#rules.values()) rule.unfollow(key);
    }
    return added;
  }

  /** What is followed now, one version of each kind. */
  get followed(): Pick<FollowedKinds, 'has'> & Iterable<ApiResource> {
    return this.#followed;
  }

  /** The rules that select the object for this operation; for a deletion, those that ever could have. */
  rulesFor(
    observed: Pick<Observed, 'resource' | 'object' | 'operation'>,
    namespaces: NamespaceLabels,
  ): readonly ActiveRule[] {
    const { resource, object, operation } = observed;
    const { secretsPolicy, sensitiveKinds } = this.settings;
    if (secretsPolicy === 'Skip' && isSensitive(object, sensitiveKinds)) return [];
    return this.rules.filter(({ selection }) =>
      operation === 'DELETE'
        ? selection.covers(resource, object.metadata.name, operation)
        : selection.selectsKind(resource) && selection.selects(resource, object, operation, namespaces),
    );
  }

  /** Another target may write to the same branch from now on: this one hands nothing over any more. */
  close(): void {
    this.#isClosed = true;
    this.#isLapsed = true;
    this.cursor.close();
    this.noise.clear();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Does the target take changes? Not while it has lapsed. */
  get isTaking(): boolean {
    return !this.#isLapsed;
  }

  get isStuck(): boolean {
    return this.#room.isStuck;
  }

  /** Everything of the resource up to this version was offered to the target. */
  saw(resource: ApiResource, version: string): void {
    if (!this.#isLapsed) this.positions.saw(resource, version);
  }

  /** As `saw`, and told without a change. */
  bookmark(resource: ApiResource, version: string): void {
    if (this.#isLapsed) return;
    if (!this.positions.hasSeen(resource, version)) this.saw(resource, version);
    if (!this.#held.isHolding(resourceKey(resource))) this.cursor.reached(resourceKey(resource), version);
  }

  /** What is known of the versions of a resource does not hold any more. */
  forget(resource: ApiResource): void {
    const key = resourceKey(resource);
    this.#held.drop(key);
    this.noise.forget(key);
    this.positions.forget(key);
    for (const rule of this.#rules.values()) rule.uncover(key);
  }

  /** Keep back changes of one resource, or of all, while the target lists. */
  hold(resource?: ApiResource): void {
    this.#held.hold(resource === undefined ? undefined : resourceKey(resource));
  }

  /** Changes that are kept back. */
  get heldCount(): number {
    return this.#held.count;
  }

  /**
   * Hand on what was held, oldest first; false when the target lapsed and has to be resumed. As much as there is room
   * for goes in one go, and so into one commit batch.
   */
  async release(namespaces: NamespaceLabels): Promise<boolean> {
    this.#held.sort();
    for (;;) {
      const observed = this.#isLapsed ? undefined : this.#held.next();
      if (observed === undefined) break;
      const room = this.#submit(observed, this.rulesFor(observed, namespaces));
      if (room !== undefined) await room;
    }
    this.#held.end();
    if (!this.#isLapsed) this.#settle();
    return !this.#isLapsed;
  }

  /** Take changes again. What was let go has to be asked for again, from `position` on. */
  takeAgain(): void {
    if (this.#isClosed) return;
    this.#isLapsed = false;
    this.#settle();
  }

  /** The version up to which everything of a resource was taken or listed; undefined when none is known. */
  position(resource: ApiResource): string | undefined {
    return this.positions.reached(resource, this.rules);
  }

  /** When a change was taken last, in milliseconds since the Unix epoch. */
  get takenAtMs(): number {
    return this.#takenAtMs;
  }

  /**
   * Take a change that was just observed, for the rules that select it now. What is held back is selected again when
   * it is released: scope may have changed by then. A promise resolves when there is room for the next.
   */
  take(observed: Observed, rules: readonly ActiveRule[]): void | Promise<void> {
    if (this.#isLapsed) return;
    this.#takenAtMs = this.#clock.now();
    const key = resourceKey(observed.resource);
    if (!this.#held.isHolding(key)) return this.#submit(observed, rules);
    if (!this.#held.put(observed, this.positions.seen(key))) this.#lapse();
  }

  /** Hand a change on. One that brings out a bug is left out: it must not keep others back, nor other targets from it. */
  #submit(observed: Observed, rules: readonly ActiveRule[]): void | Promise<void> {
    try {
      if (!this.#isClosed) return this.#handOn(observed, rules);
    } catch (error) {
      const { name, namespace, resourceVersion } = observed.object.metadata;
      this.#log.error('Change left out: a repository could not deal with it', {
        gitRepoConfig: this.key,
        namespace,
        name,
        resourceVersion,
        reason: messageOf(error),
        stack: error instanceof Error ? error.stack : undefined,
      });
    }
  }

  #handOn(observed: Observed, rules: readonly ActiveRule[]): void | Promise<void> {
    const { object, manifest } = observed;
    const wanting = wantedBy(rules, observed);
    if (wanting.length === 0 || this.#covered.has(observed, rules)) return;
    const content = manifest === null ? null : this.requests.render(manifest, wanting);
    const change = this.noise.pass(this.requests.path(identityOf(object)), observed, wanting, content);
    if (change !== undefined) return this.#commit(change, wanting, content);
  }

  #commit(
    change: ObservedChange,
    rules: readonly ActiveRule[],
    content: Buffer | null,
  ): void | Promise<void> {
    const { resource, object } = change;
    const marks = this.cursor.marksFor(resourceKey(resource), object.metadata.resourceVersion);
    const room = this.branch.enqueue(this.requests.change(change, rules, content, marks));
    if (room !== undefined) return this.#room.await(room);
  }

  /**
   * Commit what was held back as noise and is due, or all of it. What a list covers meanwhile was compared then, and
   * a rule that came anew compares for itself.
   *
   * The cursor may have passed what is held: after a restart all that went on from it is compared.
   */
  async releaseNoise(which: 'Due' | 'All'): Promise<void> {
    for (const held of this.noise.due(which)) {
      const { change, content, rules } = held.kept;
      if (this.#isLapsed || !this.noise.isHeld(held)) continue;
      // A list that is under way may have seen what stands in the branch now.
      if (this.#held.isHolding(resourceKey(change.resource))) continue;
      const standing = rules.flatMap(({ key, selects }) => {
        const rule = this.#rules.get(key);
        return rule?.selects === selects ? [rule] : [];
      });
      const isCovered = standing.length > 0 && this.#covered.has(change, standing);
      const released = this.noise.release(held, isCovered ? [] : standing);
      if (released !== undefined) await this.#commit(released, standing, content);
    }
  }

  #lapse(): void {
    this.#isLapsed = true;
    this.positions.goBack(this.#held.letGo());
  }

  #settle(): void {
    this.positions.settle([...this.followed], this.rules, this.#clock.now());
  }
}

/** Whatever decides which file has which content, beside what rules select. */
function schemeOf({ prefix, secretsPolicy, maxFileBytes, sensitiveKinds }: TargetSettings): string {
  const kinds = sensitiveKinds.size === 0 ? [] : [[...sensitiveKinds]];
  return JSON.stringify([prefix, secretsPolicy, maxFileBytes, ...kinds]);
}
