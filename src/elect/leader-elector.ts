import type { Clock } from '../clock.ts';
import { CodedError, messageOf } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import type { JsonObject } from '../kube/json.ts';
import { isNewer } from '../kube/resource-version.ts';
import type { Log } from '../log.ts';
import { ACQUIRE_JITTER, checkTiming, type ElectionTiming } from './election-timing.ts';
import { LEADER_LEASE, type LeaseRecord, microTime, readLease, type StoredLease } from './lease.ts';
import { isLeaseConflict, LeaseStore } from './lease-store.ts';

/** A release that the API server does not answer in this time is left: the Lease runs out by itself. */
const RELEASE_TIMEOUT_MS = 2_000;
const RELEASE_ATTEMPTS_MAX = 3;

export interface ElectorOptions {
  readonly client: KubeClient;
  /** Where the Lease is. */
  readonly namespace: string;
  /** Tells this process from every other that ever was. */
  readonly identity: string;
  readonly timing: ElectionTiming;
  readonly clock: Clock;
  /** Milliseconds of a clock that nobody sets, such as `performance.now`. */
  readonly monotonicMs: () => number;
  readonly log: Log;
  readonly random?: () => number;
  /** Somebody else was seen to lead, or (empty) nobody. Must not throw. */
  readonly onHolder?: (holder: string) => void;
}

/**
 * Lease leader election as client-go does it (k8s.io/client-go/tools/leaderelection), for one term: it follows until it
 * leads, and leads until it loses the Lease or releases it. Who lost ends his process.
 *
 * Invariants:
 * - The Lease is only written by compare-and-swap on its resourceVersion.
 * - No clock of another machine is believed: a foreign Lease has run out when it was *seen* unchanged for its duration.
 * - `isLeader` turns false by the local monotonic clock alone, `renewDeadline` after the last successful renewal was
 *   *sent*; that is before anybody else may take over, also where this process was stopped in between.
 */
export class LeaderElector {
  readonly identity: string;
  /** Resolves when this process leads; never rejects. */
  readonly elected: Promise<void>;
  /** Resolves with the reason when it leads no more, other than by `stop`; never rejects. */
  readonly lost: Promise<CodedError>;
  readonly #options: ElectorOptions;
  readonly #store: LeaseStore;
  readonly #abort = new AbortController();
  #nap = new AbortController();
  #isWoken = false;
  #tellElected = () => {};
  #tellLost = (_error: CodedError) => {};
  #phase: 'Following' | 'Leading' | 'Over' = 'Following';
  /** The newest Lease that was seen; undefined when there is none, or it was not looked for yet. */
  #seen: StoredLease | undefined;
  #isRead = false;
  #seenChangedAtMs = 0;
  /** When the last successful renewal was sent. */
  #renewedAtMs = Number.NEGATIVE_INFINITY;
  #problem: string | undefined;
  #running: Promise<void> | undefined;

  /** Throws `InvalidSpec` for timing that cannot work. */
  constructor(options: ElectorOptions) {
    checkTiming(options.timing);
    this.#options = options;
    this.identity = options.identity;
    this.#store = new LeaseStore(options.client, options.namespace, LEADER_LEASE);
    this.elected = new Promise((resolve) => {
      this.#tellElected = resolve;
    });
    this.lost = new Promise((resolve) => {
      this.#tellLost = resolve;
    });
  }

  /** May this process write, now? */
  get isLeader(): boolean {
    return this.#phase === 'Leading' && this.#options.monotonicMs() < this.#validUntilMs;
  }

  /** Who holds the Lease, as far as is known; empty when nobody does. */
  get holder(): string {
    return this.#seen?.record.holder ?? '';
  }

  /** The Lease as it was seen last; undefined before there is one. */
  get lease(): StoredLease | undefined {
    return this.#seen;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** End, and give the Lease away if it is held: one who watches it takes over at once. Call it when nothing is written any more. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#nap.abort();
    await this.#running;
    const isHeld = this.isLeader;
    this.#phase = 'Over';
    if (isHeld) await this.#release();
  }

