/** Run something that goes on until it is stopped. `stop` throws what it failed with before. */
export function runUntilStopped(run: (signal: AbortSignal) => Promise<void>): { stop(): Promise<void> } {
  const abort = new AbortController();
  const running = run(abort.signal).catch((error: unknown) => {
    if (!abort.signal.aborted) throw error;
  });
  // Whoever stops it hears of it.
  running.catch(() => {});
  return {
    async stop() {
      abort.abort();
      await running;
    },
  };
}
