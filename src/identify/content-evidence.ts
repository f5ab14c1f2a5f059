import type { Clock } from '../clock.ts';
import type { KubeObject } from '../kube/object.ts';
import { compareResourceVersions } from '../kube/resource-version.ts';
import { AgeQueue, type Queued } from './age-queue.ts';
import type { Attribution, UnknownReason } from './attribution.ts';
import { fieldsDigestOf } from './content-digest.ts';
import { requesterBytes } from './deletions.ts';
import type { CreateEvidence, Requester, ScaleEvidence, UpdateEvidence } from './evidence.ts';
import type { EvidenceLimits } from './evidence-limits.ts';
import { scaledTo } from './scaled-to.ts';

type Known = Extract<Attribution, { kind: 'known' }>;
/** Who it was, or why that is not known. */
type Found = Known | UnknownReason;

/** The requests of which one at most was stored, and whose watch events could not be told apart. */
interface Bucket extends Queued {
  readonly key: string;
  readonly about: ContentRequest;
  claims: readonly Claim[];
  /** More people asked for it than are kept. */
  crowded: boolean;
  /** The version that it was joined to; undefined while it waits. */
  joinedTo: string | undefined;
}

/** A request that says what an object is to be. */
type ContentRequest = CreateEvidence | UpdateEvidence | ScaleEvidence;

interface Claim {
  readonly user: Requester;
  readonly atMs: number;
  /** Empty but for an update. */
  readonly fieldsDigest: string;
}

const CLAIMS_MAX = 16;
const BUCKET_BYTES = 500;
const CLAIM_BYTES = 150;

/** What reviews told of creations, updates and scalings, and the join with the versions that were stored. */
export class ContentEvidence {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #limits: EvidenceLimits;
  readonly #buckets = new Map<string, Bucket>();
  /** Waiting updates and scales of each object, in the order in which their first review came. */
  readonly #updates = new Map<string, Set<Bucket>>();
  readonly #waiting = new AgeQueue<Bucket>();
  readonly #joined = new AgeQueue<Bucket>();
  /** What was joined to an update, by uid and version: a list may ask for it again. */
  readonly #joinedAt = new Map<string, Bucket>();

  constructor(clock: Pick<Clock, 'now'>, limits: EvidenceLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Requests that no change has claimed. */
  get waiting(): number {
    return this.#waiting.count;
  }

  get bytes(): number {
    return this.#waiting.bytes + this.#joined.bytes;
  }

  /** Who created an object. `isListed`: as `ObservedFacts` has it. */
  findCreate(object: KubeObject, digest: () => string, isListed: boolean): Found {
    const { uid, resourceVersion } = object.metadata;
    const bucket = this.#buckets.get(`${uid} create`);
    if (isListed && bucket?.about.kind === 'Create') {
      if (bucket.about.digest !== digest()) return 'DigestMismatch';
    }
    return this.#join(bucket, resourceVersion, '') ?? 'NoEvidence';
  }

  /** Who updated an object. `previousVersion`: as `ObservedFacts` has it; `digest` of its content. */
  findUpdate(object: KubeObject, previousVersion: string | undefined, digest: string): Found {
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
  #findByContent(object: KubeObject, digest: string): Found {
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
  ): Known | 'Ambiguous' | undefined {
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

  /** Take what a review told. */
  add(evidence: ContentRequest, nowMs: number): void {
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

  #newBucket(key: string, about: ContentRequest, nowMs: number): Bucket {
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

  /** Drop what is too old or too much; tells of each that no change had claimed. */
  trim(nowMs: number, onFull: (uid: string) => void, onExpired: () => void): void {
    const { waitingMax, waitingBytesMax, waitingMsMax, joinedMax, joinedMsMax } = this.#limits;
    for (let oldest = this.#waiting.oldest; oldest !== undefined; oldest = this.#waiting.oldest) {
      const isFull = this.#waiting.count > waitingMax || this.#waiting.bytes > waitingBytesMax;
      if (!isFull && oldest.queuedAtMs >= nowMs - waitingMsMax) break;
      this.#waiting.remove(oldest);
      this.#forget(oldest);
      if (isFull) onFull(oldest.about.uid);
      else onExpired();
    }
    for (let oldest = this.#joined.oldest; oldest !== undefined; oldest = this.#joined.oldest) {
      if (this.#joined.count <= joinedMax && oldest.queuedAtMs >= nowMs - joinedMsMax) break;
      this.#joined.remove(oldest);
      this.#buckets.delete(oldest.key);
      this.#joinedAt.delete(versionKey(oldest.about.uid, oldest.joinedTo ?? ''));
    }
  }
}

/** uid, what was asked for, and of which version: texts of the API server, without a blank in them. */
function keyOf(evidence: ContentRequest): string {
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
function isOfOneVersion(one: ContentRequest, other: ContentRequest): boolean {
  return one.kind !== 'Update' || other.kind !== 'Update' || one.apiVersion === other.apiVersion;
}
