import type { Clock } from '../clock.ts';
import type { Log, LogFields } from '../log.ts';

/** What waits is looked at this often. */
const LOOK_MS = 10_000;
/** What did not move for so long is told: everything that is tried again has been by then, and said why it fails. */
export const STALLED_MS = 60_000;
/** And told again after so long, while it still does not. */
export const STALLED_AGAIN_MS = 600_000;

/** Something that ought to move. */
export interface Waiting {
  /** Tells it from others, such as the key of a GitRepoConfig. */
  readonly key: string;
  /** Another one whenever it moved. */
  readonly progress: string | number | null;
  /** What is known of it: how much waits, and why. No secrets. */
  readonly fields: LogFields;
}

interface Known {
  readonly progress: Waiting['progress'];
  readonly sinceMs: number;
  toldAtMs: number | undefined;
}

/** Logs what waits and does not move, so that nothing stands still in silence, whatever the reason is. */
export class StallLog {
  readonly #look: () => Iterable<Waiting>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #abort = new AbortController();
  #known = new Map<string, Known>();
  #running: Promise<void> | undefined;

  /** `look` tells what waits now, and must not throw; what it leaves out waits no more. */
  constructor(look: () => Iterable<Waiting>, clock: Clock, log: Log) {
    this.#look = look;
    this.#clock = clock;
    this.#log = log;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (;;) {
      await this.#clock.sleep(LOOK_MS, this.#abort.signal);
      if (this.#abort.signal.aborted) return;
      this.#compare();
    }
  }

  #compare(): void {
    const nowMs = this.#clock.now();
    const before = this.#known;
    this.#known = new Map();
    for (const { key, progress, fields } of this.#look()) {
      const known = before.get(key);
      const same: Known =
        known?.progress === progress ? known : { progress, sinceMs: nowMs, toldAtMs: undefined };
      this.#known.set(key, same);
      const dueAtMs =
        same.toldAtMs === undefined ? same.sinceMs + STALLED_MS : same.toldAtMs + STALLED_AGAIN_MS;
      if (nowMs < dueAtMs) continue;
      same.toldAtMs = nowMs;
      this.#log.warn('Stands still', { ...fields, since: new Date(same.sinceMs).toISOString() });
    }
    for (const [key, { toldAtMs, sinceMs }] of before) {
      if (toldAtMs === undefined || this.#known.get(key)?.sinceMs === sinceMs) continue;
      this.#log.info('Goes on', { what: key, stoodMs: nowMs - sinceMs });
    }
  }
}
