import type { Condition } from '../../gen/model.ts';
import { timestamp } from '../timestamp.ts';

/** A condition as decided, before it is merged with what the object's status holds. */
export interface DecidedCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  /** CamelCase, for programs. */
  readonly reason: string;
  /** One or two sentences, for people. Never holds a secret. */
  readonly message: string;
}

/** Longest message kept; the API server takes 32,768 characters. */
const MESSAGE_CHARS_MAX = 2_000;

/**
 * Merge decided conditions into those of a status: `lastTransitionTime` moves only when `status` does, and
 * conditions of other types than the decided ones stay away.
 * Source: meta/v1 Condition.
 */
export function mergeConditions(
  known: readonly Condition[],
  decided: readonly DecidedCondition[],
  generation: number,
  nowMs: number,
): readonly Condition[] {
  return decided.map(({ type, status, reason, message }) => {
    const before = known.find((condition) => condition.type === type);
    return {
      type,
      status,
      reason,
      message: message.slice(0, MESSAGE_CHARS_MAX),
      observedGeneration: generation,
      lastTransitionTime: before?.status === status ? before.lastTransitionTime : timestamp(nowMs),
    };
  });
}

/**
 * The three conditions that kstatus reads: `Ready` as decided, `Reconciling` while work is under way that will
 * end by itself, `Stalled` when somebody has to mend something first. The latter two are left out when false.
 */
export function kstatus(
  ready: DecidedCondition,
  progress: 'Done' | 'Reconciling' | 'Stalled',
): readonly DecidedCondition[] {
  if (progress === 'Done') return [ready];
  return [ready, { type: progress, status: 'True', reason: ready.reason, message: ready.message }];
}
