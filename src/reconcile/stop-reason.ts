import type { WatchRule } from '../../gen/model.ts';
import type { ErrorCode } from '../errors.ts';
import type { Repository } from './repository.ts';
import type { RuleFacts } from './rule-status.ts';

/** Why a rule cannot be put to work now, as its condition tells it; undefined when it can. Pure. */
export function stopReason(
  rule: WatchRule,
  repository: Repository | undefined,
  fieldsError: string | undefined,
): RuleFacts['stop'] {
  const name = rule.spec.gitRepoConfigRef;
  if (rule.spec.suspend) return { reason: 'Suspended', message: 'The rule is suspended (spec.suspend).' };
  if (fieldsError !== undefined) return { reason: 'InvalidSpec' satisfies ErrorCode, message: fieldsError };
  if (repository === undefined) {
    const message = `There is no GitRepoConfig "${name}" in namespace ${rule.metadata.namespace}: create it, or mend spec.gitRepoConfigRef.`;
    return { reason: 'GitRepoConfigNotFound', message };
  }
  if (repository.target === undefined) {
    return {
      reason: 'GitRepoConfigNotReady',
      message: `GitRepoConfig "${name}" is not ready: ${repository.notReadyReason}`,
    };
  }
  return undefined;
}
