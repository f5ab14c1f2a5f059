import type { Clock } from '../clock.ts';
import { LEASE_LABEL, LEASES, leaseSpec, microTime, readLease } from '../elect/lease.ts';
import { CodedError, messageOf } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { isJsonObject, type JsonObject } from '../kube/json.ts';
import { restPath } from '../kube/resource.ts';
import type { Log } from '../log.ts';

/** Where a replica takes messages of the others, as `https://HOST:PORT`; an annotation of its Lease. */
const ADDRESS_ANNOTATION = 'gitops-reverser.configbutler.ai/address';

const LEASE_PREFIX = 'gitops-reverser-replica-';
const RENEW_MS = 20_000;
/** A replica whose Lease was not renewed for so long is gone, and its Lease is removed by the others. */
const GONE_MS = 60_000;
const RETRY_MS = 1_000;
const REQUEST_TIMEOUT_MS = 5_000;
/** More replicas than this make nothing better; what a bug or a person adds must not be written to. */
const REPLICAS_MAX = 9;

export interface ReplicaPresenceOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly identity: string;
  /** Where this replica is reached. */
  readonly address: string;
  /** The other replicas and their addresses, whenever they change. Must not throw. */
  readonly onPeers: (peers: ReadonlyMap<string, string>) => void;
  readonly clock: Clock;
  readonly monotonicMs: () => number;
  /** Ends everything but the leaving. */
  readonly signal: AbortSignal;
  readonly log: Log;
}

interface Peer {
  readonly address: string;
  readonly seenAtMs: number;
}

/**
 * Makes the replicas known to each other: each keeps a Lease of its own with its address, as API servers do
 * (https://kubernetes.io/docs/concepts/architecture/leases/#api-server-identity).
 */
export class ReplicaPresence {
  readonly #options: ReplicaPresenceOptions;
  readonly #name: string;
  readonly #peers = new Map<string, Peer>();
  #running: Promise<void> | undefined;

  constructor(options: ReplicaPresenceOptions) {
    this.#options = options;
    this.#name = LEASE_PREFIX + options.identity;
  }

  /** Begin; resolves when the others can know of this replica, or it was stopped. */
  async start(): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = this.#options;
    for (let isTold = false; !signal.aborted; isTold = true) {
      try {
        await this.#renew();
        break;
      } catch (error) {
        if (!isTold) log.warn('Cannot tell the other replicas of this one', { reason: messageOf(error) });
        await clock.sleep(RETRY_MS, signal);
      }
    }
    this.#running = this.#run();
  }

  /** Leave, once the signal is given: the others send nothing more. */
  async leave(): Promise<void> {
    await this.#running;
    await this.#remove(this.#name);
  }

  /** A Lease of the installation was seen, or (`undefined`) went. */
  onLease(name: string, lease: JsonObject | undefined): void {
    if (!name.startsWith(LEASE_PREFIX) || name === this.#name) return;
    const metadata = lease !== undefined && isJsonObject(lease.metadata) ? lease.metadata : undefined;
    const annotations = isJsonObject(metadata?.annotations) ? metadata.annotations : {};
    const address = annotations[ADDRESS_ANNOTATION];
    if (typeof address === 'string' && isAddress(address) && this.#hasRoomFor(name)) {
      this.#peers.set(name, { address, seenAtMs: this.#options.monotonicMs() });
    } else this.#peers.delete(name);
    this.#tell();
  }

  #hasRoomFor(name: string): boolean {
    return this.#peers.has(name) || this.#peers.size < REPLICAS_MAX - 1;
  }

  #tell(): void {
    // A container that is started anew has its old address: for a while there are two Leases of it, the last counts.
    const byAddress = new Map([...this.#peers].map(([name, { address }]) => [address, name]));
    byAddress.delete(this.#options.address);
    this.#options.onPeers(new Map([...byAddress].map(([address, name]) => [name, address])));
  }

  async #run(): Promise<void> {
    const { clock, monotonicMs, signal, log } = this.#options;
    while (!signal.aborted) {
      await clock.sleep(RENEW_MS, signal);
      if (signal.aborted) return;
      try {
        await this.#renew();
      } catch (error) {
        log.debug('Cannot renew the Lease of this replica', { reason: messageOf(error) });
      }
      for (const [name, { seenAtMs }] of this.#peers) {
        if (monotonicMs() - seenAtMs < GONE_MS) continue;
        this.#peers.delete(name);
        this.#tell();
        await this.#remove(name);
      }
    }
  }

  async #renew(): Promise<void> {
    const { client, clock, namespace, identity, address } = this.#options;
    const options = { timeoutMs: REQUEST_TIMEOUT_MS, signal: this.#options.signal };
    const nowMs = clock.now();
    const record = { holder: identity, durationMs: GONE_MS, transitions: 0, acquireTime: microTime(nowMs) };
    const metadata = {
      name: this.#name,
      namespace,
      labels: { [LEASE_LABEL]: 'replica' },
      annotations: { [ADDRESS_ANNOTATION]: address },
    };
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata };
    try {
      const path = restPath(LEASES, { namespace, name: this.#name });
      const { object, record: before } = readLease(await client.get(path, options));
      const spec = leaseSpec({ ...record, acquireTime: before.acquireTime }, nowMs);
      await client.request('PUT', path, { ...options, body: { ...object, spec } });
    } catch (error) {
      if (!(error instanceof CodedError && error.code === 'NotFound')) throw error;
      const body = { ...lease, spec: leaseSpec(record, nowMs) };
      await client.request('POST', restPath(LEASES, { namespace }), { ...options, body });
    }
  }

  async #remove(name: string): Promise<void> {
    const { client, namespace, log } = this.#options;
    try {
      await client.request('DELETE', restPath(LEASES, { namespace, name }), {
        timeoutMs: REQUEST_TIMEOUT_MS,
      });
    } catch (error) {
      if (error instanceof CodedError && error.code === 'NotFound') return;
      log.debug('Cannot remove the Lease of a replica', { lease: name, reason: messageOf(error) });
    }
  }
}

function isAddress(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'https:';
}
