import type { WatchRule, WatchRuleStatus } from '../../gen/model.ts';
import type { ActiveRule, SnapshotState } from '../pipeline/active-rule.ts';
import type { StatusWriter } from '../report/status-writer.ts';
import type { Repository } from './repository.ts';
import type { LastLife } from './rule-resume.ts';
import type { RuleFacts } from './rule-status.ts';

/** How far what the first lists of a rule found is on the way to the remote. */
export interface Delivery {
  readonly snapshot: SnapshotState;
  /** Changes that the repository was given until all was listed; undefined: something is not. */
  readonly upTo: number | undefined;
  readonly isDone: boolean;
}

/** A WatchRule, at work or not. */
export interface RuleEntry {
  rule: WatchRule;
  /** When a person last changed the rule. */
  changedAtMs: number;
  /** The version in which this generation was first seen; later ones may be writes of its status. */
  changedVersion: string;
  readonly writer: StatusWriter<WatchRuleStatus>;
  stop: RuleFacts['stop'];
  /** The rule at work, and on which repository; undefined while it is not. */
  active: { readonly rule: ActiveRule; readonly repository: Repository } | undefined;
  /** Of the rule at work: how far its snapshot, and what else its first lists found, is on the way to the remote. */
  delivery: Delivery | undefined;
  /** Counts of earlier lives of the rule. */
  readonly base: { commits: number; dropped: number };
  /** The rule that was at work last, and what it selected: where it goes on when it comes back. */
  last: LastLife | undefined;
  /** Counts attempts to put the rule to work: one that another has overtaken gives up. */
  activation: number;
}

/** `namespace/name` of the GitRepoConfig that a rule commits to. */
export function repositoryKeyOf(rule: WatchRule): string {
  return `${rule.metadata.namespace}/${rule.spec.gitRepoConfigRef}`;
}
