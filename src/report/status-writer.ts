import { isDeepStrictEqual } from 'node:util';
import type { Condition } from '../../gen/model.ts';
import { backoffMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { CodedError, messageOf } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Log } from '../log.ts';

/** One object's status is written at most this often, except right after a quiet time. */
const INTERVAL_MS = 500;
/**
 * While only figures move (counts, times, the last commit), each write comes an interval later after the one before, up
 * to this: in a burst they move with every batch. Conditions are not kept waiting.
 */
const FIGURES_INTERVAL_MS_MAX = 2_000;
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 30_000;

/**
 * Keeps the status of one object equal to what `decide` says: level-based, so a write that fails or is overtaken
 * is simply made again. Writes only when something differs, one at a time, and not more often than every 500 ms, or
 * every 2 s where nothing but figures moves all the time.
 */
export class StatusWriter<Status extends object> {
  readonly #path: string;
  readonly #decide: (written: Status | undefined) => Status | undefined;
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #abort = new AbortController();
  #written: Status | undefined;
  #isDirty = false;
  #running: Promise<void> | undefined;

  /**
   * `path` is the REST path of the object's status; `decide` gets the status that was written last, if any, and
   * returns the whole status, or undefined to leave it.
   */
  constructor(
    path: string,
    decide: (written: Status | undefined) => Status | undefined,
    client: KubeClient,
    clock: Clock,
    log: Log,
  ) {
    this.#path = path;
    this.#decide = decide;
    this.#client = client;
    this.#clock = clock;
    this.#log = log;
  }

  /** What was written last; undefined before the first write. */
  get written(): Status | undefined {
    return this.#written;
  }

  /** Something may have changed. */
  touch(): void {
    this.#isDirty = true;
    if (this.#abort.signal.aborted) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      // Touched in the moment between the last look and here.
      if (this.#isDirty && !this.#abort.signal.aborted) this.touch();
    });
  }

  /** Write what is decided now, then stop. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  /** Stop without another write: the object is gone. */
  abandon(): void {
    this.#isDirty = false;
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    let failures = 0;
    let figuresInARow = 0;
    let writtenAtMs = Number.NEGATIVE_INFINITY;
    // Changes of one moment are written together.
    await Promise.resolve();
    while (this.#isDirty) {
      this.#isDirty = false;
      const status = this.#decide(this.#written);
      if (status === undefined || isDeepStrictEqual(status, this.#written)) continue;
      const isFigures = hasSameConditions(status, this.#written);
      const dueAtMs = writtenAtMs + Math.min(figuresInARow * INTERVAL_MS, FIGURES_INTERVAL_MS_MAX);
      if (isFigures && this.#clock.now() < dueAtMs && !this.#abort.signal.aborted) {
        this.#isDirty = true;
        await this.#clock.sleep(INTERVAL_MS, this.#abort.signal);
        continue;
      }
      let waitMs = INTERVAL_MS;
      try {
        await this.#client.request('PATCH', this.#path, {
          // Replaces the whole status: a merge patch would keep fields that are left out now.
          contentType: 'application/json-patch+json',
          body: [{ op: 'add', path: '/status', value: status }],
        });
        this.#written = status;
        writtenAtMs = this.#clock.now();
        figuresInARow = isFigures ? figuresInARow + 1 : 0;
        failures = 0;
      } catch (error) {
        if (error instanceof CodedError && error.code === 'NotFound') return;
        this.#log.debug('Cannot write a status', { path: this.#path, reason: messageOf(error) });
        this.#isDirty = !this.#abort.signal.aborted;
        waitMs = backoffMs(failures++, RETRY_MIN_MS, RETRY_MAX_MS);
      }
      await this.#clock.sleep(waitMs, this.#abort.signal);
    }
  }
}

/**
 * Is what differs, if anything, no condition? Their messages hold figures, too. Without conditions, anything may be one.
 */
function hasSameConditions(one: object, other: object | undefined): boolean {
  const conditions = conditionsOf(one);
  return other !== undefined && conditions !== '' && conditions === conditionsOf(other);
}

function conditionsOf(status: { readonly conditions?: readonly Partial<Condition>[] }): string {
  return (status.conditions ?? []).map(({ type, status, reason }) => `${type} ${status} ${reason}`).join();
}
