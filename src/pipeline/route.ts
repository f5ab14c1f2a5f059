import type { Captured } from '../capture/capture-sink.ts';
import type { ObjectStates } from '../capture/object-states.ts';
import type { ApiResource } from '../kube/resource.ts';
import { isNewer } from '../kube/resource-version.ts';
import { digestOf } from '../sanitize/digest.ts';
import { sanitize } from '../sanitize/sanitize.ts';
import type { NamespaceLabels } from '../select/selection.ts';
import { type Authors, happenedAtMs, type Observed, operationOf } from './observe.ts';
import type { Target } from './target.ts';

/** What became of an event of a watch. */
export type Outcome = 'Taken' | 'Unselected' | 'Unchanged';

export interface RouteContext {
  readonly statesOf: (resource: ApiResource) => ObjectStates;
  readonly authors: Authors;
  readonly namespaces: NamespaceLabels;
  readonly onEvent: (resource: ApiResource, outcome: Outcome) => void;
}

/**
 * Hand a captured change on to those of the takers whose rules select it: find out what operation it is, who made it
 * and when, and clean it, once for all of them. A promise resolves when there is room for the next.
 */
export function route(
  captured: Captured,
  takers: readonly Target[],
  context: RouteContext,
): void | Promise<void> {
  const pending = handOn(captured, takers, context);
  for (const target of takers) target.saw(captured.resource, captured.object.metadata.resourceVersion);
  return pending;
}

function handOn(
  captured: Captured,
  takers: readonly Target[],
  { statesOf, authors, namespaces, onEvent }: RouteContext,
): void | Promise<void> {
  const { resource, object } = captured;
  const { uid, resourceVersion } = object.metadata;
  const states = statesOf(resource);
  const known = states.get(uid);
  // Where a list ran ahead of the watch, or the watch was rewound, the state is newer: then nothing it knows is of
  // the version before this one.
  const isLive = known === undefined || isNewer(resourceVersion, known.resourceVersion);
  const operation = operationOf(captured, isLive ? known : undefined);
  const previous = isLive && known !== undefined ? { previousVersion: known.resourceVersion } : {};
  if (captured.type === 'DELETED' && isLive) states.delete(uid);
  if (operation === undefined) return onEvent(resource, 'Unchanged');
  // Every deletion is attributed, also of what no rule selects: cascades are credited by the deletion of the owner.
  const deletion = operation === 'DELETE' ? authors.attribute({ operation, object, ...previous }) : undefined;

  const selected = takers.flatMap((target) => {
    const rules = target.rulesFor({ resource, object, operation }, namespaces);
    for (const rule of target.rules) {
      if (rule.selection.selectsKind(resource)) {
        rule.setInScope(resource, states.own(uid), operation !== 'DELETE' && rules.includes(rule));
      }
    }
    return rules.length > 0 ? [{ target, rules }] : [];
  });
  if (selected.length === 0) {
    if (isLive) states.delete(uid);
    if (operation === 'DELETE' && captured.type !== 'DELETED') {
      states.set(uid, { resourceVersion, digest: '', deleting: true, changedAtMs: 0 });
    }
    return onEvent(resource, 'Unselected');
  }

  const manifest = operation === 'DELETE' ? null : sanitize(object);
  const digest = manifest === null ? '' : digestOf(manifest);
  const isPast =
    !isLive || (known === undefined && takers.some((target) => target.positions.isUnchecked(resource)));
  const seenAtMs = happenedAtMs(captured, known, isPast);
  if (captured.type !== 'DELETED') {
    states.set(uid, { resourceVersion, digest, deleting: operation === 'DELETE', changedAtMs: seenAtMs });
  }
  if (isLive && manifest !== null && known?.digest === digest) return onEvent(resource, 'Unchanged');
  onEvent(resource, 'Taken');

  const attribution = deletion ?? authors.attribute({ operation, object, manifest, ...previous });
  const atMs = (attribution.kind === 'known' ? attribution.atMs : undefined) ?? seenAtMs;
  const observed: Observed = { resource, operation, object, manifest, attribution, atMs };
  const pending = selected.flatMap(({ target, rules }) => target.take(observed, rules) ?? []);
  if (pending.length > 0) return Promise.all(pending).then(() => {});
}
