/** How often and how long to look. */
export interface PollOptions {
  /** Default: 50 ms. */
  readonly intervalMs?: number;
  /** Default: 30 s. */
  readonly timeoutMs?: number;
  /** What is awaited, for the message of the error. */
  readonly what?: string;
}

const intervalDefaultMs = 50;
const timeoutDefaultMs = 30_000;

/**
 * Call `look` until it returns something other than `undefined` or `false`, and return that.
 * Throws what `look` throws, and an error that names `what` when the time is over.
 */
export async function poll<T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
  options: PollOptions = {},
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? timeoutDefaultMs;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) {
      throw new Error(`Waited ${timeoutMs} ms in vain for ${options.what ?? 'a condition'}`);
    }
    await new Promise((resolve) => setTimeout(resolve, options.intervalMs ?? intervalDefaultMs));
  }
}
