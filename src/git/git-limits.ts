/** The limits of everything that runs git, in one place. */
export const gitLimits = {
  /** A local command (update-ref, ls-tree, log …) that takes longer is ended. */
  localTimeoutMs: 120_000,
  /** A network command that takes longer is ended, however busy it is. */
  networkTimeoutMs: 900_000,
  /** A network command that says nothing for so long is ended. */
  networkSilenceMs: 60_000,
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
  /** fast-import and cat-file end when nobody used them for so long. */
  processIdleMs: 60_000,
  /** fast-import must acknowledge a batch within. */
  importTimeoutMs: 300_000,
  /** A checkpoint with fewer objects is written as loose objects, with more as a pack. */
  unpackLimitObjects: 100,
  /** Checkpoints after which the clone is repacked in the background. */
  checkpointsPerRepack: 400,
  /** A blob beyond this is not read from the clone to be placed into. */
  blobBytesMax: 16 * 1024 * 1024,
  /** Bytes of git's stderr that are kept of a process that streams. */
  stderrBytesMax: 16_384,
} as const;
