/** When repeated changes count as noise, and how much of them is kept. What these mean: docs/noise.md. */
export const noiseLimits = {
  /** Of each file, this many different contents are known again: as many as a loop may go through. */
  loopContentsMax: 4,
  /** An object loops when two writers have undone each other this often in a row, within `loopWindowMs`. */
  loopAlternations: 6,
  /** The same, for an object that was in a loop within the last `loopWindowMs`. */
  loopAlternationsAgain: 2,
  loopWindowMs: 3_600_000,
  /** Times of alternations that are remembered, for each file. */
  loopTimesMax: 16,
  /** An object flaps when one program rewrote the same fields this often in a row, over at least `flapSpreadMs`. */
  flapChanges: 8,
  flapSpreadMs: 60_000,
  /** Rewrites that are further apart are changes of their own. */
  flapGapMsMax: 30_000,
  flapFieldsMax: 8,
  /** An object that flaps is committed at most this often, while nobody else changes it. */
  flapIntervalMs: 300_000,
  /** Noise is over after this many times its longest pause, but within these bounds. */
  quietGaps: 3,
  quietMsMin: 15_000,
  quietMsMax: 1_800_000,
  /** Files whose last contents are remembered, as digests; the one that changed least recently is forgotten first. */
  filesMax: 5_000,
  /** Files that were deleted, of which is known who did, and who creates them again. */
  recreatedFilesMax: 1_000,
  /** Objects that may be about to flap, whose last content is remembered; larger ones never count as flapping. */
  flapObjectsMax: 256,
  flapObjectBytesMax: 64 * 1024,
  /** Contents that are held back. What is beyond is committed as if there were no noise. */
  heldMax: 512,
  heldBytesMax: 16 * 1024 * 1024,
} as const;

/** How long nothing may change until noise with this longest pause between its changes counts as over. */
export function quietMs(longestGapMs: number): number {
  const { quietGaps, quietMsMin, quietMsMax } = noiseLimits;
  return Math.min(quietMsMax, Math.max(quietMsMin, quietGaps * longestGapMs));
}