  /** A watch told of the Lease; undefined: it was deleted. Only ever makes things quicker. */
  observe(object: JsonObject | undefined): void {
    const holder = this.holder;
    if (object === undefined) this.#see(undefined);
    else {
      const lease = readLease(object);
      if (this.#seen !== undefined && !isNewer(lease.resourceVersion, this.#seen.resourceVersion)) return;
      this.#see(lease);
    }
    const isMine = this.holder === this.identity;
    // A follower has to act when nobody leads, a leader when somebody else does.
    if (this.#phase === 'Leading' ? !isMine : this.holder === '' && holder !== '') this.#wake();
  }

  get #validUntilMs(): number {
    return this.#renewedAtMs + this.#options.timing.renewDeadlineMs;
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted && this.#phase !== 'Over') {
      this.#isWoken = false;
      const waitMs = this.#phase === 'Leading' ? await this.#renew() : await this.#follow();
      this.#nap = new AbortController();
      if (this.#isWoken || this.#abort.signal.aborted) continue;
      await this.#options.clock.sleep(waitMs, this.#nap.signal);
    }
  }

  /** One look at the Lease; acquires it when it is free. Returns how long to wait for the next. */
  async #follow(): Promise<number> {
    const { timing, monotonicMs, random = Math.random } = this.#options;
    const againMs = timing.retryPeriodMs * (1 + random() * ACQUIRE_JITTER);
    try {
      const left = this.#leftMs();
      if (!this.#isRead || left > 0) await this.#read();
      const leftMs = this.#leftMs();
      if (leftMs > 0) return Math.min(againMs, leftMs);
      const sentAtMs = monotonicMs();
      await this.#write(this.#claim());
      this.#renewedAtMs = sentAtMs;
      this.#phase = 'Leading';
      this.#setProblem(undefined);
      this.#tellElected();
      return timing.retryPeriodMs;
    } catch (error) {
      if (isLeaseConflict(error)) {
        // Somebody was quicker. Who, is worth a look at once.
        this.#isRead = false;
        return 0;
      }
      this.#setProblem(messageOf(error));
      return againMs;
    }
  }

  async #renew(): Promise<number> {
    const { timing, monotonicMs } = this.#options;
    const lost = (reason: string) => {
      this.#phase = 'Over';
      this.#tellLost(new CodedError('LeadershipLost', `This replica leads no more: ${reason}`));
      return 0;
    };
    if (!this.isLeader)
      return lost(this.#problem ?? `it could not renew within ${timing.renewDeadlineMs} ms`);
    try {
      if (!this.#isRead) await this.#read();
      const { record } = this.#seen ?? {};
      if (record !== undefined && record.holder !== this.identity) {
        return lost(record.holder === '' ? 'the Lease was released' : `${record.holder} does`);
      }
      const sentAtMs = monotonicMs();
      await this.#write(record === undefined ? this.#claim() : record);
      this.#renewedAtMs = sentAtMs;
      this.#setProblem(undefined);
      return timing.retryPeriodMs;
    } catch (error) {
      if (this.#abort.signal.aborted) return 0;
      this.#isRead = false;
      if (isLeaseConflict(error)) return 0;
      this.#setProblem(messageOf(error));
      return Math.max(0, Math.min(timing.retryPeriodMs, this.#validUntilMs - monotonicMs()));
    }
  }

  /** How long a Lease that somebody else holds is still good for, as seen from here; 0 or less: it is free. */
  #leftMs(): number {
    const { record } = this.#seen ?? {};
    if (record === undefined || record.holder === '') return 0;
    return this.#seenChangedAtMs + record.durationMs - this.#options.monotonicMs();
  }

  #claim(): LeaseRecord {
    const before = this.#seen?.record;
    return {
      holder: this.identity,
      durationMs: this.#options.timing.leaseDurationMs,
      transitions: before === undefined ? 0 : before.transitions + 1,
      acquireTime: microTime(this.#options.clock.now()),
    };
  }

  async #read(): Promise<void> {
    this.#see(await this.#store.read(this.#request()));
    this.#isRead = true;
  }

  async #write(record: LeaseRecord): Promise<void> {
    this.#see(await this.#store.write(record, this.#seen, this.#options.clock.now(), this.#request()));
    this.#isRead = true;
  }

  async #release(): Promise<void> {
    const { clock, log } = this.#options;
    const timeout = { timeoutMs: RELEASE_TIMEOUT_MS };
    try {
      // A renewal that was broken off may have been stored: then the Lease is looked at again.
      for (let attempt = 0; attempt < RELEASE_ATTEMPTS_MAX; attempt++) {
        const seen = attempt === 0 ? this.#seen : await this.#store.read(timeout);
        if (seen?.record.holder !== this.identity) return;
        try {
          await this.#store.write(
            { ...seen.record, holder: '', durationMs: 1000 },
            seen,
            clock.now(),
            timeout,
          );
          return;
        } catch (error) {
          if (!isLeaseConflict(error)) throw error;
        }
      }
    } catch (error) {
      log.warn('Cannot release the Lease: it runs out by itself', { reason: messageOf(error) });
    }
  }

  #see(lease: StoredLease | undefined): void {
    const before = this.#seen;
    this.#seen = lease;
    if (before?.resourceVersion !== lease?.resourceVersion)
      this.#seenChangedAtMs = this.#options.monotonicMs();
    const holder = lease?.record.holder ?? '';
    if ((before?.record.holder ?? '') !== holder) this.#options.onHolder?.(holder);
  }

  #request() {
    return { timeoutMs: this.#options.timing.renewDeadlineMs / 2, signal: this.#abort.signal };
  }

  #wake(): void {
    this.#isWoken = true;
    this.#nap.abort();
  }

  #setProblem(problem: string | undefined): void {
    if (problem === this.#problem || this.#abort.signal.aborted) return;
    this.#problem = problem;
    if (problem !== undefined) this.#options.log.warn('Cannot reach the Lease', { reason: problem });
  }
}
