import type { WatchRule } from '../../gen/model.ts';
import type { ActiveRule, Scope } from '../pipeline/active-rule.ts';

/** The rule that was at work last, what it selected, and where to. */
export interface LastLife {
  readonly selects: string;
  readonly place: string;
  readonly folder: string;
  readonly rule: ActiveRule;
}

/** Where a rule goes on. */
export interface ResumedRule {
  readonly scope: Scope;
  readonly snapshot: ActiveRule['snapshot'];
}

function resumedWith(commit: string | undefined, timeMs: number): ResumedRule {
  return {
    scope: { resourceVersion: '0', timeMs, resumed: true },
    snapshot: { kind: 'Committed', ...(commit === undefined ? {} : { commit }), timeMs },
  };
}

/** A rule that its cursor resumes: the snapshot is in the branch, and the status may name its commit. */
export function resumedAt({ metadata, status }: WatchRule, timeMs: number): ResumedRule {
  const isSame = status?.observedGeneration === metadata.generation;
  return resumedWith(isSame ? status?.lastSnapshotCommit : undefined, timeMs);
}

/**
 * Where an earlier life of the rule left off: its snapshot is part of the branch, and the rule is the same.
 * Then what differs are changes, not a snapshot.
 */
export async function resumedFrom(
  rule: WatchRule,
  last: LastLife | undefined,
  place: string,
  contains: (commit: string) => Promise<boolean>,
): Promise<ResumedRule | undefined> {
  // In another place it begins anew.
  if (last !== undefined && last.place !== place) return undefined;
  const inMemory = last?.selects === selectionOf(rule) ? last.rule.snapshot : undefined;
  const { observedGeneration, lastSnapshotTime, lastSnapshotCommit } = rule.status ?? {};
  const stored =
    observedGeneration === rule.metadata.generation && lastSnapshotTime !== undefined
      ? { commit: lastSnapshotCommit, timeMs: Date.parse(lastSnapshotTime) }
      : undefined;
  const snapshot = inMemory?.kind === 'Committed' ? inMemory : stored;
  if (snapshot === undefined) return undefined;
  const { commit, timeMs } = snapshot;
  // A snapshot without a commit found nothing in an empty repository: all that is there now came after it.
  if (commit !== undefined && !(await contains(commit))) return undefined;
  return resumedWith(commit, timeMs);
}

/** A rule is in force from the version of its own last write on: changes newer than that are its business. */
export function newScope(changedVersion: string, changedAtMs: number): Scope {
  return { resourceVersion: changedVersion, timeMs: changedAtMs, resumed: false };
}

/** All of the spec that says what is captured and where to; `suspend` and `noise` do not. */
export function selectionOf({ metadata, spec }: WatchRule): string {
  return JSON.stringify([metadata.uid, { ...spec, suspend: false, noise: undefined }]);
}
