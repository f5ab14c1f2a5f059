import type { WatchRuleStatus } from '../../gen/model.ts';
import type { ErrorCode } from '../errors.ts';
import { type ApiResource, apiVersionOf, groupResource } from '../kube/resource.ts';
import { loopsMessage, type NoisyObject } from '../noise/describe-noise.ts';
import { type DecidedCondition, kstatus, mergeConditions } from '../report/conditions.ts';
import { timestamp } from '../timestamp.ts';

/** Kinds listed in a status at most; the count covers all of them. */
const RESOURCES_LISTED_MAX = 512;
const NAMED_MAX = 5;

/** What is known of a rule, from which its status follows. */
export interface RuleFacts {
  /** Why the rule does not run at all. */
  readonly stop?: {
    readonly reason: ErrorCode | 'Suspended' | 'GitRepoConfigNotReady';
    readonly message: string;
  };
  readonly gitRepoConfig: string;
  readonly isSynced: boolean;
  readonly isSnapshotPushed: boolean;
  /** Resources that cannot be listed or watched, with the reason. */
  readonly failing: readonly {
    readonly resource: ApiResource;
    readonly code: ErrorCode;
    readonly message: string;
  }[];
  /** Resources whose admission reviews do not come (yet): their changes have no authors. */
  readonly notReviewed: readonly ApiResource[];
  /** Kinds that the rule names and the API server does not serve. */
  readonly notServed: readonly string[];
  readonly followed: readonly {
    readonly resource: ApiResource;
    readonly objects: number;
    /** Not after a restart, until the resource is listed: then the count that stands is the better one. Default: true. */
    readonly isCounted?: boolean;
  }[];
  readonly commits: number;
  readonly dropped: number;
  /** Objects whose writers undo each other. Default: none. */
  readonly loops?: readonly NoisyObject[];
  readonly snapshot?: { readonly commit?: string; readonly timeMs: number };
}

/** Reasons that end by themselves once somebody else acts or time passes; the others need a change of the rule. */
const WAITING = new Set(['GitRepoConfigNotFound', 'GitRepoConfigNotReady']);

/** The status of a WatchRule, given the one that stands. Pure. */
export function ruleStatus(
  generation: number,
  facts: RuleFacts,
  standing: WatchRuleStatus | undefined,
  nowMs: number,
): WatchRuleStatus {
  const known = standing?.conditions ?? [];
  const followed = withStandingCounts(generation, facts, standing);
  const objects = followed.reduce((sum, one) => sum + one.objects, 0);
  return {
    observedGeneration: generation,
    conditions: mergeConditions(
      known,
      [...ready(facts, objects), served(facts), ...looping(facts)],
      generation,
      nowMs,
    ),
    resources: followed
      .map(({ resource, objects }) => ({ apiVersion: apiVersionOf(resource), kind: resource.kind, objects }))
      .sort((a, b) => (`${a.apiVersion} ${a.kind}` < `${b.apiVersion} ${b.kind}` ? -1 : 1))
      .slice(0, RESOURCES_LISTED_MAX),
    matchedResources: facts.followed.length,
    capturedObjects: objects,
    commits: facts.commits,
    droppedChanges: facts.dropped,
    ...lastSnapshot(generation, facts, standing),
  };
}

function withStandingCounts(
  generation: number,
  { followed }: RuleFacts,
  standing: WatchRuleStatus | undefined,
): readonly { readonly resource: ApiResource; readonly objects: number }[] {
  const known = standing?.observedGeneration === generation ? standing.resources : undefined;
  return followed.map(({ resource, objects, isCounted = true }) => {
    const apiVersion = apiVersionOf(resource);
    const stood = isCounted
      ? undefined
      : known?.find((one) => one.apiVersion === apiVersion && one.kind === resource.kind);
    return { resource, objects: Math.max(objects, stood?.objects ?? 0) };
  });
}

/** A snapshot stands as long as the rule stays as it is: a restart goes on from there. */
function lastSnapshot(
  generation: number,
  { snapshot }: RuleFacts,
  standing: WatchRuleStatus | undefined,
): Pick<WatchRuleStatus, 'lastSnapshotTime' | 'lastSnapshotCommit'> {
  if (snapshot !== undefined) {
    const { commit, timeMs } = snapshot;
    return {
      lastSnapshotTime: timestamp(timeMs),
      ...(commit === undefined ? {} : { lastSnapshotCommit: commit }),
    };
  }
  if (standing?.observedGeneration !== generation) return {};
  const { lastSnapshotTime, lastSnapshotCommit } = standing;
  return {
    ...(lastSnapshotTime === undefined ? {} : { lastSnapshotTime }),
    ...(lastSnapshotCommit === undefined ? {} : { lastSnapshotCommit }),
  };
}

function ready(facts: RuleFacts, objects: number): readonly DecidedCondition[] {
  const type = 'Ready';
  const { stop, failing, followed, gitRepoConfig } = facts;
  if (stop?.reason === 'Suspended') return kstatus({ type, status: 'False', ...stop }, 'Done');
  if (stop !== undefined) {
    return kstatus({ type, status: 'False', ...stop }, WAITING.has(stop.reason) ? 'Reconciling' : 'Stalled');
  }
  const [first] = failing;
  if (first !== undefined) {
    const names = failing.slice(0, NAMED_MAX).map(({ resource }) => groupResource(resource));
    const more = failing.length > NAMED_MAX ? ` and ${failing.length - NAMED_MAX} more` : '';
    const message = `Cannot watch ${names.join(', ')}${more}: ${first.message}`;
    return kstatus({ type, status: 'False', reason: first.code, message }, 'Reconciling');
  }
  if (!facts.isSynced) {
    return kstatus(
      { type, status: 'False', reason: 'Synchronizing', message: 'Listing what the rule selects.' },
      'Reconciling',
    );
  }
  const [unreviewed] = facts.notReviewed;
  if (unreviewed !== undefined) {
    const message = `The API server does not call the webhook for ${groupResource(unreviewed)} yet; until it does, authors are unknown.`;
    return kstatus({ type, status: 'False', reason: 'WebhookPending', message }, 'Reconciling');
  }
  if (!facts.isSnapshotPushed) {
    const message = `The snapshot waits to be pushed to the repository of GitRepoConfig ${gitRepoConfig}.`;
    return kstatus({ type, status: 'False', reason: 'SnapshotPending', message }, 'Reconciling');
  }
  const message = `Capturing ${objects} ${objects === 1 ? 'object' : 'objects'} of ${followed.length} ${followed.length === 1 ? 'kind' : 'kinds'}.`;
  return kstatus({ type, status: 'True', reason: 'Capturing', message }, 'Done');
}

function served({ notServed }: RuleFacts): DecidedCondition {
  const type = 'ResourcesServed';
  if (notServed.length === 0) {
    return {
      type,
      status: 'True',
      reason: 'AllServed',
      message: 'Every kind that the rule names is served.',
    };
  }
  const message = `The API server does not serve ${notServed.slice(0, NAMED_MAX).join(', ')}; captured as soon as it does.`;
  return { type, status: 'False', reason: 'NotServed', message };
}

/** Present only while it holds, as kstatus' own are. */
function looping({ loops = [] }: RuleFacts): readonly DecidedCondition[] {
  if (loops.length === 0) return [];
  return [
    { type: 'LoopDetected', status: 'True', reason: 'WritersUndoEachOther', message: loopsMessage(loops) },
  ];
}
