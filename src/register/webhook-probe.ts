import { randomBytes } from 'node:crypto';
import { backoffMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { PROBE_LABEL } from './desired-configuration.ts';

/** The API server takes up a new configuration within some hundred milliseconds: ask soon, then less often. */
const RETRY_MIN_MS = 50;
const RETRY_MAX_MS = 2_000;
/** A configuration that was seen is probed again this often: webhooks can break without anybody changing them. */
const AGAIN_MS = 30_000;
/** Once reviews came, some failures in a row (two or three seconds) count: a new configuration takes a moment. */
const FAILURES_COUNTED = 6;
const REQUEST_TIMEOUT_MS = 5_000;

export interface ProbeEvents {
  /** A review came on the path of this configuration: the API server uses it. */
  onSeen(hash: string): void;
  /** Reviews come, or why they do not, as the API server tells it. */
  onState(problem: string | undefined): void;
}

/** The part of an admission request that tells one probe from another. */
export interface ProbeRequest {
  readonly object?: unknown;
}

/**
 * Finds out whether the API server sends reviews here, by a dry-run create of an Event that only the probe webhook of
 * the expected configuration gets (`desiredConfiguration`). Nothing is ever stored.
 *
 * A review counts when it comes with the nonce of this process, so that one that reaches another replica does not.
 * With several API servers behind one address, it proves that one of them is ready; the others follow within their
 * watch's delay.
 */
export class WebhookProbe {
  readonly #client: KubeClient;
  readonly #namespace: string;
  readonly #events: ProbeEvents;
  readonly #clock: Clock;
  readonly #abort = new AbortController();
  readonly #nonce = randomBytes(8).toString('hex');
  #nap = new AbortController();
  #expected: string | undefined;
  #seen: string | undefined;
  #arrived = false;
  /** As it was told last; null before anything was. */
  #problem: string | undefined | null = null;
  #running: Promise<void> | undefined;

  constructor(options: {
    readonly client: KubeClient;
    readonly namespace: string;
    readonly events: ProbeEvents;
    readonly clock: Clock;
  }) {
    this.#client = options.client;
    this.#namespace = options.namespace;
    this.#events = options.events;
    this.#clock = options.clock;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#nap.abort();
    await this.#running;
  }

  /** Probe until a review comes with this hash, and now and then afterwards. */
  expect(hash: string): void {
    if (hash === this.#expected) return;
    this.#expected = hash;
    this.#nap.abort();
  }

  /** A review came on the probe's path with this hash. */
  onReview(hash: string, { object }: ProbeRequest): void {
    const { metadata } = (object ?? {}) as { metadata?: { labels?: Record<string, unknown> } };
    if (metadata?.labels?.[PROBE_LABEL] !== this.#nonce || hash !== this.#expected) return;
    this.#arrived = true;
    this.#seen = hash;
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#abort.signal.aborted; ) {
      const hash = this.#expected;
      let waitMs = AGAIN_MS;
      if (hash !== undefined) {
        const problem = await this.#probe();
        if (this.#abort.signal.aborted) return;
        if (hash !== this.#expected) {
          failures = 0;
          continue;
        }
        if (problem === undefined) {
          failures = 0;
          this.#events.onSeen(hash);
          this.#setProblem(undefined);
        } else {
          waitMs = backoffMs(failures++, RETRY_MIN_MS, RETRY_MAX_MS);
          if (this.#seen === undefined || failures >= FAILURES_COUNTED) this.#setProblem(problem);
        }
      }
      this.#nap = new AbortController();
      await this.#clock.sleep(waitMs, this.#nap.signal);
    }
  }

  /** One dry run; why no review came, or undefined when one did. */
  async #probe(): Promise<string | undefined> {
    this.#arrived = false;
    const namespace = this.#namespace;
    try {
      await this.#client.request('POST', `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`, {
        query: { dryRun: 'All' },
        body: {
          apiVersion: 'v1',
          kind: 'Event',
          metadata: {
            generateName: 'gitops-reverser-probe-',
            namespace,
            labels: { [PROBE_LABEL]: this.#nonce },
          },
          involvedObject: { apiVersion: 'v1', kind: 'Namespace', name: namespace, namespace },
          type: 'Normal',
          reason: 'WebhookProbe',
          message: 'A dry run, to see whether the webhooks are called. It is never stored.',
        },
        timeoutMs: REQUEST_TIMEOUT_MS,
        signal: this.#abort.signal,
      });
    } catch (error) {
      return `The API server cannot call the webhooks: ${messageOf(error)}`;
    }
    return this.#arrived ? undefined : 'The API server has not taken up the webhook configuration yet';
  }

  #setProblem(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#events.onState(problem);
  }
}
