import type { ObjectStates } from '../capture/object-states.ts';
import type { ResourceCapture } from '../capture/resource-capture.ts';
import type { Clock } from '../clock.ts';
import type { FileChange } from '../commit/commit-request.ts';
import type { ApiResource } from '../kube/resource.ts';
import { resourceKey } from '../kube/resource.ts';
import type { Log } from '../log.ts';
import type { NamespaceLabels } from '../select/selection.ts';
import type { ActiveRule, Scope } from './active-rule.ts';
import type { Authors, ObservedChange } from './observe.ts';
import type { Target } from './target.ts';

/** A resource that has to be listed for a rule: it is new to the rule, or its watch lost its place. */
export interface JoinRequest {
  readonly rule: ActiveRule;
  readonly resource: ApiResource;
  /** Only this namespace came into scope. */
  readonly namespace?: string;
  readonly scope: Scope;
}

export interface JoinContext {
  readonly target: Target;
  readonly captureOf: (resource: ApiResource) => ResourceCapture | undefined;
  readonly statesOf: (resource: ApiResource) => ObjectStates;
  readonly authors: Authors;
  readonly namespaces: NamespaceLabels;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What a list found that is not in Git as it should be. There may be as many as objects, so it holds no more than its
 * commit needs.
 */
export interface Difference {
  readonly rule: ActiveRule;
  readonly rules: readonly ActiveRule[];
  readonly file: FileChange;
  /** When the object last changed, in milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** For a commit of its own; undefined: it goes into the rule's snapshot. */
  readonly change: ObservedChange | undefined;
}

/** The requests that one list serves. */
export interface JoinGroup {
  readonly resource: ApiResource;
  readonly namespace: string | undefined;
  readonly requests: JoinRequest[];
}

/** Requests by the list that serves them. */
export function groupRequests(requests: readonly JoinRequest[]): readonly JoinGroup[] {
  const groups = new Map<string, JoinGroup>();
  for (const request of requests) {
    const key = `${resourceKey(request.resource)} ${request.namespace ?? ''}`;
    const group = groups.get(key) ?? {
      resource: request.resource,
      namespace: request.namespace,
      requests: [],
    };
    group.requests.push(request);
    groups.set(key, group);
  }
  return [...groups.values()];
}
