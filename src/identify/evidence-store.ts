import type { Clock } from '../clock.ts';
import { identityOf, type KubeObject } from '../kube/object.ts';
import type { Manifest } from '../sanitize/manifest.ts';
import { sanitize } from '../sanitize/sanitize.ts';
import { type Attribution, type UnknownReason, unattributed } from './attribution.ts';
import { contentDigestOf } from './content-digest.ts';
import { ContentEvidence } from './content-evidence.ts';
import { Deletions } from './deletions.ts';
import { Evictions } from './evictions.ts';
import type { Evidence } from './evidence.ts';
import { EVIDENCE_LIMITS, type EvidenceLimits } from './evidence-limits.ts';
import { RecentUids } from './recent-uids.ts';

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

const EVICTED_UIDS_MAX = 10_000;

/**
 * What admission reviews told about who asked for what, and the join with what was stored.
 *
 * - CREATE joins by uid, which the API server gives before the review.
 * - UPDATE joins by uid, previous version, digest of the content and digest of the managedFields. A version has one
 *   successor at most, so requests that were refused, tried again or changed nothing stay behind.
 * - A change of replicas through `scale` joins by uid, previous version and replicas.
 * - DELETE joins by uid and previous version; see `Deletions` for cascades.
 * - The deletion of a Pod that says that it was evicted joins by name and time; see `Evictions`.
 *
 * Invariants: recording and joining take constant time and never wait. Evidence that could be taken for one another is
 * dropped together, so that want of room makes an author unknown, never wrong. Two people who asked for the very same
 * are never told apart by guessing.
 */
export class EvidenceStore {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #events: EvidenceEvents;
  readonly #content: ContentEvidence;
  readonly #deletions: Deletions;
  readonly #evictions: Evictions;
  readonly #evicted = new RecentUids(EVICTED_UIDS_MAX);

  constructor(clock: Pick<Clock, 'now'>, events: EvidenceEvents = {}, limits: Partial<EvidenceLimits> = {}) {
    this.#clock = clock;
    this.#events = events;
    const all = { ...EVIDENCE_LIMITS, ...limits };
    this.#content = new ContentEvidence(clock, all);
    this.#deletions = new Deletions(all);
    this.#evictions = new Evictions(all);
  }

  /** How much evidence is kept. */
  get size(): { readonly waiting: number; readonly deletions: number; readonly bytes: number } {
    return {
      waiting: this.#content.waiting,
      deletions: this.#deletions.count + this.#evictions.count,
      bytes: this.#content.bytes + this.#deletions.bytes + this.#evictions.bytes,
    };
  }

  /** Take what a review told. Call it before the review is answered: what it tells of is stored after. */
  record(evidence: Evidence): void {
    const nowMs = this.#clock.now();
    if (evidence.kind === 'Delete') {
      this.#deletions.record(evidence, nowMs);
    } else if (evidence.kind === 'Evict') {
      this.#evictions.record(evidence, nowMs);
    } else {
      if (evidence.kind !== 'Create') this.#deletions.outlived(evidence.uid, evidence.previousVersion);
      this.#content.add(evidence, nowMs);
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
    const digest = () => contentDigestOf(facts.manifest ?? sanitize(object));
    switch (operation) {
      case 'CREATE':
        return this.#content.findCreate(object, digest, facts.isListed === true);
      case 'DELETE':
        return this.#findDeletion(object, previousVersion);
      case 'UPDATE':
        return this.#content.findUpdate(object, previousVersion, digest());
    }
  }

  #findDeletion(object: KubeObject, previousVersion: string | undefined) {
    const { uid } = object.metadata;
    const evictors = this.#evictions.evictorsOf(object);
    const nowMs = this.#clock.now();
    const found = this.#deletions.attribute(uid, identityOf(object), previousVersion, nowMs, evictors);
    if (evictors.length > 0 && typeof found !== 'string') this.#evictions.done(object);
    return found;
  }

  #trim(nowMs: number): void {
    const onEvicted = (uid: string) => {
      this.#evicted.add(uid);
      this.#events.onDropped?.('Full');
    };
    const onExpired = () => this.#events.onDropped?.('Expired');
    this.#content.trim(nowMs, onEvicted, onExpired);
    this.#deletions.trim(nowMs, onEvicted, onExpired);
    this.#evictions.trim(nowMs);
  }
}
