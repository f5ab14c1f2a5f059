import type { ActiveRule } from './active-rule.ts';
import type { ObservedChange } from './observe.ts';

/**
 * The rules that want a change by this user. A deletion is wanted whoever asked for it: Git never keeps the file of
 * an object that is gone.
 */
export function wantedBy(
  rules: readonly ActiveRule[],
  { attribution, operation }: Pick<ObservedChange, 'attribution' | 'operation'>,
): readonly ActiveRule[] {
  if (attribution.kind === 'unknown' || operation === 'DELETE') return rules;
  return rules.filter(({ selection }) => !selection.excludesUser(attribution.name));
}
