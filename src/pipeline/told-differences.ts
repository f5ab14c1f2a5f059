import { type ApiResource, resourceKey } from '../kube/resource.ts';
import type { Difference } from './join-request.ts';
import type { Target } from './target.ts';

/** After so many surveys everything counts: the server's versions cannot be compared, or it sends no bookmarks. */
const SURVEYS_MAX = 5;

interface Surveyed {
  readonly surveys: number;
  /** Path to the version in which its object was first found gone. */
  readonly gone: ReadonlyMap<string, string>;
}

/**
 * Of what surveys find different, that which the watch will not set right any more. What it is still to tell has an
 * author, or at least a moment and a field manager; a comparison would make a mere difference of it.
 *
 * Of an object that stands, its version says whether the watch told of it. Of one that is gone nothing says when it
 * went: it counts once the watch is beyond the survey that missed it first.
 */
export class ToldDifferences {
  readonly #target: Target;
  readonly #surveyed = new Map<string, Surveyed>();

  constructor(target: Target) {
    this.#target = target;
  }

  /** Those that the watch was to tell. To be called with all that a survey of the resource found. */
  of(resource: ApiResource, differences: readonly Difference[]): readonly Difference[] {
    const key = resourceKey(resource);
    const before = this.#surveyed.get(key);
    const surveys = (before?.surveys ?? 0) + 1;
    const gone = new Map<string, string>();
    const told = differences.filter(({ file, change }) => {
      if (change === undefined) return true;
      let { resourceVersion } = change.object.metadata;
      if (file.content === null) {
        resourceVersion = before?.gone.get(file.path) ?? resourceVersion;
        gone.set(file.path, resourceVersion);
      }
      return this.#target.positions.hasSeen(resource, resourceVersion);
    });
    const isEnough = surveys >= SURVEYS_MAX;
    if (isEnough || told.length > 0 || differences.length === 0) this.#surveyed.delete(key);
    else this.#surveyed.set(key, { surveys, gone });
    return isEnough ? differences : told;
  }
}
