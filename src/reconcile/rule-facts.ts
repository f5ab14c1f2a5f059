import type { ApiResource } from '../kube/resource.ts';
import type { ActiveRule } from '../pipeline/active-rule.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Delivery, RuleEntry } from './rule-entry.ts';
import type { RuleFacts } from './rule-status.ts';

/** What is known of a rule, from which its status follows. `isReviewed`: do admission reviews of a resource come? */
export function ruleFacts(
  entry: RuleEntry,
  pipeline: Pipeline,
  isReviewed: (resource: ApiResource) => boolean,
): RuleFacts {
  const { rule, active, base, stop } = entry;
  const common = {
    gitRepoConfig: rule.spec.gitRepoConfigRef,
    commits: base.commits + (active?.rule.commits ?? 0),
    dropped: base.dropped + (active?.rule.dropped ?? 0),
    ...(stop === undefined ? {} : { stop }),
  };
  if (active === undefined) {
    const nothing = { failing: [], notReviewed: [], notServed: [], followed: [] };
    return { ...common, isSynced: false, isSnapshotPushed: false, ...nothing };
  }
  const { rule: activeRule, repository } = active;
  const { snapshot } = activeRule;
  return {
    ...common,
    isSynced: pipeline.isSynced(repository.key, activeRule),
    isSnapshotPushed: entry.delivery?.isDone === true,
    failing: pipeline
      .failuresOf(repository.key, activeRule)
      .map(({ resource, error }) => ({ resource, code: error.code, message: error.message })),
    notReviewed: activeRule.followed.map(({ resource }) => resource).filter((one) => !isReviewed(one)),
    notServed: notServed(activeRule, pipeline.served),
    followed: activeRule.followed,
    loops: repository.target?.noise.loopsOf(activeRule) ?? [],
    ...(snapshot.kind === 'Committed' ? { snapshot } : {}),
  };
}

/** A rule that was just listed waits until all that the lists found is on the remote, and for each new snapshot. */
export function delivered({ active, delivery }: RuleEntry, pipeline: Pipeline): Delivery | undefined {
  if (active === undefined || active.rule.snapshot.kind !== 'Committed') return undefined;
  const { rule, repository } = active;
  const { snapshot } = rule;
  const known = delivery?.snapshot === snapshot ? delivery : undefined;
  if (known?.isDone) return known;
  const { handedOver, pendingCommits } = repository;
  const isListed = pipeline.isSynced(repository.key, rule);
  const upTo = known?.upTo ?? (isListed ? handedOver : undefined);
  return { snapshot, upTo, isDone: upTo !== undefined && pendingCommits <= handedOver - upTo };
}

function notServed({ selection }: ActiveRule, served: readonly ApiResource[]): readonly string[] {
  return selection.namedPatterns
    .filter(
      ({ group, version, kind }) =>
        !served.some(
          (resource) =>
            resource.kind === kind &&
            (group === undefined || resource.group === group) &&
            (version === undefined || resource.version === version),
        ),
    )
    .map(({ group, version, kind }) => [group, version, kind].filter((part) => part).join('/'));
}
