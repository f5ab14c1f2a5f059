import type { CodedError } from '../errors.ts';
import type { Clone } from '../git/clone.ts';
import type { Remote } from '../git/remote.ts';
import type { BranchStore } from './branch-store.ts';
import { cloneDamaged } from './clone-damaged.ts';
import { emptyDocument } from './cursor-document.ts';
import { pushLimits } from './push-limits.ts';
import type { RemoteCursor } from './remote-cursor.ts';
import type { Turn } from './turn.ts';

/**
 * Brings the local branch to where the remote one is, with what is unpushed on top. Fetching goes on beside
 * committing; only the last step makes commits wait. Throws a CodedError.
 *
 * A branch that the remote does not have
 * - starts from its default branch, as `git switch -c` would: then it can be compared and merged there;
 * - is empty at first when the repository is;
 * - is created again from the local history when it was there before, so that a deleted branch loses nothing;
 *   unless that history is part of the default branch, which then is the better start.
 */
export async function takeInRemote(options: {
  readonly remote: Remote;
  readonly clone: Clone;
  readonly store: BranchStore;
  readonly turn: Turn;
  readonly branch: string;
  readonly signal: AbortSignal;
  /** Whether the clone was not used yet by this process. */
  readonly first: boolean;
  readonly cursor: RemoteCursor | null;
}): Promise<{ readonly tip: string | null }> {
  const { remote, clone, store, turn, branch, signal, first, cursor } = options;
  const adopt = (commit: string) => turn(() => store.adopt(commit));
  if (!first) {
    // One round trip: the branch most probably is there.
    const fetched = await remote.fetch(clone, branch, signal);
    if (fetched !== null) {
      await adopt(fetched);
      return { tip: fetched };
    }
  }
  if (first) await clone.prepare(null);
  const looking = remote.look(clone.dir, branch, signal, cursor?.ref);
  // Told below, where it is awaited, whatever comes first.
  looking.catch(() => {});
  // The clone is read meanwhile. Whether it is worth keeping is only asked once the remote was reached.
  const isRead =
    first &&
    (await turn(() => store.load()).then(
      () => true,
      () => false,
    ));
  const seen = await looking;
  cursor?.seen(seen.also);
  if (first) {
    const before = clone.format();
    await clone.prepare(seen.format);
    if (!isRead || clone.format() !== before) await turn(() => readOrTell(store));
  }
  if (seen.tip !== null) {
    const { tip } = seen;
    let fetched = store.head === tip ? tip : await remote.fetch(clone, branch, signal);
    if (fetched === null) return { tip: null };
    await adopt(fetched);
    // What was handed over before may have been taken away: only a comparison tells.
    if (first && store.rewrites > 0) await turn(() => store.recover(emptyDocument));
    // Nothing is known of an earlier life here, and nothing was made since that the remote does not have.
    if (
      first &&
      seen.also !== null &&
      cursor !== null &&
      store.document.owners.size === 0 &&
      store.isSettled
    ) {
      for (let reads = 1; ; reads++) {
        const document = await cursor.recover(remote, fetched, signal);
        if (document !== null) await turn(() => store.recover(document));
        if (document !== null || reads === pushLimits.cursorReadsMax) break;
        // A push of an earlier process may have landed between the two fetches.
        const again = await remote.fetch(clone, branch, signal);
        if (again === null || again === fetched) break;
        fetched = again;
        await adopt(fetched);
      }
    }
    return { tip: fetched };
  }
  await turn(() => store.forgetRemote());
  if (seen.defaultTip === null || seen.defaultRef === null) return { tip: null };
  const start = await remote.fetch(clone, branch, signal, seen.defaultRef);
  if (start === null) return { tip: null };
  const { head } = store;
  const mine = head !== null && (store.unpushed.length > 0 || !(await store.contains(start, head)));
  if (!mine && head !== start) await turn(() => store.startFrom(start));
  return { tip: null };
}

/** A clone that cannot be read is worth less than none: what the remote has can be fetched again. */
async function readOrTell(store: BranchStore): Promise<void> {
  try {
    await store.load();
  } catch (cause) {
    throw cloneDamaged(cause);
  }
}

/** Reads the branch from the clone where the remote is down; false: there is nothing of it, or it is not that. */
export async function openFromClone(
  { clone, store, turn }: { readonly clone: Clone; readonly store: BranchStore; readonly turn: Turn },
  error: CodedError,
): Promise<boolean> {
  if (!error.retry || !['RemoteUnreachable', 'TimedOut'].includes(error.code)) return false;
  try {
    await clone.prepare(null);
    await turn(() => store.load());
  } catch {
    return false;
  }
  return store.head !== null;
}
