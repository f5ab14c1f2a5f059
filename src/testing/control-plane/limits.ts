/** Every bound of the control plane and of how its programs are found. */
export const limits = {
  /** The archive's index must begin to answer within this time; else there is no such network. */
  downloadConnectMs: 3_000,
  /** A download that brings no byte for this long has failed. */
  downloadStallMs: 20_000,
  /** A release archive has about 100 MB. */
  downloadBytesMax: 512 * 1024 * 1024,
  /** Time between two lines of progress. */
  progressEveryMs: 10_000,
  /** A build on one slow core. */
  buildMs: 60 * 60_000,
  /** How often the holder of a lock shows that it lives. */
  lockHeartbeatMs: 2_000,
  /** A lock without a heartbeat for this long is abandoned. */
  lockStaleMs: 20_000,
  /** How often a waiter looks at the lock. */
  lockPollMs: 250,
  /** A kept certificate of an API server that ends sooner is made anew. */
  certificateLeftMs: 60 * 60_000,
  /** A component that is not ready after this time has failed. */
  startMs: 60_000,
  /** How often readiness is asked for. */
  readyPollMs: 50,
  /** One request of the starter to the API server. */
  requestMs: 5_000,
  /** Attempts to start, each on other ports, when another process took a port first. */
  startAttemptsMax: 3,
  /** Lines of a failed component's log that its error shows. */
  logTailLines: 25,
  /** One kubectl command. */
  kubectlMs: 60_000,
  /** Memory from which on kubectl collects garbage after all. */
  kubectlMemory: '512MiB',
} as const;
