import type { IncomingMessage } from 'node:http';

/** Why a request that is not a review was turned away. Also the label of a metric. */
export type RefusalReason =
  | 'NotFound'
  | 'MethodNotAllowed'
  | 'UnsupportedMediaType'
  | 'TooLarge'
  | 'Overloaded'
  | 'BrokenOff'
  | 'TooSlow'
  | 'NotAReview';

/** A request is turned away: HTTP status, reason, and a sentence for who sent it. */
export class Refusal extends Error {
  readonly status: number;
  readonly reason: RefusalReason;

  constructor(status: number, reason: RefusalReason, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

/**
 * Reads bodies into memory: each at most `bodyBytesMax`, within `timeoutMs`, and all that are under way at most
 * `pendingBytesMax`.
 * Anybody who reaches the port can send; nobody must be able to fill the memory.
 */
export class BodyReader {
  readonly #bodyBytesMax: number;
  readonly #pendingBytesMax: number;
  readonly #timeoutMs: number;
  #pendingBytes = 0;

  constructor(bodyBytesMax: number, pendingBytesMax: number, timeoutMs: number) {
    this.#bodyBytesMax = bodyBytesMax;
    this.#pendingBytesMax = pendingBytesMax;
    this.#timeoutMs = timeoutMs;
  }

  /** Read a body as text. Throws `Refusal`. Listens for pieces: an iterator costs as much again as the whole reading. */
  async read(request: IncomingMessage): Promise<string> {
    if (Number(request.headers['content-length'] ?? 0) > this.#bodyBytesMax) throw this.#tooLarge();
    let bytes = 0;
    let timer: NodeJS.Timeout | undefined;
    try {
      const chunks = await new Promise<readonly Buffer[]>((resolve, reject) => {
        const received: Buffer[] = [];
        timer = setTimeout(() => reject(this.#tooSlow()), this.#timeoutMs);
        request.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          this.#pendingBytes += chunk.length;
          if (bytes > this.#bodyBytesMax) reject(this.#tooLarge());
          else if (this.#pendingBytes > this.#pendingBytesMax)
            reject(new Refusal(503, 'Overloaded', 'too many large requests at once'));
          else received.push(chunk);
        });
        request.on('end', () => resolve(received));
        // Every request closes in the end, and an error is dear to make.
        const brokenOff = () => {
          if (!request.readableEnded) reject(new Refusal(400, 'BrokenOff', 'the body broke off'));
        };
        request.on('error', brokenOff);
        request.on('close', brokenOff);
      });
      return (chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes)).toString('utf8');
    } catch (error) {
      // What still comes of a refused body is let go.
      request.removeAllListeners('data').pause();
      throw error;
    } finally {
      clearTimeout(timer);
      this.#pendingBytes -= bytes;
    }
  }

  #tooSlow(): Refusal {
    return new Refusal(408, 'TooSlow', `the body did not come within ${this.#timeoutMs} ms`);
  }

  #tooLarge(): Refusal {
    return new Refusal(413, 'TooLarge', `the body is larger than ${this.#bodyBytesMax} bytes`);
  }
}
