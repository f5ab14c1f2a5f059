import https from 'node:https';
import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { createBackoff } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { CodedError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { authorizationOf, MESSAGES_PATH } from './replica-message.ts';

/**
 * A review waits at most this long for another replica; then that one is not waited for until it answers again. Less
 * than the second that API servers wait, and longer than a busy process is away.
 */
export const LINK_WAIT_MS = 500;
/** What is kept for a replica that does not take it; beyond that, the oldest is dropped. */
const QUEUE_BYTES_MAX = 16 * 1024 * 1024;
const BATCH_BYTES_MAX = 1024 * 1024;
const POST_TIMEOUT_MS = 5_000;
const RETRY_MIN_MS = 50;
const RETRY_MAX_MS = 2_000;

export type LinkOutcome = 'Sent' | 'Late' | 'Dropped';

export interface ReplicaLinkOptions {
  /** `https://HOST:PORT`. */
  readonly address: string;
  readonly token: string;
  /** PEM of the authorities to trust now. */
  readonly caBundle: () => string;
  /** The name in the other's certificate: that of the webhooks, which all replicas share. */
  readonly serverName: string;
  readonly clock: Clock;
  readonly log: Log;
  /** So many messages were taken in time, too late for their reviews, or not at all. */
  readonly onOutcome: (outcome: LinkOutcome, messages: number) => void;
}

interface Batch {
  readonly texts: string[];
  bytes: number;
  /** Its reviews need not wait any more. */
  readonly released: Promise<void>;
  readonly release: () => void;
  isReleased: boolean;
}

/**
 * Sends messages to one other replica, in their order: one request at a time, with all that came meanwhile.
 * A request that fails is sent again, so a message may arrive twice.
 */
export class ReplicaLink {
  readonly #options: ReplicaLinkOptions;
  readonly #agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  readonly #abort = new AbortController();
  #wake = new AbortController();
  #batches: Batch[] = [];
  #bytes = 0;
  /** Resolves when the other answered for the first time, or the link is stopped. */
  readonly greeted: Promise<void>;
  #tellGreeted = () => {};
  /** It answered last time. */
  #isQuick = false;
  #running: Promise<void> | undefined;

  constructor(options: ReplicaLinkOptions) {
    this.#options = options;
    this.greeted = new Promise((resolve) => {
      this.#tellGreeted = resolve;
    });
  }

  /** Begin, with what was told to others before: no review waits for that. */
  start(before: readonly string[] = []): void {
    for (const text of before) void this.send(text);
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#wake.abort();
    await this.#running;
    this.#tellGreeted();
    for (const batch of this.#batches.splice(0)) batch.release();
    this.#agent.destroy();
  }

  /** Send a message (JSON). Resolves when the other has it, or is not to be waited for; undefined: do not wait. */
  send(text: string): Promise<void> | undefined {
    if (this.#abort.signal.aborted) return undefined;
    let batch = this.#batches.at(-1);
    if (batch === undefined || batch.bytes + text.length > BATCH_BYTES_MAX) {
      batch = this.#newBatch();
      this.#batches.push(batch);
    }
    batch.texts.push(text);
    batch.bytes += text.length;
    this.#bytes += text.length;
    this.#makeRoom();
    this.#wake.abort();
    return this.#isQuick && !batch.isReleased ? batch.released : undefined;
  }

  #newBatch(): Batch {
    let resolve = () => {};
    const released = new Promise<void>((done) => {
      resolve = done;
    });
    const batch: Batch = {
      texts: [],
      bytes: 0,
      released,
      isReleased: false,
      release() {
        batch.isReleased = true;
        clearTimeout(timer);
        resolve();
      },
    };
    const timer = setTimeout(() => {
      this.#isQuick = false;
      batch.release();
    }, LINK_WAIT_MS);
    if (!this.#isQuick) batch.release();
    return batch;
  }

  #makeRoom(): void {
    while (this.#bytes > QUEUE_BYTES_MAX && this.#batches.length > 1) {
      const oldest = this.#batches.shift() as Batch;
      this.#bytes -= oldest.bytes;
      oldest.release();
      this.#options.onOutcome('Dropped', oldest.texts.length);
    }
  }

  async #run(): Promise<void> {
    const { clock, log, address, onOutcome } = this.#options;
    const backoff = createBackoff(RETRY_MIN_MS, RETRY_MAX_MS);
    let isGreeted = false;
    let problem: string | undefined;
    while (!this.#abort.signal.aborted) {
      this.#wake = new AbortController();
      if (isGreeted && this.#batches.length === 0) {
        await waitFor(this.#wake.signal);
        continue;
      }
      const batch = this.#batches.shift();
      try {
        await this.#post(`[${(batch?.texts ?? []).join(',')}]`);
        isGreeted = true;
        this.#tellGreeted();
        this.#isQuick = true;
        backoff.reset();
        if (problem !== undefined) log.info('Replica answers again', { replica: address });
        problem = undefined;
        if (batch === undefined) continue;
        onOutcome(batch.isReleased ? 'Late' : 'Sent', batch.texts.length);
        this.#bytes -= batch.bytes;
        batch.release();
      } catch (error) {
        this.#isQuick = false;
        if (batch !== undefined) {
          batch.release();
          this.#batches.unshift(batch);
        }
        if (this.#abort.signal.aborted) return;
        // Nobody waits for them any more.
        for (const waiting of this.#batches) waiting.release();
        const reason = messageOf(error);
        if (reason !== problem) log.warn('Replica does not answer', { replica: address, reason });
        problem = reason;
        await clock.sleep(backoff.nextMs(), this.#abort.signal);
      }
    }
  }

  #post(body: string): Promise<void> {
    const { address, token, caBundle, serverName } = this.#options;
    const { hostname, port } = new URL(address);
    const bytes = Buffer.from(body);
    return new Promise((resolve, reject) => {
      const request = https.request(
        {
          host: hostname.replace(/^\[|\]$/g, ''),
          port: port || 443,
          path: MESSAGES_PATH,
          method: 'POST',
          agent: this.#agent,
          ca: caBundle(),
          // A name for SNI; addresses are none.
          servername: isIP(serverName) === 0 ? serverName : '',
          checkServerIdentity: (_host, certificate) => checkServerIdentity(serverName, certificate),
          headers: {
            Authorization: authorizationOf(token),
            'Content-Type': 'application/json',
            'Content-Length': bytes.length,
          },
          signal: this.#abort.signal,
        },
        (response) => {
          response.resume();
          response.on('error', reject);
          response.on('close', () => {
            clearTimeout(timer);
            if (response.complete && response.statusCode === 204) resolve();
            else reject(new CodedError('ApiError', `it answered with HTTP ${response.statusCode}`));
          });
        },
      );
      const timer = setTimeout(
        () => request.destroy(new CodedError('TimedOut', `no answer within ${POST_TIMEOUT_MS} ms`)),
        POST_TIMEOUT_MS,
      );
      request.on('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      request.end(bytes);
    });
  }
}

function waitFor(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
