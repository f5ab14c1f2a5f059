import type { Arrival } from './follow-branch.ts';
import { percentile } from './percentile.ts';
import type { AnsweredAt } from './writes.ts';

/** Milliseconds from a write's answer to its commit on the remote; a commit can be there before the answer. */
export interface Latency {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

export function latencyOf(answeredAt: AnsweredAt, arrivals: readonly Arrival[]): Latency {
  const all = arrivals.flatMap(({ subject, atMs }) => {
    const answered = answeredAt.get(subject);
    return answered === undefined ? [] : [Math.max(0, atMs - answered)];
  });
  const of = (percent: number) => percentile(all, percent);
  return { p50: of(50), p90: of(90), p99: of(99), max: of(100) };
}

/** Throws unless each write became exactly one commit of its own, whose author is who wrote. */
export function checkEachIsCommitted(answeredAt: AnsweredAt, arrivals: readonly Arrival[]): void {
  const counts = new Map<string, number>();
  for (const { subject, author } of arrivals) {
    counts.set(subject, (counts.get(subject) ?? 0) + 1);
    if (!subject.endsWith(` by user/${author}`)) throw new Error(`"${subject}" was committed as ${author}`);
  }
  const wrong = [...answeredAt.keys()].filter((subject) => counts.get(subject) !== 1);
  if (wrong.length > 0)
    throw new Error(
      `${wrong.length} writes of ${answeredAt.size} are not one commit each, such as "${wrong[0]}" (${counts.get(wrong[0] as string) ?? 0})`,
    );
  if (counts.size !== answeredAt.size)
    throw new Error(`${counts.size - answeredAt.size} commits that nobody wrote`);
}
