import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { type LinkOutcome, ReplicaLink } from './replica-link.ts';
import type { ReplicaMessage } from './replica-message.ts';

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
 * in, and whoever leads next has it, too.
 */
export class ReplicaRelay {
  readonly #options: ReplicaRelayOptions;
  readonly #links = new Map<string, ReplicaLink>();
  readonly #stopping = new Set<Promise<void>>();

  constructor(options: ReplicaRelayOptions) {
    this.#options = options;
  }

  /** The other replicas are at these addresses from now on. */
  setPeers(addresses: ReadonlySet<string>): void {
    for (const [address, link] of this.#links) {
      if (addresses.has(address)) continue;
      this.#links.delete(address);
      const stopping = link.stop().finally(() => this.#stopping.delete(stopping));
      this.#stopping.add(stopping);
    }
    for (const address of addresses) {
      if (this.#links.has(address)) continue;
      const link = new ReplicaLink({ ...this.#options, address });
      this.#links.set(address, link);
      link.start();
    }
  }

  /**
   * Tell the others. Resolves when all who are quick have it, after `LINK_WAIT_MS` at the latest; never rejects.
   * Undefined: there is nobody to wait for.
   */
  share(message: ReplicaMessage): Promise<unknown> | undefined {
    if (this.#links.size === 0) return undefined;
    const text = JSON.stringify(message);
    const waits = [...this.#links.values()].flatMap((link) => link.send(text) ?? []);
    return waits.length === 0 ? undefined : Promise.all(waits);
  }

  async stop(): Promise<void> {
    this.setPeers(new Set());
    await Promise.all(this.#stopping);
  }
}
