import { compareResourceVersions, isNewer } from '../kube/resource-version.ts';
import { AgeQueue, type Queued } from './age-queue.ts';
import type { Attribution, UnknownReason } from './attribution.ts';
import type { Evictor } from './evictions.ts';
import type { DeletedObject, DeleteEvidence, Requester } from './evidence.ts';
import type { EvidenceLimits } from './evidence-limits.ts';

/** What is known of the deletion of one object. */
interface Deletion extends Queued {
  readonly uid: string;
  readonly object: DeletedObject;
  /** Who asked for it, all in the newest version that anybody asked to delete; one claim for each user. */
  claims: readonly Claim[];
  /** More people asked than are kept. */
  crowded: boolean;
  /** What the watch event was attributed to; unset until it came. */
  verdict: Credit | 'nobody' | undefined;
}

interface Claim {
  readonly user: Requester;
  readonly atMs: number;
  readonly previousVersion: string;
  /** The deletions that this one follows from; empty when a person asked, or when one of them is not known. */
  readonly causes: readonly Deletion[];
}

/** Who set a deletion off. */
interface Credit {
  readonly user: Requester;
  readonly atMs: number;
  readonly cause?: string;
  readonly via?: string;
}

const ACCOUNT = 'system:serviceaccount:kube-system:';
const COLLECTOR = `${ACCOUNT}generic-garbage-collector`;
const NAMESPACE_CONTROLLER = `${ACCOUNT}namespace-controller`;
/** Every controller, where the controller manager runs without --use-service-account-credentials. */
const ALL_CONTROLLERS = 'system:kube-controller-manager';

const CLAIMS_MAX = 8;
const CHAIN_MAX = 16;
const DELETION_BYTES = 600;
/**
 * A request does not outlive this (the API server's --request-timeout), and it reads the object just before its review.
 * So when a later review still finds the object there, an earlier request that is older than this did not delete it.
 */
const REQUEST_MS_MAX = 60_000;

/**
 * Who deleted what, and what followed from it.
 *
 * Invariants: all claims of one object are dropped together, so that a rival is never forgotten alone; of the versions
 * that were asked to be deleted only the newest counts, because the object outlived the others.
 */
export class Deletions {
  readonly #limits: EvidenceLimits;
  readonly #byUid = new Map<string, Deletion>();
  readonly #namespaces = new Map<string, Deletion>();
  readonly #queue = new AgeQueue<Deletion>();
  readonly #namespaceQueue = new AgeQueue<Deletion>();

  constructor(limits: EvidenceLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#queue.count + this.#namespaceQueue.count;
  }

  get bytes(): number {
    return this.#queue.bytes + this.#namespaceQueue.bytes;
  }

  record(evidence: DeleteEvidence, nowMs: number): void {
    const deletion = this.#recorded(evidence.uid, evidence.object, nowMs);
    if (deletion.verdict !== undefined) return;
    const { user, atMs, previousVersion } = evidence;
    const [kept] = deletion.claims;
    if (kept !== undefined && kept.previousVersion !== previousVersion) {
      if (isOlder(previousVersion, kept.previousVersion)) return;
      if (isOlder(kept.previousVersion, previousVersion)) clear(deletion);
    }
    const rivals = deletion.claims.filter(
      (claim) => !(claim.user.name === user.name && claim.previousVersion === previousVersion),
    );
    const alive = rivals.filter(
      (claim) => claim.previousVersion !== previousVersion || atMs - claim.atMs < REQUEST_MS_MAX,
    );
    if (alive.length === CLAIMS_MAX) {
      deletion.crowded = true;
      return;
    }
    const claim = { user, atMs, previousVersion, causes: this.#causesOf(evidence, nowMs) };
    deletion.claims = [...alive, claim];
    this.#queueOf(deletion).resize(deletion, bytesOf(deletion));
  }

