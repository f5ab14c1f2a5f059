import type { Log } from '../log.ts';
import type { BranchStore } from './branch-store.ts';
import { codedErrorOf } from './coded-error.ts';
import type { RemoteCursor } from './remote-cursor.ts';
import type { RemoteSession } from './remote-session.ts';
import type { Turn } from './turn.ts';

/** Pushes what is known at a branch of which the remote has all. What goes wrong costs only a resume, and is told. */
export async function pushMarks(options: {
  readonly cursor: RemoteCursor;
  readonly session: RemoteSession;
  readonly store: BranchStore;
  readonly turn: Turn;
  readonly pushTurn: Turn;
  readonly signal: AbortSignal;
  readonly log: Log;
}): Promise<void> {
  const { cursor, session, store, turn, pushTurn, signal, log } = options;
  try {
    // The two belong together.
    const { head, document } = await turn(async () => store);
    if (head === null || !store.isSettled) return;
    await pushTurn(() => cursor.pushAlone(session.remote, head, document, signal));
  } catch (error) {
    log.debug('Cursors were not pushed', { error: codedErrorOf(error).message });
  }
}
