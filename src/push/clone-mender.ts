import { mkdir } from 'node:fs/promises';
import type { ObjectFormat } from '../git/blob-sha.ts';
import type { Clone } from '../git/clone.ts';
import type { Turn } from './turn.ts';

/** A branch that is worked on in a clone, as far as making the clone anew concerns it. */
export interface MendedBranch {
  /** Nothing is committed to the branch while work is done in its turn. */
  readonly turn: Turn;
  /** Takes what only the clone has into memory, as far as it can be read; nothing if it holds that already. */
  salvage(): Promise<void>;
  /** Goes on in the new clone, on top of what the remote has. Throws a CodedError: then all is tried again. */
  restore(signal: AbortSignal): Promise<void>;
  wake(): void;
}

/**
 * Makes a clone anew that was found damaged, once for all branches that are worked on in it: what each has unpushed is
 * read first, and put back on top of what the remote has. Nobody commits, fetches or pushes meanwhile.
 *
 * Whichever branch next reaches the remote does so for all; a failure leaves it to be done again.
 */
export class CloneMender {
  readonly #clone: Clone;
  readonly #branches = new Set<MendedBranch>();
  readonly #working = new Set<Promise<unknown>>();
  #mending: Promise<void> | null = null;
  #isDamaged = false;

  constructor(clone: Clone) {
    this.#clone = clone;
  }

  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  /** A branch is worked on from now on, until the function that is returned is called. */
  join(branch: MendedBranch): () => void {
    this.#branches.add(branch);
    return () => void this.#branches.delete(branch);
  }

  /** Something in the clone is missing or cannot be read. */
  tellDamaged(): void {
    this.#isDamaged = true;
    for (const branch of this.#branches) branch.wake();
  }

  /** Runs what a branch does with the clone outside its turn, while the clone stays the same. */
  async work<T>(work: () => Promise<T>): Promise<T> {
    while (this.#mending !== null) await this.#mending.catch(() => {});
    const working = work();
    this.#working.add(working);
    try {
      return await working;
    } finally {
      this.#working.delete(working);
    }
  }

  /**
   * Resolves when the clone is whole. Not to be called from within `work` or a turn. Throws what keeps it from that.
   *
   * @param look reaches the remote, and tells its object format: nothing is thrown away before
   */
  mend(look: () => Promise<ObjectFormat | null>, signal: AbortSignal): Promise<void> {
    this.#mending ??= this.#mend(look, signal).finally(() => {
      this.#mending = null;
    });
    return this.#mending;
  }

  async #mend(look: () => Promise<ObjectFormat | null>, signal: AbortSignal): Promise<void> {
    await Promise.allSettled(this.#working);
    if (!this.#isDamaged) return;
    // Git starts nowhere else, not even to ask the remote.
    await mkdir(this.#clone.dir, { recursive: true, mode: 0o700 });
    const format = await look();
    const branches = [...this.#branches];
    const anew = async () => {
      for (const branch of branches) await branch.salvage();
      await this.#clone.recreate(format ?? this.#clone.format());
      for (const branch of branches) await branch.restore(signal);
      this.#isDamaged = false;
    };
    await branches.reduce(
      (work, { turn }) =>
        () =>
          turn(work),
      anew,
    )();
    for (const branch of branches) branch.wake();
  }
}
