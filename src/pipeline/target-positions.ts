import { type ApiResource, resourceKey } from '../kube/resource.ts';
import { isNewer, newestVersion, oldestVersion } from '../kube/resource-version.ts';
import type { ActiveRule } from './active-rule.ts';
import type { TargetCursor } from './target-cursor.ts';

/** How far a target is with each resource that it follows, and what of that its cursor may tell a later process. */
export class TargetPositions {
  readonly #cursor: TargetCursor;
  /** The version of each resource up to which changes were taken. */
  readonly #seen = new Map<string, string>();
  /** Resources that went on from a cursor: nothing is known of their objects until they are checked. */
  readonly #unchecked = new Map<string, ApiResource>();

  constructor(cursor: TargetCursor) {
    this.#cursor = cursor;
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
    this.#seen.set(resourceKey(resource), version);
  }

  /** Changes were let go: each of these resources is where it was before. */
  goBack(lost: ReadonlyMap<string, string | undefined>): void {
    for (const [key, from] of lost) {
      if (from === undefined) this.#seen.delete(key);
      else this.#seen.set(key, from);
    }
  }

  /** Go on with a resource from where an earlier process left off. */
  resume(resource: ApiResource, position: string): void {
    const key = resourceKey(resource);
    this.#seen.set(key, position);
    this.#cursor.begin(key, position);
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
  forget(key: string): void {
    this.#seen.delete(key);
    this.#unchecked.delete(key);
    this.#cursor.withhold(key);
  }

  /** The version up to which everything of a resource was taken, or listed for all of these rules that select it. */
  reached(resource: ApiResource, rules: readonly ActiveRule[]): string | undefined {
    const key = resourceKey(resource);
    const selecting = rules.filter(({ selection }) => selection.selectsKind(resource));
    return newestVersion(this.#seen.get(key), oldestVersion(selecting.map((rule) => rule.coveredUpTo(key))));
  }

  /** All that was held is handed on: the positions are known again, of what is listed for every rule. */
  settle(followed: readonly ApiResource[], rules: readonly ActiveRule[], nowMs: number): void {
    for (const resource of followed) {
      const key = resourceKey(resource);
      const selecting = rules.filter(({ selection }) => selection.selectsKind(resource));
      const isListed = selecting.every((rule) => !rule.unlisted.has(key));
      const position = this.reached(resource, rules);
      if (position === undefined) continue;
      if (isListed) this.#cursor.settle(key, position);
      else this.#cursor.reached(key, position);
    }
    for (const rule of rules) {
      const selected = followed.filter((resource) => rule.selection.selectsKind(resource));
      // Nothing of it is listed yet: its snapshot is still to come.
      if (selected.length > 0 && selected.every((one) => rule.unlisted.has(resourceKey(one)))) continue;
      this.#cursor.markRule(rule, nowMs);
    }
  }
}
