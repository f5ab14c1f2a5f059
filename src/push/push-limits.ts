/** The limits of a branch worker, in one place. */
export const pushLimits = {
  /** Requests that wait to be committed; more make `enqueue` wait. */
  queueCountMax: 2_000,
  queueBytesMax: 64 * 1024 * 1024,
  /** Commits of one fast-import checkpoint: bounds latency in a burst, and what a failure repeats. */
  batchCountMax: 250,
  batchBytesMax: 8 * 1024 * 1024,
  /** Contents of unpushed commits kept in memory, to be placed anew after a rejected push. */
  rememberedBytesMax: 32 * 1024 * 1024,
  /** Paths of which the foreign commit that last changed them is remembered. */
  foreignPathsMax: 20_000,
  /** Commits that one rejected push regenerates per fast-import batch. */
  regenerateBatchMax: 500,
  retryDelayMsMin: 1_000,
  retryDelayMsMax: 20_000,
  /** After this many rejections in a row the worker waits between attempts, as after any failure. */
  rejectionsInARowMax: 8,
  /** Jitter between a rejected push and the next attempt, times the number of rejections. */
  rejectionJitterMs: 50,
  /** A first fetch can be large; everything else is bounded by git's own limits. */
  commitRetryDelayMsMin: 100,
} as const;
