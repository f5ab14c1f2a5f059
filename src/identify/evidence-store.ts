import type { Clock } from '../clock.ts';
import { identityOf, type KubeObject } from '../kube/object.ts';
import { compareResourceVersions } from '../kube/resource-version.ts';
import type { Manifest } from '../sanitize/manifest.ts';
import { sanitize } from '../sanitize/sanitize.ts';
import { AgeQueue, type Queued } from './age-queue.ts';
import { type Attribution, type UnknownReason, unattributed } from './attribution.ts';
import { contentDigestOf, fieldsDigestOf } from './content-digest.ts';
import { Deletions, requesterBytes } from './deletions.ts';
import type { CreateEvidence, Evidence, Requester, ScaleEvidence, UpdateEvidence } from './evidence.ts';
import { EVIDENCE_LIMITS, type EvidenceLimits } from './evidence-limits.ts';
import { scaledTo } from './scaled-to.ts';

/** A change as the watch told it. */
export interface ObservedFacts {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  /** As stored, with its managedFields; of a DELETE the object as the watch last showed it. */
  readonly object: KubeObject;
  /**
   * The version that the watch showed just before this one, by whatever event: one that changed nothing of interest
   * (a status) counts. Absent when a version may have been missed, such as for an object that just came into scope.
   */
  readonly previousVersion?: string;
  /** `sanitize(object)`, where the caller has it; an UPDATE needs it, and what a list found. */
  readonly manifest?: Manifest | null;
  /** A list found it, so it may have been written again since it was created: then its content has to fit, too. */
  readonly isListed?: boolean;
}

/** What happens in the store, for whoever counts. */
export interface EvidenceEvents {
  /** A change was attributed; `Cascade` when a controller carried it out for a person. */
  onAttributed?(outcome: 'Known' | 'Cascade' | UnknownReason): void;
  /** Evidence that no change had claimed was dropped: for want of room, or because it was too old. */
  onDropped?(why: 'Full' | 'Expired'): void;
}

/** The requests of which one at most was stored, and whose watch events could not be told apart. */
interface Bucket extends Queued {
  readonly key: string;
  readonly about: ContentEvidence;
  claims: readonly Claim[];
  /** More people asked for it than are kept. */
  crowded: boolean;
  /** The version that it was joined to; undefined while it waits. */
  joinedTo: string | undefined;
}

type ContentEvidence = CreateEvidence | UpdateEvidence | ScaleEvidence;

interface Claim {
  readonly user: Requester;
  readonly atMs: number;
  /** Empty but for an update. */
  readonly fieldsDigest: string;
}

const CLAIMS_MAX = 16;
const BUCKET_BYTES = 500;
const CLAIM_BYTES = 150;
const EVICTED_UIDS_MAX = 10_000;

/**
 * What admission reviews told about who asked for what, and the join with what was stored.
 *
 * - CREATE joins by uid, which the API server gives before the review.
 * - UPDATE joins by uid, previous version, digest of the content and digest of the managedFields. A version has one
 *   successor at most, so requests that were refused, tried again or changed nothing stay behind.
 * - A change of replicas through `scale` joins by uid, previous version and replicas.
 * - DELETE joins by uid and previous version; see `Deletions` for cascades.
 *
 * Invariants: recording and joining take constant time and never wait. Evidence that could be taken for one another is
 * dropped together, so that want of room makes an author unknown, never wrong. Two people who asked for the very same
 * are never told apart by guessing.
 */
export class EvidenceStore {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #limits: EvidenceLimits;
  readonly #events: EvidenceEvents;
  readonly #buckets = new Map<string, Bucket>();
  /** Waiting updates and scales of each object, in the order in which their first review came. */
  readonly #updates = new Map<string, Set<Bucket>>();
  readonly #waiting = new AgeQueue<Bucket>();
  readonly #joined = new AgeQueue<Bucket>();
  /** What was joined to an update, by uid and version: a list may ask for it again. */
  readonly #joinedAt = new Map<string, Bucket>();
  readonly #deletions: Deletions;
  readonly #evicted = new RecentUids(EVICTED_UIDS_MAX);

