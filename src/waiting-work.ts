import type { Repository } from './reconcile/repository.ts';
import type { Waiting } from './report/stall-log.ts';

/** What there is to be looked after. */
export interface Work {
  readonly repositories: Iterable<
    Pick<Repository, 'key' | 'pendingCommits' | 'isReady' | 'lastPushTimeMs' | 'notReadyReason'>
  >;
  /** Why rules are not synced, as a sentence; undefined when they are. */
  readonly notSynced: string | undefined;
  /** What the start of the work waits for; undefined when it is at work, or is not to be. */
  readonly starting: string | undefined;
}

/** What waits, of all the work: a start, rules that are not synced, and commits that are not on their remotes. */
export function* waitingWork({ repositories, notSynced, starting }: Work): Iterable<Waiting> {
  if (starting !== undefined) yield { key: 'start', progress: starting, fields: { reason: starting } };
  if (notSynced !== undefined) yield { key: 'rules', progress: notSynced, fields: { reason: notSynced } };
  for (const { key, pendingCommits, isReady, lastPushTimeMs, notReadyReason } of repositories) {
    // Nothing waits, or a person wants it to.
    if (pendingCommits === 0 || isReady === undefined) continue;
    const reason = isReady ? 'a push, or what comes before it, does not end' : notReadyReason;
    const fields = { gitRepoConfig: key, pendingCommits, reason };
    yield { key: `GitRepoConfig ${key}`, progress: lastPushTimeMs, fields };
  }
}
