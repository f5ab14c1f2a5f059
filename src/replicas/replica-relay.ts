import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { RecentMessages } from './recent-messages.ts';
import { type LinkOutcome, ReplicaLink } from './replica-link.ts';
import type { ReplicaMessage } from './replica-message.ts';

/** A replica that begins waits so long for the others, before reviews are led to it. */
const GREETING_MS_MAX = 1_000;

export interface ReplicaRelayOptions {
  readonly token: string;
  readonly caBundle: () => string;
  readonly serverName: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onOutcome: (outcome: LinkOutcome, messages: number) => void;
}

/**
 * Tells every other replica what the webhooks of this one heard, so that the leader joins it wherever the review came
 * in, and whoever leads next has it, too. One that comes later is told what was heard in the minutes before.
 */
export class ReplicaRelay {
  readonly #options: ReplicaRelayOptions;
  readonly #links = new Map<string, ReplicaLink>();
  readonly #recent: RecentMessages;
  readonly #stopping = new Set<Promise<void>>();

  constructor(options: ReplicaRelayOptions) {
    this.#options = options;
    this.#recent = new RecentMessages(options.clock);
  }

  /** The other replicas from now on: the name of each process, and its address. */
  setPeers(peers: ReadonlyMap<string, string>): void {
    for (const [name, link] of this.#links) {
      if (peers.has(name)) continue;
      this.#links.delete(name);
      const stopping = link.stop().finally(() => this.#stopping.delete(stopping));
      this.#stopping.add(stopping);
    }
    for (const [name, address] of peers) {
      if (this.#links.has(name)) continue;
      const link = new ReplicaLink({ ...this.#options, address });
      this.#links.set(name, link);
      link.start(this.#recent.texts());
    }
  }

  /** Resolves when all others answer, after `GREETING_MS_MAX` at the latest: some may be gone and not known to be. */
  async greeted(): Promise<void> {
    const enough = new AbortController();
    const all = Promise.all([...this.#links.values()].map(({ greeted }) => greeted));
    await Promise.race([all, this.#options.clock.sleep(GREETING_MS_MAX, enough.signal)]);
    enough.abort();
  }

  /**
   * Tell the others. Resolves when all who are quick have it, after `LINK_WAIT_MS` at the latest; never rejects.
   * Undefined: there is nobody to wait for.
   */
  share(message: ReplicaMessage): Promise<unknown> | undefined {
    const text = JSON.stringify(message);
    if (message.kind === 'Evidence') this.#recent.add(text);
    const waits = [...this.#links.values()].flatMap((link) => link.send(text) ?? []);
    return waits.length === 0 ? undefined : Promise.all(waits);
  }

  async stop(): Promise<void> {
    this.setPeers(new Map());
    await Promise.all(this.#stopping);
  }
}
