import type { BareRemote } from '../bare-remote.ts';
import { makeQuickPusher } from '../quick-pusher.ts';

/** Somebody who pushes to a branch all the time, as another cluster's operator does: below a folder of its own. */
export interface OtherCluster {
  /** Commits that the remote took. */
  readonly pushed: readonly string[];
  /** Pushes that came too late. */
  rejected(): number;
  stop(): Promise<void>;
}

const PERSON = { name: 'another cluster', email: 'operator@another.example.com' };
const FILES = 20;

/** Push a commit, then another, `everyMs` apart, until it is stopped. A rejected one is made again on the new tip. */
export async function startOtherCluster(
  remote: BareRemote,
  { prefix, everyMs }: { readonly prefix: string; readonly everyMs: number },
): Promise<OtherCluster> {
  const pusher = await makeQuickPusher(remote, PERSON);
  const pushed: string[] = [];
  let rejected = 0;
  let isStopped = false;
  const run = async () => {
    for (let at = 0; !isStopped; at += 1) {
      const sha = await pusher.tryPush(
        { [`${prefix}/${at % FILES}.yaml`]: `kind: Other\nat: ${at}\n` },
        'other',
      );
      if (sha === undefined) rejected += 1;
      else pushed.push(sha);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  };
  const running = run().finally(() => pusher.remove());
  // Told by stop().
  running.catch(() => {});
  return {
    pushed,
    rejected: () => rejected,
    async stop() {
      isStopped = true;
      await running;
    },
  };
}
