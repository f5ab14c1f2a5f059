import { messageOf } from '../errors.ts';
import type { Clone } from '../git/clone.ts';
import type { GitObserver } from '../git/git.ts';
import type { Log } from '../log.ts';
import { openRemoteSession, type RemoteOptions, type RemoteSession } from './remote-session.ts';

export interface SessionKeeperOptions {
  readonly remoteOptions: () => RemoteOptions;
  readonly clone: Clone;
  readonly observe: GitObserver;
  readonly log: Log;
}

/** Keeps the session with the remote until its credentials change, or it is closed. */
export class SessionKeeper {
  readonly #options: SessionKeeperOptions;
  #session: RemoteSession | null = null;

  constructor(options: SessionKeeperOptions) {
    this.#options = options;
  }

  /** The one that is open, or null. */
  get present(): RemoteSession | null {
    return this.#session;
  }

  /** The one that is open, else a new one. Throws a CodedError. */
  async open(): Promise<RemoteSession> {
    if (this.#session !== null) return this.#session;
    const { remoteOptions, clone, observe } = this.#options;
    const session = await openRemoteSession(remoteOptions(), observe);
    this.#session = session;
    const { branch } = remoteOptions();
    clone.deepenThrough(branch, (commits) => session.remote.deepen(clone, branch, commits));
    return session;
  }

  /** What cannot be removed from the disk is told, and keeps nobody from ending. */
  async close(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    try {
      await session?.close();
    } catch (error) {
      this.#options.log.error('Credentials stay on disk', { error: messageOf(error) });
    }
  }
}
