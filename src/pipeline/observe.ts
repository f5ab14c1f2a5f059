import type { Captured } from '../capture/capture-sink.ts';
import type { ObjectState } from '../capture/object-states.ts';
import type { Attribution } from '../identify/attribution.ts';
import { changedAtMs } from '../identify/changed-at.ts';
import type { ObservedFacts } from '../identify/evidence-store.ts';
import type { KubeObject } from '../kube/object.ts';
import type { ApiResource } from '../kube/resource.ts';
import type { Manifest } from '../sanitize/manifest.ts';
import type { Operation } from '../select/selection.ts';

/** What a commit says of a change; its content is kept elsewhere. */
export interface ObservedChange {
  readonly resource: ApiResource;
  readonly operation: Operation;
  readonly object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>;
  readonly attribution: Attribution;
  readonly atMs: number;
  /** Lines for the commit body beyond the standard ones. */
  readonly details?: readonly string[];
}

/** What a commit needs of an object: not what is in it. */
export function bareObject({ apiVersion, kind, metadata }: KubeObject): ObservedChange['object'] {
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion },
  };
}

/** A change without its content. */
export function bareChange({
  resource,
  operation,
  object,
  attribution,
  atMs,
  details,
}: Observed): ObservedChange {
  const bare = { resource, operation, object: bareObject(object), attribution, atMs };
  return details === undefined ? bare : { ...bare, details };
}

/** A change that somebody's rule may want, cleaned. */
export interface Observed extends ObservedChange {
  readonly object: KubeObject;
  /** The sanitized object; null for a DELETE. */
  readonly manifest: Manifest | null;
}

/** Tells who made a change; unknown without evidence. The evidence store is one. */
export interface Authors {
  attribute(facts: ObservedFacts): Attribution;
  /** The watch showed the end of a Namespace: another of its name may come. */
  namespaceGone(namespace: KubeObject): void;
}

/**
 * Which operation a captured event stands for, given what is known of the object; undefined when it stands for
 * none: what follows a requested deletion until the object is gone.
 *
 * A deletion counts when it is requested (finalizers and grace periods come after), so that the file leaves Git
 * with the person's intent and the final removal makes no second commit.
 */
export function operationOf(captured: Captured, known: ObjectState | undefined): Operation | undefined {
  if (captured.type === 'DELETED' || captured.object.metadata.deletionTimestamp !== undefined) {
    return known?.deleting ? undefined : 'DELETE';
  }
  // A watch that begins at a version tells of real creations only.
  return captured.type === 'ADDED' ? 'CREATE' : 'UPDATE';
}

/** Beyond this, a field manager's time is taken for an older change's, and the time of seeing is better. */
const CLOCK_LAG_MS_MAX = 10_000;

/**
 * When a change happened: what the object tells of itself where that is new, else when it was seen.
 * A field manager's time does not move when a change only removes fields, so a time that was seen before, or one
 * that lags far behind a live event, is not this change's.
 *
 * `isPast`: the event may be of the past, or of an object that nothing is known of (after a resume). Then what the
 * object tells counts: a write of its status alone must not make it look newer than what somebody commits meanwhile.
 */
export function happenedAtMs(captured: Captured, known: ObjectState | undefined, isPast = false): number {
  const told = changedAtMs(captured.object);
  if ((captured.type === 'ADDED' || isPast) && captured.type !== 'DELETED' && told > 0) return told;
  const isNew = told > (known?.changedAtMs ?? 0);
  return isNew && told <= captured.seenAtMs && captured.seenAtMs - told < CLOCK_LAG_MS_MAX
    ? told
    : captured.seenAtMs;
}
