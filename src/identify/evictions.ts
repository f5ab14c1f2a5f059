import type { KubeObject } from '../kube/object.ts';
import { AgeQueue, type Queued } from './age-queue.ts';
import { requesterBytes } from './deletions.ts';
import { evictedAtMs } from './evicted-at.ts';
import type { EvictEvidence, Requester } from './evidence.ts';
import type { EvidenceLimits } from './evidence-limits.ts';

/** Who asked to evict Pods of one name. */
interface Asked extends Queued {
  readonly key: string;
  claims: readonly Claim[];
  /** More people asked than are kept. */
  crowded: boolean;
}

/** The requests of one person: a disruption budget makes them try again and again. */
interface Claim {
  readonly user: Requester;
  /** Of the Pod; empty where the request names none. */
  readonly uid: string;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** Somebody who may have evicted a Pod, and when. */
export interface Evictor {
  readonly user: Requester;
  readonly atMs: number;
}

/**
 * Between the review of an eviction and the condition that the API server then writes lies no more than this, the time
 * that a request may take (its --request-timeout), nor do clocks differ by more; where they do, nobody is credited.
 */
const REQUEST_MS_MAX = 60_000;
const CLAIMS_MAX = 8;
const ASKED_BYTES = 300;

/**
 * Who asked to evict which Pod. An eviction's review names the Pod but seldom its uid, and the deletion that follows
 * has no review of its own. What joins them is the Pod: it says that it was evicted, and when.
 *
 * Invariant: of a name, all requests are dropped together. A request that a disruption budget refuses leaves evidence,
 * too, so everybody who asked within that minute counts, and only where that is one person is anybody credited.
 */
export class Evictions {
  readonly #limits: EvidenceLimits;
  readonly #asked = new Map<string, Asked>();
  readonly #queue = new AgeQueue<Asked>();

  constructor(limits: EvidenceLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#queue.count;
  }

  get bytes(): number {
    return this.#queue.bytes;
  }

  /** Take what a review told. */
  record({ namespace, name, uid, user, atMs }: EvictEvidence, nowMs: number): void {
    const key = keyOf(namespace, name);
    const asked = this.#asked.get(key) ?? this.#add(key, nowMs);
    const isSame = (claim: Claim) => claim.user.name === user.name && claim.uid === uid;
    const known = asked.claims.find(isSame);
    if (known === undefined && asked.claims.length === CLAIMS_MAX) {
      asked.crowded = true;
      return;
    }
    const claim = { user, uid, firstAtMs: known?.firstAtMs ?? atMs, lastAtMs: atMs };
    asked.claims = [...asked.claims.filter((one) => !isSame(one)), claim];
    const bytes = asked.claims.reduce((sum, claim) => sum + requesterBytes(claim.user), ASKED_BYTES);
    this.#queue.resize(asked, bytes);
    this.#queue.touch(asked, nowMs);
  }

  /** Those of whom one evicted this Pod; nobody where it does not say that it was evicted. */
  evictorsOf(pod: KubeObject): readonly Evictor[] {
    const doneAtMs = evictedAtMs(pod);
    const { namespace, name, uid } = pod.metadata;
    const asked = this.#asked.get(keyOf(namespace, name));
    if (doneAtMs === undefined || asked === undefined || asked.crowded) return [];
    const secondEndMs = doneAtMs + 999;
    return asked.claims
      .filter((claim) => claim.uid === '' || claim.uid === uid)
      .filter(
        ({ firstAtMs, lastAtMs }) =>
          firstAtMs - doneAtMs <= REQUEST_MS_MAX && doneAtMs - lastAtMs <= REQUEST_MS_MAX,
      )
      .map(({ user, lastAtMs }) => ({ user, atMs: Math.min(lastAtMs, secondEndMs) }));
  }

  /** It is known who evicted a Pod: the next one of its name is another. */
  done({ metadata }: KubeObject): void {
    const asked = this.#asked.get(keyOf(metadata.namespace, metadata.name));
    if (asked !== undefined) this.#drop(asked);
  }

  /** Drop what is too old or too much. */
  trim(nowMs: number): void {
    const { evictionsMax, waitingMsMax } = this.#limits;
    for (let oldest = this.#queue.oldest; oldest !== undefined; oldest = this.#queue.oldest) {
      if (this.#queue.count <= evictionsMax && oldest.queuedAtMs >= nowMs - waitingMsMax) break;
      this.#drop(oldest);
    }
  }

  #add(key: string, nowMs: number): Asked {
    const asked: Asked = { key, claims: [], crowded: false, queuedAtMs: nowMs, bytes: ASKED_BYTES };
    this.#asked.set(key, asked);
    this.#queue.add(asked, nowMs);
    return asked;
  }

  #drop(asked: Asked): void {
    this.#queue.remove(asked);
    this.#asked.delete(asked.key);
  }
}

function keyOf(namespace: string | undefined, name: string): string {
  return `${namespace}/${name}`;
}
