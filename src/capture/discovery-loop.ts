import { backoffMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { discover, mergeDiscovered } from '../kube/discovery.ts';
import type { ApiResource } from '../kube/resource.ts';
import type { Log } from '../log.ts';

/** Discovery is asked again this often without a reason, and this soon after one. */
const PERIOD_MS = 60_000;
/** After a CRD changed, its kind is served a moment later: ask soon, then again. */
const AFTER_TRIGGER_MS = [50, 200, 500, 1_000, 3_000] as const;
const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 10_000;

/**
 * Keeps the picture of what the API server serves. `trigger` says that it may have changed (a CRD or an APIService
 * came, changed or went). A discovery that fails changes nothing: what was known stays known.
 */
export class DiscoveryLoop {
  readonly #client: KubeClient;
  readonly #onServed: (served: readonly ApiResource[]) => void;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #abort = new AbortController();
  #served: readonly ApiResource[] = [];
  /** Ends the wait for the next periodic discovery; undefined while there is something to do. */
  #idle: AbortController | undefined;
  #followUps: number[] = [];
  #running: Promise<void> | undefined;

  constructor(
    client: KubeClient,
    onServed: (served: readonly ApiResource[]) => void,
    clock: Clock,
    log: Log,
  ) {
    this.#client = client;
    this.#onServed = onServed;
    this.#clock = clock;
    this.#log = log;
  }

  /** Discover for the first time; resolves when that worked, and goes on in the background. */
  async start(): Promise<void> {
    for (let failures = 0; !this.#abort.signal.aborted && !(await this.#refresh()); failures++) {
      await this.#clock.sleep(backoffMs(failures, RETRY_MIN_MS, RETRY_MAX_MS), this.#abort.signal);
    }
    this.#running = this.#run();
  }

  /** What is served may have changed. */
  trigger(): void {
    this.#followUps = [...AFTER_TRIGGER_MS];
    this.#idle?.abort();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#idle?.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      const next = this.#followUps.shift();
      if (next === undefined) {
        this.#idle = new AbortController();
        await this.#clock.sleep(PERIOD_MS, this.#idle.signal);
        const isTriggered = this.#idle.signal.aborted;
        this.#idle = undefined;
        if (isTriggered) continue;
      } else {
        await this.#clock.sleep(next, this.#abort.signal);
      }
      if (!this.#abort.signal.aborted) await this.#refresh();
    }
  }

  async #refresh(): Promise<boolean> {
    try {
      const found = await discover(this.#client, this.#abort.signal);
      const served = mergeDiscovered(this.#served, found);
      const isSame = JSON.stringify(served) === JSON.stringify(this.#served);
      this.#served = served;
      if (!isSame) this.#onServed(served);
      return true;
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#log.warn('Discovery failed', { reason: messageOf(error) });
      return false;
    }
  }
}
