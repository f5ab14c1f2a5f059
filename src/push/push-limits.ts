/** The limits of a branch worker, in one place. */
export const pushLimits = {
  /** Requests that wait to be committed; more make `enqueue` wait. */
  queueCountMax: 2_000,
  queueBytesMax: 64 * 1024 * 1024,
  /** Commits that go to disk together: bounds latency in a burst, and what a failure repeats. */
  batchCountMax: 250,
  batchBytesMax: 8 * 1024 * 1024,
  /** Between two such batches, this many times what the first took, so that in a burst each holds more commits. */
  batchRestTimes: 3,
  batchRestMsMax: 250,
  /** Contents of unpushed commits kept in memory, to be placed anew after a rejected push. */
  rememberedBytesMax: 32 * 1024 * 1024,
  /** Paths of which the foreign commit that last changed them is remembered. */
  foreignPathsMax: 20_000,
  /**
   * Commits that are made once more between a fetch and the push that follows: with more unpushed, they go to the
   * remote in chunks. Halved by each rejection, doubled by each push, so that one who pushes all the time is met.
   */
  chunkCommitsMax: 500,
  chunkCommitsMin: 4,
  /** Commits of the remote that unpushed ones are compared with, so that none gets there twice. */
  twinsMax: 10_000,
  /** More commits than this are not made until the remote took some. */
  unpushedCommitsMax: 500_000,
  /** Cursors: GitRepoConfigs of one branch, streams of each, and characters of a name and position together. */
  cursorOwnersMax: 1_000,
  cursorKeysMax: 10_000,
  cursorLengthMax: 4_096,
  /** Foreign paths in the remote's cursor ref: it is sent with every push. */
  remoteForeignPathsMax: 1_000,
  /** At the start, the branch and its cursors are read so often at most while somebody moves them. */
  cursorReadsMax: 3,
  /** A cursor ref larger than this is not read. */
  cursorBytesMax: 16 * 1024 * 1024,
  /** Documents of unpushed commits kept in memory: so many, and within a batch one each so many commits. */
  documentsMax: 256,
  documentCommits: 50,
  /** The journal of cursors is written anew beyond four times its smallest size, but not below this. */
  journalBytesMin: 1024 * 1024,
  /** Marks without a commit are written to the journal at most this often. */
  journalIntervalMs: 1_000,
  /** Marks without a commit are pushed at most this often; where the API server forgot what came after, a lost disk means a comparison. */
  cursorIntervalMs: 240_000,
  /** A host that refused the cursor ref is tried again after. */
  cursorRefusedMs: 3_600_000,
  /** Contents stored ahead of their commits that are held in memory before they go into the clone together. */
  storedCountMax: 5_000,
  storedBytesMax: 8 * 1024 * 1024,
  /** A push of so many commits is one of a burst: the next starts this many times what it took after its start. */
  burstPushCommitsMin: 10,
  burstPushTimes: 4,
  burstPushIntervalMsMax: 2_000,
  /** A burst is over when no commit was made for so long. */
  burstQuietMs: 200,
  retryDelayMsMin: 1_000,
  retryDelayMsMax: 20_000,
  /** This many rejections in a row are told as a failure. */
  rejectionsInARowMax: 8,
  /** After so many the branch is pushed first and its cursor then: the less there is to do, the sooner it gets there. */
  rejectionsTogetherMax: 2,
  /** Jitter between a rejected push and the next attempt, times the number of rejections. */
  rejectionJitterMs: 50,
  rejectionDelayMsMax: 1_000,
  /** A first fetch can be large; everything else is bounded by git's own limits. */
  commitRetryDelayMsMin: 100,
} as const;
