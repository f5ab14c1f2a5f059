import { resourceKey } from '../kube/resource.ts';
import { compareResourceVersions } from '../kube/resource-version.ts';
import type { Observed } from './observe.ts';

/** Changes, with their objects, that wait while a target lists. What is beyond is asked for again later. */
const HELD_CHANGES_MAX = 5_000;

/** The changes that a target keeps back: first in, first out, unless they are sorted. */
export class HeldChanges {
  /** Held resources, or all; undefined: nothing is held. */
  #holding: Set<string> | 'All' | undefined;
  #changes: Observed[] = [];
  #next = 0;
  /** For each resource with changes here: the version that the target had before the first of them. */
  readonly #from = new Map<string, string | undefined>();

  get count(): number {
    return this.#changes.length - this.#next;
  }

  /** Is a change of this resource to be kept back? */
  isHolding(resource: string): boolean {
    return this.#holding === 'All' || this.#holding?.has(resource) === true;
  }

  /** Keep back changes of this resource, or of all. */
  hold(resource: string | undefined): void {
    if (resource === undefined) this.#holding = 'All';
    else if (this.#holding !== 'All') this.#holding = (this.#holding ?? new Set()).add(resource);
  }

  /** Keep nothing back any more. */
  end(): void {
    this.#holding = undefined;
    this.#from.clear();
  }

  /** Keep a change back; false when there is no room. `seen` is the version that the target had before it. */
  put(observed: Observed, seen: string | undefined): boolean {
    const key = resourceKey(observed.resource);
    if (!this.#from.has(key)) this.#from.set(key, seen);
    if (this.count >= HELD_CHANGES_MAX) return false;
    this.#changes.push(observed);
    return true;
  }

  /** Put what is here into the order of versions. Those of one resource stay as they came. */
  sort(): void {
    const versionOf = ({ object }: Observed) => object.metadata.resourceVersion;
    this.#changes = this.#changes
      .slice(this.#next)
      .sort((a, b) => compareResourceVersions(versionOf(a), versionOf(b)) ?? 0);
    this.#next = 0;
  }

  /** The oldest change, which is not held any more. */
  next(): Observed | undefined {
    const observed = this.#changes[this.#next];
    if (observed === undefined) {
      this.#changes = [];
      this.#next = 0;
      return undefined;
    }
    this.#next++;
    if (this.#next * 2 > this.#changes.length && this.#next > HELD_CHANGES_MAX / 10) {
      this.#changes = this.#changes.slice(this.#next);
      this.#next = 0;
    }
    this.#from.set(resourceKey(observed.resource), observed.object.metadata.resourceVersion);
    return observed;
  }

  /** Drop the changes of one resource. */
  drop(resource: string): void {
    this.#changes = this.#changes
      .slice(this.#next)
      .filter((observed) => resourceKey(observed.resource) !== resource);
    this.#next = 0;
    this.#from.delete(resource);
  }

  /** Drop all changes; tells for each resource that lost some from which version on. */
  letGo(): ReadonlyMap<string, string | undefined> {
    const lost = new Map(this.#from);
    this.#changes = [];
    this.#next = 0;
    this.#from.clear();
    return lost;
  }
}
