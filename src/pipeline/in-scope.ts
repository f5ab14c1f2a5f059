import { changedAtMs, statusWrittenAtMs } from '../identify/changed-at.ts';
import type { KubeObject } from '../kube/object.ts';
import { isNewer } from '../kube/resource-version.ts';
import type { Scope } from './active-rule.ts';

/**
 * Did the object change after it came into scope? Then that change is a commit of its own.
 *
 * A newer version alone does not say so: writes of status make versions too. Field managers tell them apart, by
 * whole seconds; within the second in which the scope began, a status that was written since leaves it open, and
 * the object counts as one that existed before.
 */
export function isChange(object: KubeObject, scope: Scope): boolean {
  if (scope.resumed) return true;
  if (!isNewer(object.metadata.resourceVersion, scope.resourceVersion)) return false;
  const began = wholeSeconds(scope.timeMs);
  return wholeSeconds(changedAtMs(object)) > began || statusWrittenAtMs(object) < began;
}

/** Was the object created after it would have been in scope? Creation times are whole seconds. */
export function wasCreatedIn(object: KubeObject, scope: Scope): boolean {
  const created = Date.parse(object.metadata.creationTimestamp ?? '');
  return created >= wholeSeconds(scope.timeMs);
}

/** A time without its fraction of a second. */
export function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
