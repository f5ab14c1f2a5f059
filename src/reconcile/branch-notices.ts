import type { ErrorCode } from '../errors.ts';
import type { BranchState } from '../push/branch-state.ts';

const REWRITTEN =
  'Commits that the branch had are gone: somebody rewrote it. It is compared with the cluster, and what differs is committed on top.';

const LOST =
  'The local clone was damaged, and commits that were not pushed yet could not be read. It is made anew and compared with the cluster; what differs is committed.';

/** What a new state of a branch means for its repository. */
export interface BranchNews {
  /** It began to fail, fails in another way, or works again. */
  readonly isOtherFailure: boolean;
  /** The branch is not what was committed to it. */
  readonly hasToBeCompared: boolean;
}

/** Tells by Events what happens to a branch, each thing once. */
export class BranchNotices {
  readonly #event: (type: 'Normal' | 'Warning', reason: string, note: string) => void;
  #error: ErrorCode | undefined;
  #rewrites = 0;
  #losses = 0;

  constructor(event: (type: 'Normal' | 'Warning', reason: string, note: string) => void) {
    this.#event = event;
  }

  /** Did the branch fail when it was looked at last? */
  get isFailing(): boolean {
    return this.#error !== undefined;
  }

  /** Look at a new state. `isAtWork`: is anything committed to the branch, so that there is something to compare? */
  note(state: BranchState, isAtWork: boolean): BranchNews {
    const isOtherFailure = this.#noteError(state.error);
    const isRewritten = isAtWork && state.rewrites !== this.#rewrites;
    const isLost = isAtWork && state.losses !== this.#losses;
    if (isRewritten) {
      this.#rewrites = state.rewrites;
      this.#event('Warning', 'BranchRewritten', REWRITTEN);
    }
    if (isLost) {
      this.#losses = state.losses;
      this.#event('Warning', 'CloneDamaged', LOST);
    }
    return { isOtherFailure, hasToBeCompared: isRewritten || isLost };
  }

  #noteError(error: BranchState['error']): boolean {
    const before = this.#error;
    this.#error = error?.code;
    if (this.#error === before) return false;
    if (error === null) this.#event('Normal', 'Recovered', 'The remote repository can be pushed to again.');
    else this.#event('Warning', error.code, error.message);
    return true;
  }
}