  constructor(clock: Pick<Clock, 'now'>, events: EvidenceEvents = {}, limits: Partial<EvidenceLimits> = {}) {
    this.#clock = clock;
    this.#events = events;
    this.#limits = { ...EVIDENCE_LIMITS, ...limits };
    this.#deletions = new Deletions(this.#limits);
  }

  /** How much evidence is kept. */
  get size(): { readonly waiting: number; readonly deletions: number; readonly bytes: number } {
    return {
      waiting: this.#waiting.count,
      deletions: this.#deletions.count,
      bytes: this.#waiting.bytes + this.#joined.bytes + this.#deletions.bytes,
    };
  }

  /** Take what a review told. Call it before the review is answered: what it tells of is stored after. */
  record(evidence: Evidence): void {
    const nowMs = this.#clock.now();
    if (evidence.kind === 'Delete') {
      this.#deletions.record(evidence, nowMs);
    } else {
      if (evidence.kind !== 'Create') this.#deletions.outlived(evidence.uid, evidence.previousVersion);
      this.#add(evidence, nowMs);
    }
    this.#trim(nowMs);
  }

  /** Who made a change. Ask once for each event of a watch, in the watch's order. */
  attribute(facts: ObservedFacts): Attribution {
    this.#trim(this.#clock.now());
    const found = this.#find(facts);
    if (typeof found !== 'string') {
      this.#events.onAttributed?.(found.via === undefined ? 'Known' : 'Cascade');
      return found;
    }
    const { uid } = facts.object.metadata;
    const reason = found === 'NoEvidence' && this.#evicted.has(uid) ? 'Evicted' : found;
    this.#events.onAttributed?.(reason);
    return { ...unattributed(facts.object), kind: 'unknown', reason };
  }

  /** Say that the watch told of the end of a Namespace (DELETED), whose name another one may have from now on. */
  namespaceGone(namespace: KubeObject): void {
    this.#deletions.namespaceGone(namespace.metadata.uid, namespace.metadata.name);
  }

