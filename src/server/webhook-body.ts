import type { IncomingMessage } from 'node:http';

/** Why a request that is not a review was turned away. Also the label of a metric. */
export type RefusalReason =
  | 'NotFound'
  | 'MethodNotAllowed'
  | 'UnsupportedMediaType'
  | 'TooLarge'
  | 'Overloaded'
  | 'BrokenOff'
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
 * Reads bodies into memory: each at most `bodyBytesMax`, and all that are under way at most `pendingBytesMax`.
 * Anybody who reaches the port can send; nobody must be able to fill the memory.
 */
export class BodyReader {
  readonly #bodyBytesMax: number;
  readonly #pendingBytesMax: number;
  #pendingBytes = 0;

  constructor(bodyBytesMax: number, pendingBytesMax: number) {
    this.#bodyBytesMax = bodyBytesMax;
    this.#pendingBytesMax = pendingBytesMax;
  }

  /** Read a body as text. Throws `Refusal`. */
  async read(request: IncomingMessage): Promise<string> {
    if (Number(request.headers['content-length'] ?? 0) > this.#bodyBytesMax) throw this.#tooLarge();
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        this.#pendingBytes += chunk.length;
        if (bytes > this.#bodyBytesMax) throw this.#tooLarge();
        if (this.#pendingBytes > this.#pendingBytesMax)
          throw new Refusal(503, 'Overloaded', 'too many large requests at once');
        chunks.push(chunk);
      }
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw new Refusal(400, 'BrokenOff', 'the body broke off');
    } finally {
      this.#pendingBytes -= bytes;
    }
    return (chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes)).toString('utf8');
  }

  #tooLarge(): Refusal {
    return new Refusal(413, 'TooLarge', `the body is larger than ${this.#bodyBytesMax} bytes`);
  }
}
