import type { Clone } from '../git/clone.ts';
import type { Remote } from '../git/remote.ts';
import type { BranchStore } from './branch-store.ts';
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
}): Promise<{ readonly tip: string | null }> {
  const { remote, clone, store, turn, branch, signal, first } = options;
  if (!first) {
    // One round trip: the branch most probably is there.
    const fetched = await remote.fetch(clone, branch, signal);
    if (fetched !== null) {
      await turn(() => store.adopt(fetched));
      return { tip: fetched };
    }
  }
  if (first) await clone.prepare(null);
  const seen = await remote.look(clone.dir, branch, signal);
  if (first) {
    await clone.prepare(seen.format);
    await loadOrRecreate(options, seen.format ?? clone.format());
  }
  if (seen.tip !== null) {
    const { tip } = seen;
    const fetched = store.head === tip ? tip : await remote.fetch(clone, branch, signal);
    if (fetched !== null) await turn(() => store.adopt(fetched));
    return { tip: fetched };
  }
  if (seen.defaultTip === null || seen.defaultRef === null) return { tip: null };
  const start = await remote.fetch(clone, branch, signal, seen.defaultRef);
  if (start === null) return { tip: null };
  const { head } = store;
  const mine = head !== null && (store.unpushed.length > 0 || !(await store.contains(start, head)));
  if (!mine && head !== start) await turn(() => store.startFrom(start));
  return { tip: null };
}

/** A clone that cannot be read is worth less than none: what the remote has can be fetched again. */
async function loadOrRecreate(
  options: { readonly clone: Clone; readonly store: BranchStore; readonly turn: Turn },
  format: 'sha1' | 'sha256',
): Promise<void> {
  const { clone, store, turn } = options;
  try {
    await turn(() => store.load());
  } catch {
    await turn(async () => {
      await clone.recreate(format);
      await store.load();
    });
  }
}