  #find(facts: ObservedFacts): Extract<Attribution, { kind: 'known' }> | UnknownReason {
    const { operation, object, previousVersion } = facts;
    const { uid, resourceVersion } = object.metadata;
    if (operation !== 'DELETE') this.#deletions.outlived(uid, resourceVersion);
    switch (operation) {
      case 'CREATE':
        return this.#findCreate(facts);
      case 'DELETE':
        return this.#deletions.attribute(uid, identityOf(object), previousVersion, this.#clock.now());
      case 'UPDATE':
        return this.#findUpdate(object, previousVersion, contentDigestOf(facts.manifest ?? sanitize(object)));
    }
  }

  #findCreate({ object, manifest, isListed }: ObservedFacts) {
    const { uid, resourceVersion } = object.metadata;
    const bucket = this.#buckets.get(`${uid} create`);
    if (isListed && bucket?.about.kind === 'Create') {
      if (bucket.about.digest !== contentDigestOf(manifest ?? sanitize(object))) return 'DigestMismatch';
    }
    return this.#join(bucket, resourceVersion, '') ?? 'NoEvidence';
  }

  #findUpdate(object: KubeObject, previousVersion: string | undefined, digest: string) {
    if (previousVersion === undefined) return this.#findByContent(object, digest);
    const { uid, resourceVersion } = object.metadata;
    const written = this.#buckets.get(`${uid} update ${previousVersion} ${digest}`);
    const found = this.#join(written, resourceVersion, fieldsDigestOf(object));
    if (found !== undefined) return found;
    const scaled = scaledTo(object).flatMap(
      (replicas) => this.#buckets.get(`${uid} scale ${previousVersion} ${replicas}`) ?? [],
    );
    if (scaled.length > 1) return 'Ambiguous';
    const by = this.#join(scaled[0], resourceVersion, '');
    if (by !== undefined) return by;
    return this.#whyNot(uid, previousVersion);
  }

  /** Without the previous version: the content has to be one that was asked for since, by one person only. */
  #findByContent(object: KubeObject, digest: string) {
    const { uid, resourceVersion } = object.metadata;
    const fieldsDigest = fieldsDigestOf(object);
    // The watch told of this very version before.
    const joined = this.#joinedAt.get(versionKey(uid, resourceVersion));
    if (joined !== undefined) {
      const digestThen = joined.about.kind === 'Update' ? fieldsDigest : '';
      return this.#join(joined, resourceVersion, digestThen, { isOnly: false }) ?? 'NoEvidence';
    }
    const fitting: Bucket[] = [];
    for (const bucket of this.#updates.get(uid) ?? []) {
      const { about } = bucket;
      if (about.kind !== 'Update' || about.digest !== digest) continue;
      const order = compareResourceVersions(about.previousVersion, resourceVersion);
      if (order === undefined || order >= 0) continue;
      if (bucket.claims.some((claim) => claim.fieldsDigest === fieldsDigest)) fitting.push(bucket);
    }
    const users = fitting.flatMap(({ claims }) =>
      claims.filter((claim) => claim.fieldsDigest === fieldsDigest),
    );
    if (users.some(({ user }) => user.name !== users[0]?.user.name)) return 'Ambiguous';
    // The same person, twice the same within one second: it makes no difference which of them this is.
    return this.#join(fitting.at(-1), resourceVersion, fieldsDigest, { isOnly: false }) ?? 'NoEvidence';
  }

  /** `isOnly`: the change is the one successor of its previous version, and the watch is past what came before. */
  #join(
    bucket: Bucket | undefined,
    version: string,
    fieldsDigest: string,
    { isOnly } = { isOnly: true },
  ): Extract<Attribution, { kind: 'known' }> | 'Ambiguous' | undefined {
    if (bucket === undefined) return undefined;
    const { about, joinedTo } = bucket;
    // A uid is made only once, whichever version of the object a list shows.
    if (about.kind !== 'Create' && joinedTo !== undefined && joinedTo !== version) return undefined;
    const claims = bucket.claims.filter((claim) => claim.fieldsDigest === fieldsDigest);
    const latest = claims.at(-1);
    if (latest === undefined) return undefined;
    if (bucket.crowded || claims.some(({ user }) => user.name !== latest.user.name)) return 'Ambiguous';
    if (joinedTo === undefined) this.#setJoined(bucket, version);
    if (isOnly && about.kind !== 'Create') this.#forgetLosers(about);
    return { kind: 'known', ...latest.user, atMs: latest.atMs };
  }

  #whyNot(uid: string, previousVersion: string): UnknownReason {
    for (const { about } of this.#updates.get(uid) ?? [])
      if (about.kind !== 'Create' && about.previousVersion === previousVersion) return 'DigestMismatch';
    return 'NoEvidence';
  }

  #add(evidence: ContentEvidence, nowMs: number): void {
    const key = keyOf(evidence);
    const bucket = this.#buckets.get(key) ?? this.#newBucket(key, evidence, nowMs);
    const { user, atMs } = evidence;
    const fieldsDigest = evidence.kind === 'Update' ? evidence.fieldsDigest : '';
    let others = bucket.claims.filter(
      (claim) => claim.user.name !== user.name || claim.fieldsDigest !== fieldsDigest,
    );
    if (others.length === CLAIMS_MAX) {
      // A client that tries again and again must not push out others: it pushes out itself.
      const own = others.findIndex((claim) => claim.user.name === user.name);
      if (own < 0) bucket.crowded = true;
      others = others.toSpliced(Math.max(own, 0), 1);
    }
    bucket.claims = [...others, { user, atMs, fieldsDigest }];
    const bytes = bucket.claims.reduce(
      (sum, claim) => sum + CLAIM_BYTES + requesterBytes(claim.user),
      BUCKET_BYTES,
    );
    const queue = bucket.joinedTo === undefined ? this.#waiting : this.#joined;
    queue.resize(bucket, bytes);
    queue.touch(bucket, nowMs);
  }

  #newBucket(key: string, about: ContentEvidence, nowMs: number): Bucket {
    const bucket: Bucket = {
      key,
      about,
      claims: [],
      crowded: false,
      joinedTo: undefined,
      queuedAtMs: nowMs,
      bytes: BUCKET_BYTES,
    };
    this.#buckets.set(key, bucket);
    this.#waiting.add(bucket, nowMs);
    if (about.kind !== 'Create') {
      const updates = this.#updates.get(about.uid);
      if (updates === undefined) this.#updates.set(about.uid, new Set([bucket]));
      else updates.add(bucket);
    }
    return bucket;
  }

  #setJoined(bucket: Bucket, version: string): void {
    bucket.joinedTo = version;
    this.#waiting.remove(bucket);
    this.#forgetUpdate(bucket);
    this.#joined.add(bucket, this.#clock.now());
    if (bucket.about.kind !== 'Create') this.#joinedAt.set(versionKey(bucket.about.uid, version), bucket);
  }

  /** What asked to replace the same version as the winner, or an older one, has lost. */
  #forgetLosers(winner: UpdateEvidence | ScaleEvidence): void {
    for (const bucket of this.#updates.get(winner.uid) ?? []) {
      const other = bucket.about;
      if (other.kind === 'Create') continue;
      const order = compareResourceVersions(other.previousVersion, winner.previousVersion);
      if (order === undefined || order > 0) break;
      if (!isOfOneVersion(other, winner)) continue;
      this.#waiting.remove(bucket);
      this.#forget(bucket);
    }
  }

  #forget(bucket: Bucket): void {
    this.#buckets.delete(bucket.key);
    this.#forgetUpdate(bucket);
  }

  #forgetUpdate(bucket: Bucket): void {
    const updates = this.#updates.get(bucket.about.uid);
    updates?.delete(bucket);
    if (updates?.size === 0) this.#updates.delete(bucket.about.uid);
  }

  #trim(nowMs: number): void {
    const { waitingMax, waitingBytesMax, waitingMsMax, joinedMax, joinedMsMax } = this.#limits;
    const onEvicted = (uid: string) => {
      this.#evicted.add(uid);
      this.#events.onDropped?.('Full');
    };
    const onExpired = () => this.#events.onDropped?.('Expired');
    for (let oldest = this.#waiting.oldest; oldest !== undefined; oldest = this.#waiting.oldest) {
      const isFull = this.#waiting.count > waitingMax || this.#waiting.bytes > waitingBytesMax;
      if (!isFull && oldest.queuedAtMs >= nowMs - waitingMsMax) break;
      this.#waiting.remove(oldest);
      this.#forget(oldest);
      if (isFull) onEvicted(oldest.about.uid);
      else onExpired();
    }
    for (let oldest = this.#joined.oldest; oldest !== undefined; oldest = this.#joined.oldest) {
      if (this.#joined.count <= joinedMax && oldest.queuedAtMs >= nowMs - joinedMsMax) break;
      this.#joined.remove(oldest);
      this.#buckets.delete(oldest.key);
      this.#joinedAt.delete(versionKey(oldest.about.uid, oldest.joinedTo ?? ''));
    }
    this.#deletions.trim(nowMs, onEvicted, onExpired);
  }
}

