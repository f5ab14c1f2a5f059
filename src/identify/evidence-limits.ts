/**
 * Every bound of the evidence store. What is counted is what no watch event has claimed yet, so in a healthy cluster
 * the store is nearly empty: evidence of stored changes goes within milliseconds, and what remains are requests that
 * were refused or changed nothing.
 */
export interface EvidenceLimits {
  /** Creations and updates that wait for their watch event: about 80 seconds of 1,400 reviews each. */
  readonly waitingMax: number;
  /** An estimate of their memory; a review of an ordinary user takes about 0.6 KB. */
  readonly waitingBytesMax: number;
  /**
   * How far the watch may lag behind the reviews. A watch that is held up because a disk or a burst is slow catches up
   * in minutes; what waits longer was never stored.
   */
  readonly waitingMsMax: number;
  /** Joined evidence is kept this long for whoever watches the same object in another API version. */
  readonly joinedMax: number;
  readonly joinedMsMax: number;
  /** Requested deletions. They outlive their watch event, because cascades follow. */
  readonly deletionsMax: number;
  readonly deletionsBytesMax: number;
  /** Foreground deletion and Pods that end slowly take minutes. */
  readonly deletionsMsMax: number;
  /** Names of Pods that somebody asked to evict, kept as long as `waitingMsMax`: a drained node has a few hundred. */
  readonly evictionsMax: number;
  /** Deletions of Namespaces have room of their own: their cascade may be larger than `deletionsMax`. */
  readonly namespacesMax: number;
  /** Finalizers can hold a Namespace for long. */
  readonly namespacesMsMax: number;
}

export const EVIDENCE_LIMITS: EvidenceLimits = {
  waitingMax: 100_000,
  waitingBytesMax: 64 * 1024 * 1024,
  waitingMsMax: 10 * 60_000,
  joinedMax: 10_000,
  joinedMsMax: 60_000,
  deletionsMax: 30_000,
  deletionsBytesMax: 32 * 1024 * 1024,
  deletionsMsMax: 60 * 60_000,
  evictionsMax: 5_000,
  namespacesMax: 2_000,
  namespacesMsMax: 24 * 60 * 60_000,
};
