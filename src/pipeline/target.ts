import { type Clock, systemClock } from '../clock.ts';
import { identityOf } from '../kube/object.ts';
import { type ApiResource, groupKindKey, resourceKey } from '../kube/resource.ts';
import { isNewer, newestVersion, oldestVersion } from '../kube/resource-version.ts';
import type { Log } from '../log.ts';
import { isSensitive } from '../sanitize/redact.ts';
import type { NamespaceLabels } from '../select/selection.ts';
import type { ActiveRule } from './active-rule.ts';
import type { Branch } from './branch.ts';
import { CommitRequests, type TargetEvents, type TargetSettings } from './commit-requests.ts';
import { HeldChanges } from './held-changes.ts';
import type { Observed, ObservedChange } from './observe.ts';
import { Room } from './room.ts';
import { TargetCursor } from './target-cursor.ts';
import { TargetNoise } from './target-noise.ts';

/** Paths that are remembered for having been written again after a list; see `#isCovered`. */
const REWRITTEN_PATHS_MAX = 10_000;

/**
 * The rules that want a change by this user. A deletion is wanted whoever asked for it: Git never keeps the file of
 * an object that is gone.
 */
export function wantedBy(
  rules: readonly ActiveRule[],
  { attribution, operation }: Pick<ObservedChange, 'attribution' | 'operation'>,
): readonly ActiveRule[] {
  if (attribution.kind === 'unknown' || operation === 'DELETE') return rules;
  return rules.filter(({ selection }) => !selection.excludesUser(attribution.name));
}

/**
 * One GitRepoConfig at work: takes the changes that one of its rules selects, in order, and makes commit requests
 * of them. An object goes to the repository once, however many rules match it; of the fields to leave out, the
 * union counts.
 *
 * While it lists (`hold` … `release`), changes are kept back, so that a list's content never overwrites a newer
 * change: after the list at version L, changes up to L are covered by it and skipped.
 *
 * When more changes come than can be kept, or its branch is stuck, it lapses: it takes nothing more until it is
 * resumed, and then begins again, for each resource, after the last change that it took (`seen`).
 */