/** uid, what was asked for, and of which version: texts of the API server, without a blank in them. */
function keyOf(evidence: ContentEvidence): string {
  const { uid } = evidence;
  switch (evidence.kind) {
    case 'Create':
      return `${uid} create`;
    case 'Update':
      return `${uid} update ${evidence.previousVersion} ${evidence.digest}`;
    case 'Scale':
      return `${uid} scale ${evidence.previousVersion} ${evidence.replicas}`;
  }
}

function versionKey(uid: string, version: string): string {
  return `${uid} ${version}`;
}

/** May the two be evidence for one watch? Each API version of a kind has its own reviews; scale has none. */
function isOfOneVersion(one: ContentEvidence, other: ContentEvidence): boolean {
  return one.kind !== 'Update' || other.kind !== 'Update' || one.apiVersion === other.apiVersion;
}

/** Remembers the last few thousand uids, in two generations. */
class RecentUids {
  readonly #halfMax: number;
  #recent = new Set<string>();
  #older = new Set<string>();

  constructor(countMax: number) {
    this.#halfMax = Math.ceil(countMax / 2);
  }

  add(uid: string): void {
    this.#recent.add(uid);
    if (this.#recent.size < this.#halfMax) return;
    this.#older = this.#recent;
    this.#recent = new Set();
  }

  has(uid: string): boolean {
    return this.#recent.has(uid) || this.#older.has(uid);
  }
}
