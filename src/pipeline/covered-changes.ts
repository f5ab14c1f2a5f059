import { resourceKey } from '../kube/resource.ts';
import type { ActiveRule } from './active-rule.ts';
import type { ObservedChange } from './observe.ts';

/** Paths that are remembered for having been written again after a list. */
const REWRITTEN_PATHS_MAX = 10_000;

/** Tells which changes are part of what a list found, so that an older change never overwrites the list's content. */
export class CoveredChanges {
  /** Paths written by a change older than a list that covered another rule of theirs. */
  readonly #rewritten = new Set<string>();

  /**
   * Is the change part of what a list found? Only if it is for every rule that selects it: else the list may have
   * left it out. A path that is written all the same goes through its versions once more, to the last.
   */
  has({ resource, object }: ObservedChange, rules: readonly ActiveRule[]): boolean {
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
}