export class Target {
  readonly key: string;
  readonly settings: TargetSettings;
  readonly branch: Branch;
  readonly requests: CommitRequests;
  readonly cursor: TargetCursor;
  readonly noise: TargetNoise;
  /** The branch is stuck, or has room again. */
  onStuck: (isStuck: boolean) => void = () => {};
  readonly #clock: Clock;
  readonly #rules = new Map<string, ActiveRule>();
  /** Which version of each kind is followed: `group/Kind` to resource. */
  readonly #follows = new Map<string, ApiResource>();
  /** The version of each resource up to which changes were taken. */
  readonly #seen = new Map<string, string>();
  readonly #held = new HeldChanges();
  /** Paths written by a change older than a list that covered another rule of theirs. */
  readonly #rewritten = new Set<string>();
  /** Resources that went on from a cursor: nothing is known of their objects until they are checked. */
  readonly #unchecked = new Map<string, ApiResource>();
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
    this.noise = new TargetNoise(events, clock);
    this.#clock = clock;
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
    const wanted = new Map(resources.map((resource) => [groupKindKey(resource), resource]));
    for (const [groupKind, resource] of this.#follows) {
      const key = resourceKey(resource);
      const next = wanted.get(groupKind);
      if (next !== undefined && resourceKey(next) === key) continue;
      this.#follows.delete(groupKind);
      this.forget(resource);
      this.cursor.drop(key);
      for (const rule of this.#rules.values()) rule.unfollow(key);
    }
    const added: ApiResource[] = [];
    for (const [groupKind, resource] of wanted) {
      if (this.#follows.has(groupKind)) continue;
      this.#follows.set(groupKind, resource);
      added.push(resource);
    }
    return added;
  }

  /** Does the target follow this resource, in this version? */
  follows(resource: ApiResource): boolean {
    const followed = this.#follows.get(groupKindKey(resource));
    return (
      followed !== undefined && followed.version === resource.version && followed.plural === resource.plural
    );
  }

  get followed(): Iterable<ApiResource> {
    return this.#follows.values();
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

  /** The version up to which changes of a resource were taken; undefined when none is known. */
  seen(resource: string): string | undefined {
    return this.#seen.get(resource);
  }

  /** Was the change of this version taken already? Then it comes again for somebody else. */
  hasSeen(resource: ApiResource, version: string): boolean {
    const seen = this.#seen.get(resourceKey(resource));
    return seen !== undefined && !isNewer(version, seen);
  }

  /** Everything of the resource up to this version was offered to the target. */
  saw(resource: ApiResource, version: string): void {
    if (!this.#isLapsed) this.#seen.set(resourceKey(resource), version);
  }

  /** As `saw`, and told without a change. */
  bookmark(resource: ApiResource, version: string): void {
    if (this.#isLapsed) return;
    if (!this.hasSeen(resource, version)) this.saw(resource, version);
    if (!this.#held.isHolding(resourceKey(resource))) this.cursor.reached(resourceKey(resource), version);
  }

  /** Go on with a resource from where an earlier process left off. */
  resume(resource: ApiResource, position: string): void {
    const key = resourceKey(resource);
    this.#seen.set(key, position);
    this.cursor.begin(key, position);
    this.#unchecked.set(key, resource);
  }

  /** Resources that went on from a cursor and were not compared since. */
  get unchecked(): Iterable<ApiResource> {
    return this.#unchecked.values();
  }

  /** Is the resource one of the `unchecked`? */
  isUnchecked(resource: ApiResource): boolean {
    return this.#unchecked.has(resourceKey(resource));
  }

  /** The resource was listed and compared for all rules. */
  checked(resource: ApiResource): void {
    this.#unchecked.delete(resourceKey(resource));
  }

  /** What is known of the versions of a resource does not hold any more. */
  forget(resource: ApiResource): void {
    const key = resourceKey(resource);
    this.#seen.delete(key);
    this.#held.drop(key);
    this.#unchecked.delete(key);
    this.noise.forget(key);
    this.cursor.withhold(key);
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
    const key = resourceKey(resource);
    const selecting = this.rules.filter(({ selection }) => selection.selectsKind(resource));
    return newestVersion(this.#seen.get(key), oldestVersion(selecting.map((rule) => rule.coveredUpTo(key))));
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
    if (!this.#held.put(observed, this.#seen.get(key))) this.#lapse();
  }

  #submit(observed: Observed, rules: readonly ActiveRule[]): void | Promise<void> {
    if (this.#isClosed) return;
    const { object, manifest } = observed;
    const wanting = wantedBy(rules, observed);
    if (wanting.length === 0 || this.#isCovered(observed, rules)) return;
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
      const isCovered = standing.length > 0 && this.#isCovered(change, standing);
      const released = this.noise.release(held, isCovered ? [] : standing);
      if (released !== undefined) await this.#commit(released, standing, content);
    }
  }

  /**
   * Is the change part of what a list found? Only if it is for every rule that selects it: else the list may have
   * left it out. A path that is written all the same goes through its versions once more, to the last.
   */
  #isCovered({ resource, object }: ObservedChange, rules: readonly ActiveRule[]): boolean {
    const { resourceVersion, namespace } = object.metadata;
    const key = resourceKey(resource);
    const covered = rules.filter((rule) => rule.isCovered(key, namespace, resourceVersion));
    if (covered.length === 0) return false;
    const path = `${key} ${namespace} ${object.metadata.name}`;
    if (covered.length === rules.length) return !this.#rewritten.has(path);
    if (this.#rewritten.size >= REWRITTEN_PATHS_MAX) this.#rewritten.clear();
    this.#rewritten.add(path);
    return false;
  }

  #lapse(): void {
    this.#isLapsed = true;
    for (const [key, from] of this.#held.letGo()) {
      if (from === undefined) this.#seen.delete(key);
      else this.#seen.set(key, from);
    }
  }

  /** All that was held is handed on: the positions are known again, of what is listed for every rule. */
  #settle(): void {
    for (const resource of this.followed) {
      const key = resourceKey(resource);
      const selecting = this.rules.filter(({ selection }) => selection.selectsKind(resource));
      const isListed = selecting.every((rule) => !rule.unlisted.has(key));
      const position = this.position(resource);
      if (position === undefined) continue;
      if (isListed) this.cursor.settle(key, position);
      else this.cursor.reached(key, position);
    }
    const followed = [...this.followed];
    for (const rule of this.rules) {
      const selected = followed.filter((resource) => rule.selection.selectsKind(resource));
      // Nothing of it is listed yet: its snapshot is still to come.
      if (selected.length > 0 && selected.every((one) => rule.unlisted.has(resourceKey(one)))) continue;
      this.cursor.markRule(rule, this.#clock.now());
    }
  }
}

/** Whatever decides which file has which content, beside what rules select. */
function schemeOf({ prefix, secretsPolicy, maxFileBytes, sensitiveKinds }: TargetSettings): string {
  const kinds = sensitiveKinds.size === 0 ? [] : [[...sensitiveKinds]];
  return JSON.stringify([prefix, secretsPolicy, maxFileBytes, ...kinds]);
}
