import type { Clock } from '../clock.ts';
import { CodedError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { AdmissionAnswer, AdmissionRequest } from './webhook-review.ts';

/** What answers the reviews of one path, and of those below it. */
export interface WebhookHandler {
  /**
   * `signal()` aborts when the time is over, or whoever asked is gone; call it before waiting for anything. It is made
   * when it is asked for: a handler that answers at once, for thousands of reviews a second, needs none.
   * `below` is what follows the handler's path: `b/c` when the handler of `/a` gets a review on `/a/b/c`, usually empty.
   */
  readonly handle: (
    request: AdmissionRequest,
    signal: () => AbortSignal,
    below: string,
  ) => AdmissionAnswer | Promise<AdmissionAnswer>;
  /** What a review gets whose handler throws or takes too long. */
  readonly onError: 'allow' | 'deny';
}

/** A handler, the path it is registered for, and what follows that in the path of a request. */
export interface Route {
  readonly handler: WebhookHandler;
  readonly path: string;
  readonly below: string;
}

/** Which handler answers a path; undefined when none does. */
export function findRoute(
  handlers: Readonly<Record<string, WebhookHandler>>,
  requested: string,
): Route | undefined {
  for (const [path, handler] of Object.entries(handlers)) {
    if (requested === path) return { handler, path, below: '' };
    if (requested.startsWith(`${path}/`)) return { handler, path, below: requested.slice(path.length + 1) };
  }
  return undefined;
}

/** The same failure is logged at most this often. */
const LOG_REPEAT_MS = 60_000;
const REMEMBERED_CAUSES_MAX = 100;
const ALLOW: AdmissionAnswer = { allowed: true };
const tooLate = Symbol();

/** What a handler came to. */
export interface Handled {
  readonly answer: AdmissionAnswer;
  readonly isFailed: boolean;
}

/** Calls handlers, so that every review has an answer in time whatever they do. */
export class HandlerCaller {
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #loggedAtMs = new Map<string, number>();

  constructor(timeoutMs: number, clock: Clock, log: Log) {
    this.#timeoutMs = timeoutMs;
    this.#clock = clock;
    this.#log = log;
  }

  /** Never rejects. `gone` aborts when nobody waits for the answer any more. */
  async call(
    { path, handler, below }: Route,
    request: AdmissionRequest,
    gone: AbortSignal,
  ): Promise<Handled> {
    let abort: AbortController | undefined;
    const signal = () => {
      abort ??= new AbortController();
      return abort.signal;
    };
    const onGone = () => abort?.abort();
    try {
      const handling = handler.handle(request, signal, below);
      // Evidence is taken at once: nothing to wait for.
      if (!(handling instanceof Promise)) return { answer: handling, isFailed: false };
      if (gone.aborted) onGone();
      gone.addEventListener('abort', onGone, { once: true });
      const timer = new AbortController();
      const time = this.#clock.sleep(this.#timeoutMs, timer.signal).then(() => tooLate);
      const answer = await Promise.race([handling, time]).finally(() => timer.abort());
      if (answer === tooLate) throw new CodedError('TimedOut', `no answer within ${this.#timeoutMs} ms`);
      return { answer: answer as AdmissionAnswer, isFailed: false };
    } catch (error) {
      onGone();
      // That a handler stops when nobody waits any more is no failure of it.
      if (!gone.aborted) this.#logOnce(path, error);
      return { answer: answerTo(error, handler), isFailed: true };
    } finally {
      gone.removeEventListener('abort', onGone);
    }
  }

  #logOnce(path: string, error: unknown): void {
    const reason = messageOf(error);
    const cause = `${path} ${reason}`;
    const nowMs = this.#clock.now();
    if (nowMs - (this.#loggedAtMs.get(cause) ?? Number.NEGATIVE_INFINITY) < LOG_REPEAT_MS) return;
    if (this.#loggedAtMs.size >= REMEMBERED_CAUSES_MAX) this.#loggedAtMs.clear();
    this.#loggedAtMs.set(cause, nowMs);
    this.#log.error('A webhook failed', { path, reason });
  }
}

function answerTo(error: unknown, { onError }: WebhookHandler): AdmissionAnswer {
  if (onError === 'allow') return ALLOW;
  // Words of an expected failure are for people; those of a bug are not.
  const message = error instanceof CodedError ? error.message : 'it failed; its log says why';
  return { allowed: false, status: { message, code: 500, reason: 'InternalError' } };
}
