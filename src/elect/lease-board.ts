import { createBackoff } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import type { JsonObject } from '../kube/json.ts';
import { listObjects } from '../kube/list.ts';
import type { KubeObject } from '../kube/object.ts';
import { watchObjects } from '../kube/watch.ts';
import type { Log } from '../log.ts';
import { LEASE_LABEL, LEASES } from './lease.ts';

const RETRY_MIN_MS = 200;
const RETRY_MAX_MS = 5_000;

export interface LeaseBoardOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  /** A Lease of the installation is there, changed or (`undefined`) went. Must not throw. */
  readonly onLease: (name: string, lease: JsonObject | undefined) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Follows the Leases of one installation: who leads, and which replicas there are. */
export class LeaseBoard {
  readonly #options: LeaseBoardOptions;
  readonly #abort = new AbortController();
  readonly #known = new Set<string>();
  #running: Promise<void> | undefined;

  constructor(options: LeaseBoardOptions) {
    this.#options = options;
  }

  /** Begin. Resolves when all Leases were told once, or it was stopped; keeps trying until then. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#running = this.#run(resolve).finally(resolve);
    });
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #run(onListed: () => void): Promise<void> {
    const { clock, log } = this.#options;
    const backoff = createBackoff(RETRY_MIN_MS, RETRY_MAX_MS);
    const { signal } = this.#abort;
    let problem: string | undefined;
    while (!signal.aborted) {
      try {
        await this.#follow(() => {
          backoff.reset();
          problem = undefined;
          onListed();
        });
      } catch (error) {
        if (signal.aborted) return;
        const reason = messageOf(error);
        if (reason !== problem) log.warn('Cannot follow the Leases', { reason });
        problem = reason;
      }
      await clock.sleep(backoff.nextMs(), signal);
    }
  }

  /** List and watch until the watch ends. There are few: after each end they are listed anew. */
  async #follow(onListed: () => void): Promise<void> {
    const { client, namespace } = this.#options;
    const how = { namespace, labelSelector: LEASE_LABEL, signal: this.#abort.signal };
    const listed = new Map<string, KubeObject>();
    const version = await listObjects(
      client,
      LEASES,
      (lease) => void listed.set(lease.metadata.name, lease),
      {
        ...how,
        onRestart: () => listed.clear(),
      },
    );
    for (const lease of listed.values()) this.#tell(lease);
    for (const name of this.#known) if (!listed.has(name)) this.#forget(name);
    onListed();
    for await (const event of watchObjects(client, LEASES, version, how)) {
      if (event.type === 'BOOKMARK') continue;
      if (event.type === 'DELETED') this.#forget(event.object.metadata.name);
      else this.#tell(event.object);
    }
  }

  #tell(lease: KubeObject): void {
    const { name } = lease.metadata;
    this.#known.add(name);
    this.#options.onLease(name, lease as unknown as JsonObject);
  }

  #forget(name: string): void {
    if (this.#known.delete(name)) this.#options.onLease(name, undefined);
  }
}
