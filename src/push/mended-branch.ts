import type { Clone } from '../git/clone.ts';
import type { Log } from '../log.ts';
import type { BranchStore } from './branch-store.ts';
import type { MendedBranch } from './clone-mender.ts';
import type { RemoteSession } from './remote-session.ts';
import type { Salvaged } from './salvage.ts';
import type { Turn } from './turn.ts';

export interface MendedBranchOptions {
  readonly branch: () => string;
  readonly store: BranchStore;
  readonly clone: Clone;
  readonly turn: Turn;
  readonly log: Log;
  readonly session: () => Promise<RemoteSession>;
  /** Whether the branch was taken in by this process. */
  readonly isOpened: () => boolean;
  readonly wake: () => void;
  /** Called when the branch is in the new clone. */
  readonly onRestored: () => void;
  /** Called when not all that was unpushed could be saved. */
  readonly onLoss: () => void;
}

/** What of a branch is saved from a damaged clone, and put into the new one. */
export function createMendedBranch(options: MendedBranchOptions): MendedBranch {
  const { store, clone, turn, log, wake, isOpened } = options;
  /** What was read from a clone that may be gone already. */
  let salvaged: Salvaged | null | undefined;

  /** A branch that was not opened yet may have what an earlier process left. */
  async function salvage(): Promise<Salvaged | null> {
    try {
      if (!isOpened()) {
        await clone.prepare(null);
        await store.load();
      }
      return await store.salvage();
    } catch {
      return null;
    }
  }

  /** Fetches the branch, or what a branch that the remote does not have yet stands on. */
  async function fetchBelow(kept: Salvaged | null, signal: AbortSignal): Promise<string | null> {
    const { remote } = await options.session();
    const branch = options.branch();
    const fetched = await remote.fetch(clone, branch, signal);
    const stands = kept !== null && kept.base !== null;
    if (fetched === null && stands) await remote.fetch(clone, branch, signal, 'HEAD');
    return fetched;
  }

  return {
    turn,
    wake,
    async salvage() {
      if (salvaged === undefined) salvaged = await salvage();
    },
    async restore(signal) {
      const kept = salvaged ?? null;
      const restored = await store.restore(kept, await fetchBelow(kept, signal));
      salvaged = undefined;
      options.onRestored();
      log.warn('The local clone was damaged and is made anew', { ...restored });
      if (!restored.isWhole && isOpened()) options.onLoss();
    },
  };
}
