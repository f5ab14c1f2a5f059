import { CodedError } from '../errors.ts';
import type { KubeClient, RequestOptions } from '../kube/client.ts';
import { restPath } from '../kube/resource.ts';
import { LEASE_LABEL, LEASES, type LeaseRecord, leaseSpec, readLease, type StoredLease } from './lease.ts';

/** One Lease at the API server, written by compare-and-swap only. */
export class LeaseStore {
  readonly #client: KubeClient;
  readonly #namespace: string;
  readonly #name: string;

  constructor(client: KubeClient, namespace: string, name: string) {
    this.#client = client;
    this.#namespace = namespace;
    this.#name = name;
  }

  /** Read it; undefined when there is none. Throws `CodedError`. */
  async read(options: RequestOptions): Promise<StoredLease | undefined> {
    try {
      return readLease(await this.#client.get(this.#path, options));
    } catch (error) {
      if (error instanceof CodedError && error.code === 'NotFound') return undefined;
      throw error;
    }
  }

  /**
   * Write it, if nobody else has since `seen` was read (undefined: it did not exist). Throws `Conflict`, or `NotFound`
   * when it is gone by now: see `isLeaseConflict`.
   */
  async write(
    record: LeaseRecord,
    seen: StoredLease | undefined,
    nowMs: number,
    options: RequestOptions,
  ): Promise<StoredLease> {
    const spec = leaseSpec(record, nowMs);
    if (seen !== undefined) {
      // With the resourceVersion that was read: refused if it is no longer the current one.
      const body = { ...seen.object, spec };
      return readLease(await this.#client.request('PUT', this.#path, { ...options, body }));
    }
    const metadata = {
      name: this.#name,
      namespace: this.#namespace,
      labels: { [LEASE_LABEL]: 'leader' },
    };
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
    const collection = restPath(LEASES, { namespace: this.#namespace });
    return readLease(await this.#client.request('POST', collection, { ...options, body }));
  }

  get #path(): string {
    return restPath(LEASES, { namespace: this.#namespace, name: this.#name });
  }
}

/** Somebody else wrote or removed it since it was read. */
export function isLeaseConflict(error: unknown): boolean {
  return error instanceof CodedError && (error.code === 'Conflict' || error.code === 'NotFound');
}
