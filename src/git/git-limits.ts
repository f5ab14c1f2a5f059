/** The limits of everything that runs git, in one place. */
export const gitLimits = {
  /** A local command (update-ref, ls-tree, log …) that takes longer is ended. */
  localTimeoutMs: 120_000,
  /** A network command that takes longer is ended, however busy it is. */
  networkTimeoutMs: 900_000,
  /** A network command that says nothing for so long is ended. */
  networkSilenceMs: 60_000,
  /** The lock of a ref in the local clone that is older was left behind by a git that was killed. */
  staleLockAgeMsMin: 30_000,
  /** How long git's helpers may still write after git itself has ended. */
  closeGraceMs: 2_000,
  /** TCP connect and SSH banner. */
  connectTimeoutS: 15,
  /** An SSH connection that does not answer `sshAliveCountMax` probes is given up. */
  sshAliveIntervalS: 5,
  sshAliveCountMax: 3,
  /** A shared SSH connection that nobody used for so long is closed. */
  sshConnectionIdleMs: 300_000,
  /** sun_path holds 104 to 108 bytes, and ssh adds 17 of its own while it binds. */
  sshControlPathBytesMax: 86,
  /** A folder of credentials that cannot be removed is tried so often, at once: what fails longer is told. */
  privateRemovalsMax: 5,
  /** cat-file ends when nobody used it for so long. */
  processIdleMs: 60_000,
  /** Folders that commits are built on are kept in memory up to this, for each of so many tips. */
  treeBytesMax: 32 * 1024 * 1024,
  treesMax: 4,
  /** Commits that are put together before others get a turn. */
  commitsPerTurn: 16,
  /** Files of a batch that are looked at with what reads all of them; of more, only a process of its own asks. */
  blobsLookedAtMax: 64,
  /**
   * Packs (each batch of commits makes one) after which small ones are rolled up in the background: as soon as none was
   * written for `rollUpQuietMs`, or when there are `packsMax`. A burst needs the processor for itself.
   */
  packsPerRollUp: 64,
  packsMax: 256,
  rollUpQuietMs: 2_000,
  /** A pack of this size is never written again: that would need as much room once more. */
  keptPackBytesMin: 512 * 1024 * 1024,
  /** Unreachable objects go when they are this old: what was written ahead of its commit must survive. */
  unreachableAgeMsMin: 24 * 60 * 60 * 1000,
  /** They are looked for when the number of objects has doubled since the last time, and grown by this many. */
  collectGrowthObjectsMin: 50_000,
  /** Local history kept when unreachable objects are looked for; the rest is on the remote. */
  historyCommitsMax: 10_000,
  /** A command of the upkeep that takes longer is ended. */
  upkeepTimeoutMs: 1_800_000,
  /** With less room on the disk, a write that failed for no known reason failed for that. */
  roomBytesMin: 64 * 1024,
  /** Commits of a branch that the first fetch brings. */
  firstFetchDepth: 100,
  /** Commits that are fetched beyond these when more history is needed; then eight times as many, and so on. */
  deepenCommitsFirst: 1_000,
  /** Commits older than a date behind which a later one is still looked for in what a shallow clone left out. */
  disorderedCommitsMax: 500,
  /** A blob beyond this is not read from the clone to be placed into. */
  blobBytesMax: 16 * 1024 * 1024,
  /** Bytes of git's stderr that are kept of a process that streams. */
  stderrBytesMax: 16_384,
} as const;