  /** The object still stood, and was not being deleted, in this version: who asked to delete an older one failed. */
  outlived(uid: string, version: string): void {
    const deletion = this.#byUid.get(uid);
    if (deletion === undefined || deletion.verdict !== undefined) return;
    if (deletion.claims.some((claim) => isOlder(claim.previousVersion, version))) clear(deletion);
  }

  /**
   * Who is to be credited with a deletion that the watch told of; why not when nobody. `evictors`: those of whom one
   * evicted the object; whoever asked to delete it may have been quicker.
   */
  attribute(
    uid: string,
    object: DeletedObject,
    previousVersion: string | undefined,
    nowMs: number,
    evictors: readonly Evictor[] = [],
  ): Extract<Attribution, { kind: 'known' }> | UnknownReason {
    const deletion = this.#recorded(uid, object, nowMs);
    if (deletion.verdict === undefined) {
      // A claim that is older than any watch may lag behind is one that failed.
      const alive = deletion.claims.filter(({ atMs }) => nowMs - atMs <= this.#limits.waitingMsMax);
      const claims =
        evictors.length > 0
          ? [...alive, ...evictors.map((one) => ({ ...one, previousVersion: '', causes: [] }))]
          : alive.filter(
              (claim) => previousVersion === undefined || claim.previousVersion === previousVersion,
            );
      const credit = deletion.crowded ? undefined : soleCredit(claims, 0);
      deletion.verdict = credit ?? 'nobody';
      if (credit === undefined) {
        if (claims.length > 0) return 'Ambiguous';
        return alive.length > 0 ? 'VersionMismatch' : 'NoEvidence';
      }
      // The rivals and the chain are of no more use.
      deletion.claims = [];
      this.#queueOf(deletion).resize(deletion, bytesOf(deletion));
    }
    if (deletion.verdict === 'nobody') return 'NoEvidence';
    const { user, ...rest } = deletion.verdict;
    return { kind: 'known', ...user, ...rest };
  }

  /** A Namespace is gone for good: another of its name has nothing to do with it. */
  namespaceGone(uid: string, name: string): void {
    if (this.#namespaces.get(name)?.uid === uid) this.#namespaces.delete(name);
  }

  /** Drop what is too old or too much; calls back with the uid of each for which there was no room. */
  trim(nowMs: number, onEvicted: (uid: string) => void, onExpired: () => void): void {
    const { deletionsMax, deletionsBytesMax, deletionsMsMax, namespacesMax, namespacesMsMax } = this.#limits;
    for (const [queue, countMax, msMax] of [
      [this.#queue, deletionsMax, deletionsMsMax],
      [this.#namespaceQueue, namespacesMax, namespacesMsMax],
    ] as const) {
      for (let oldest = queue.oldest; oldest !== undefined; oldest = queue.oldest) {
        const isFull = queue.count > countMax || queue.bytes > deletionsBytesMax;
        if (!isFull && oldest.queuedAtMs >= nowMs - msMax) break;
        queue.remove(oldest);
        this.#byUid.delete(oldest.uid);
        this.namespaceGone(oldest.uid, oldest.object.name);
        if (oldest.verdict !== undefined) continue;
        if (isFull) onEvicted(oldest.uid);
        else onExpired();
      }
    }
  }

  #recorded(uid: string, object: DeletedObject, nowMs: number): Deletion {
    const known = this.#byUid.get(uid);
    if (known !== undefined) return known;
    const deletion: Deletion = {
      uid,
      object,
      claims: [],
      crowded: false,
      verdict: undefined,
      queuedAtMs: nowMs,
      bytes: DELETION_BYTES,
    };
    this.#byUid.set(uid, deletion);
    this.#queueOf(deletion).add(deletion, nowMs);
    if (isNamespace(object)) this.#namespaces.set(object.name, deletion);
    return deletion;
  }

  #queueOf({ object }: Deletion): AgeQueue<Deletion> {
    return isNamespace(object) ? this.#namespaceQueue : this.#queue;
  }

  /** Looked up when the controller asks, because a namespace's name may belong to another one later. */
  #causesOf({ user, object, owners }: DeleteEvidence, nowMs: number): readonly Deletion[] {
    if (user.name === NAMESPACE_CONTROLLER || user.name === ALL_CONTROLLERS) {
      const namespace = this.#namespaces.get(object.namespace);
      if (namespace !== undefined) return this.#kept([namespace], nowMs);
    }
    if (user.name !== COLLECTOR && user.name !== ALL_CONTROLLERS) return [];
    const causes = owners.map((owner) => this.#byUid.get(owner));
    return causes.includes(undefined) ? [] : this.#kept(causes as Deletion[], nowMs);
  }

  /** More may follow from the same deletion: it stays as long as that goes on. */
  #kept(causes: readonly Deletion[], nowMs: number): readonly Deletion[] {
    for (const cause of causes) this.#queueOf(cause).touch(cause, nowMs);
    return causes;
  }
}

/** The one whom all claims credit. */
function soleCredit(claims: readonly Claim[], depth: number): Credit | undefined {
  const credits = claims.map((claim) => creditOf(claim, depth));
  const [first] = credits;
  if (first === undefined || credits.some(({ user }) => user.name !== first.user.name)) return undefined;
  // Several ways lead to one person: the controller that came last most likely did it.
  return credits.at(-1);
}

/** Whom one claim credits: a controller only where what it follows from is not known for sure. */
function creditOf(claim: Claim, depth: number): Credit {
  const { user, atMs, causes } = claim;
  const itself = { user, atMs };
  if (causes.length === 0 || depth === CHAIN_MAX) return itself;
  const isAnyController = user.name === ALL_CONTROLLERS;
  const credits = causes.map((one) => settledCredit(one, isAnyController ? undefined : atMs, depth + 1));
  const [first, cause] = [credits[0], causes[0]];
  if (first === undefined || cause === undefined) return itself;
  if (credits.some((credit) => credit?.user.name !== first.user.name)) return itself;
  return { user: first.user, atMs, cause: first.cause ?? sentenceOf(cause.object), via: user.name };
}

/**
 * Who deleted a cause, as far as the watch told, or where it is a moment behind: who alone asked for it within the
 * minute before `atMs`. The collector deletes only what lost its owner, and the namespace controller only in a
 * namespace that is going, so somebody did. Absent `atMs`: only what the watch told, for a user that may be any
 * controller proves nothing.
 */
function settledCredit(cause: Deletion, atMs: number | undefined, depth: number): Credit | undefined {
  if (cause.verdict === 'nobody') return undefined;
  if (cause.verdict !== undefined) return cause.verdict;
  if (atMs === undefined || cause.crowded) return undefined;
  if (cause.claims.some((claim) => atMs - claim.atMs > REQUEST_MS_MAX)) return undefined;
  return soleCredit(cause.claims, depth);
}

function sentenceOf({ kind, name }: DeletedObject): string {
  return `Deleted because ${kind}/${name} was deleted`;
}

function isNamespace({ group, kind, namespace }: DeletedObject): boolean {
  return group === '' && kind === 'Namespace' && namespace === '';
}

function isOlder(version: string, than: string): boolean {
  return compareResourceVersions(version, than) !== undefined && isNewer(than, version);
}

function clear(deletion: Deletion): void {
  deletion.claims = [];
  deletion.crowded = false;
}

function bytesOf({ claims, verdict }: Deletion): number {
  const users = claims.map(({ user }) => user);
  if (verdict !== undefined && verdict !== 'nobody') users.push(verdict.user);
  return users.reduce((bytes, user) => bytes + requesterBytes(user), DELETION_BYTES);
}

const REQUESTER_BYTES = 150;

/** An estimate of a requester's memory. */
export function requesterBytes({ name, groups = [] }: Requester): number {
  return groups.reduce((bytes, group) => bytes + 2 * group.length + 24, REQUESTER_BYTES + 2 * name.length);
}
