import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Log } from '../log.ts';
import { timestamp } from '../timestamp.ts';

/** The object that a Kubernetes Event is about. */
export interface Regarding {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** The same Event about the same object is written at most this often; repetitions in between are counted. */
const REPEAT_MS = 60_000;
const REMEMBERED_EVENTS_MAX = 2_000;
const WRITES_AT_ONCE_MAX = 16;
const NOTE_CHARS_MAX = 1_000;
const COMPONENT = 'gitops-reverser';

/**
 * Writes Kubernetes Events for what a user should notice. Never blocks and never fails its caller: an Event that
 * cannot be written is logged. Bounded: repetitions are folded, and beyond a few writes at once Events are dropped.
 */
export class EventRecorder {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #instance: string;
  readonly #written = new Map<string, { atMs: number; count: number }>();
  #writing = 0;

  constructor(client: KubeClient, clock: Clock, log: Log, instance: string) {
    this.#client = client;
    this.#clock = clock;
    this.#log = log;
    this.#instance = instance;
  }

  /** Record that something happened to an object. `reason` is CamelCase, `note` one sentence without secrets. */
  record(regarding: Regarding, type: 'Normal' | 'Warning', reason: string, note: string): void {
    const nowMs = this.#clock.now();
    const key = createHash('sha256')
      .update([regarding.uid, type, reason, note].join('\0'))
      .digest('hex')
      .slice(0, 16);
    const known = this.#written.get(key);
    if (known !== undefined && nowMs - known.atMs < REPEAT_MS) {
      known.count++;
      return;
    }
    if (this.#writing >= WRITES_AT_ONCE_MAX)
      return this.#log.debug('Event dropped: too many at once', { reason, note });
    if (this.#written.size >= REMEMBERED_EVENTS_MAX) this.#written.clear();
    const count = (known?.count ?? 0) + 1;
    this.#written.set(key, { atMs: nowMs, count });
    this.#writing++;
    void this.#write(regarding, type, reason, note, count, nowMs).finally(() => {
      this.#writing--;
    });
  }

  async #write(
    regarding: Regarding,
    type: string,
    reason: string,
    note: string,
    count: number,
    nowMs: number,
  ): Promise<void> {
    const time = timestamp(nowMs);
    try {
      await this.#client.request(
        'POST',
        `/api/v1/namespaces/${encodeURIComponent(regarding.namespace)}/events`,
        {
          body: {
            apiVersion: 'v1',
            kind: 'Event',
            metadata: { generateName: `${regarding.name.slice(0, 200)}.`, namespace: regarding.namespace },
            involvedObject: regarding,
            type,
            reason,
            message: note.slice(0, NOTE_CHARS_MAX),
            count,
            firstTimestamp: time,
            lastTimestamp: time,
            source: { component: COMPONENT },
            reportingComponent: COMPONENT,
            reportingInstance: this.#instance,
          },
        },
      );
    } catch (error) {
      this.#log.debug('Cannot write an Event', { reason, why: messageOf(error) });
    }
  }
}
