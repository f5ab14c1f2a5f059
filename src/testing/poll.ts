/** How often and how long to look. */
export interface PollOptions {
  /** At least. Default: 50 ms. */
  readonly intervalMs?: number;
  /** Default: 30 s. */
  readonly timeoutMs?: number;
  /** What is awaited, for the message of the error. */
  readonly what?: string;
}

const intervalDefaultMs = 50;
const timeoutDefaultMs = 30_000;
/** Rest after a look, in times of what it took: one that runs programs may not take the processor from what it awaits. */
const restMin = 2;
const restMsMax = 1_000;

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
    const lookedAt = performance.now();
    const found = await look();
    if (found !== undefined && found !== false) return found;
    const tookMs = performance.now() - lookedAt;
    if (performance.now() > deadline) {
      throw new Error(`Waited ${timeoutMs} ms in vain for ${options.what ?? 'a condition'}`);
    }
    const intervalMs = Math.max(
      options.intervalMs ?? intervalDefaultMs,
      Math.min(tookMs * restMin, restMsMax),
    );
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}
