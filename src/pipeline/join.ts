import type { CommitOutcome } from '../commit/commit-request.ts';
import { resourceKey } from '../kube/resource.ts';
import { compareResourceVersions } from '../kube/resource-version.ts';
import type { ActiveRule } from './active-rule.ts';
import { wholeSeconds } from './in-scope.ts';
import { type Difference, groupRequests, type JoinContext, type JoinRequest } from './join-request.ts';
import { listDifferences } from './list-differences.ts';
import type { ObservedChange } from './observe.ts';

/** Lists under way at once in one target: enough not to wait for each other, few enough for memory. */
const LISTS_AT_ONCE = 4;

/**
 * Bring resources into a target: list them, compare with the branch, and commit the difference.
 *
 * What existed before its rule goes into one `[SNAPSHOT]` commit for each rule; what changed since is committed
 * change by change, in the order of versions. Where the snapshot was made in the past (a restart, a gap in the
 * watch) or elsewhere (another branch, whose start is this one's history), files of objects that are gone are
 * removed too: only files that the operator itself committed last, and each only after the API server said of that very object that it does not exist. A person's commit that is
 * newer than the object's last change stays as it is.
 *
 * The target holds live changes back meanwhile. Returns the requests whose resource could not be listed.
 */
export async function join(
  requests: readonly JoinRequest[],
  context: JoinContext,
): Promise<readonly FailedJoin[]> {
  const groups = groupRequests(requests);
  const found: (readonly Difference[])[] = groups.map(() => []);
  const failed: FailedJoin[] = [];
  const listed: JoinRequest[] = [];
  let next = 0;
  const listNext = async () => {
    for (let at = next++; at < groups.length; at = next++) {
      const group = groups[at];
      const capture = group && context.captureOf(group.resource);
      if (group === undefined || capture === undefined) continue;
      try {
        found[at] = await listDifferences(group, capture, context);
        listed.push(...group.requests);
      } catch (error) {
        for (const request of group.requests) failed.push({ request, error });
      }
    }
  };
  await Promise.all(Array.from({ length: LISTS_AT_ONCE }, listNext));
  const kept = await withoutNewerCommits(found.flat(), context);
  await commit(kept, requests, context);
  for (const { rule, resource } of listed) rule.setListed(resourceKey(resource), true);
  return failed;
}

/** What may not be in Git as it should be. Changes go on meanwhile. Throws a `CodedError`. */
export async function survey(
  requests: readonly JoinRequest[],
  context: JoinContext,
): Promise<readonly Difference[]> {
  const differences: Difference[] = [];
  for (const group of groupRequests(requests)) {
    const capture = context.captureOf(group.resource);
    if (capture === undefined) continue;
    const found = await listDifferences(group, capture, context, 'Survey');
    differences.push(...(await withoutNewerCommits(found, context)));
  }
  return differences;
}

export interface FailedJoin {
  readonly request: JoinRequest;
  readonly error: unknown;
}

/** Leave out what somebody else committed later than the object last changed: the last writer wins, also here. */
async function withoutNewerCommits(
  differences: readonly Difference[],
  { target, log }: JoinContext,
): Promise<readonly Difference[]> {
  const { branch } = target;
  const standing = differences.flatMap(({ file }) =>
    file.content !== null && branch.compare(file.path, file.content) === 'different' ? [file.path] : [],
  );
  // What somebody deleted stays deleted, unless the object changed since. A snapshot begins anew.
  const missing = differences.filter(
    ({ file, change }) =>
      change !== undefined && file.content !== null && branch.compare(file.path, file.content) === 'absent',
  );
  const sinceMs = Math.min(...missing.map(({ atMs }) => wholeSeconds(atMs)));
  const deleted = missing.map(({ file }) => file.path);
  const lastCommits = new Map([
    ...(standing.length === 0 ? [] : await branch.lastCommits(standing)),
    ...(deleted.length === 0 ? [] : await branch.lastCommits(deleted, sinceMs)),
  ]);
  return differences.filter(({ file, atMs }) => {
    const last = lastCommits.get(file.path);
    if (last === undefined || file.content === null || branch.isOwnCommitter(last.committerEmail))
      return true;
    // Git keeps whole seconds: within one, what a person committed is not overwritten unseen.
    const stays = last.committedAtMs >= wholeSeconds(atMs);
    if (stays) log.info('A newer commit stays as it is', { path: file.path, commit: last.sha });
    return !stays;
  });
}

async function commit(
  differences: readonly Difference[],
  requests: readonly JoinRequest[],
  context: JoinContext,
): Promise<void> {
  const { target, clock } = context;
  if (target.isClosed) return;
  const rules = new Set(requests.map(({ rule }) => rule));
  for (const rule of rules) {
    const files = differences
      .filter((one) => one.change === undefined && one.rule === rule)
      .map(({ file }) => file);
    const tip = await target.branch.tip();
    const done = (outcome: CommitOutcome | undefined) => noteSnapshot(rule, outcome, tip, clock.now());
    if (files.length > 0)
      await target.branch.enqueue(target.requests.snapshot(files, rule, clock.now(), done));
    else done(undefined);
    if (target.isClosed) return;
  }
  const changes = differences.flatMap(({ change, rules, file }) =>
    change === undefined ? [] : [{ change, rules, file }],
  );
  changes.sort((a, b) => compareResourceVersions(versionOf(a.change), versionOf(b.change)) ?? 0);
  for (const { change, rules: matched, file } of changes) {
    if (target.isClosed) return;
    await target.branch.enqueue(target.requests.change(change, matched, file.content));
  }
}

function versionOf({ object }: ObservedChange): string {
  return object.metadata.resourceVersion;
}

/** Without a commit of its own (all was in Git already), a snapshot stands at the commit that was newest before. */
function noteSnapshot(
  rule: ActiveRule,
  outcome: CommitOutcome | undefined,
  tip: string | undefined,
  timeMs: number,
): void {
  if (outcome?.kind !== 'Committed' && rule.snapshot.kind === 'Committed') return;
  const commit = outcome?.kind === 'Committed' ? outcome.sha : tip;
  rule.snapshot = { kind: 'Committed', ...(commit === undefined ? {} : { commit }), timeMs };
}
