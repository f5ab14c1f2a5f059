/** Who sent a request, as the API server authenticated it; of an impersonated request, who was impersonated. */
export interface Requester {
  readonly name: string;
  readonly groups?: readonly string[];
}

interface EvidenceOfAny {
  readonly uid: string;
  readonly user: Requester;
  /** When the review came, in milliseconds since the Unix epoch. */
  readonly atMs: number;
}

/** Somebody asked for this object to be made. The uid is given before the review, so it names one object only. */
export interface CreateEvidence extends EvidenceOfAny {
  readonly kind: 'Create';
  /**
   * `contentDigestOf` the sanitized object as reviewed. Some kinds gain labels after the review (a Job), so only where
   * the object may have been written again since does it count.
   */
  readonly digest: string;
}

/** Somebody asked to replace the version `previousVersion` by an object of this content. */
export interface UpdateEvidence extends EvidenceOfAny {
  readonly kind: 'Update';
  readonly apiVersion: string;
  readonly previousVersion: string;
  /** `contentDigestOf` the sanitized object. */
  readonly digest: string;
  /** Digest of its managedFields: tells apart two requests of equal content, unless they came in one second. */
  readonly fieldsDigest: string;
}

/** Somebody asked, through the subresource `scale`, to replace `previousVersion` by one with other replicas. */
export interface ScaleEvidence extends EvidenceOfAny {
  readonly kind: 'Scale';
  readonly previousVersion: string;
  readonly replicas: number;
}

/** Somebody asked to delete an object that was not being deleted yet. */
export interface DeleteEvidence extends EvidenceOfAny {
  readonly kind: 'Delete';
  readonly previousVersion: string;
  readonly object: DeletedObject;
  /** The uids of its ownerReferences. */
  readonly owners: readonly string[];
}

/** Somebody asked to evict a Pod. What deletes it then has no review of its own. */
export interface EvictEvidence extends EvidenceOfAny {
  readonly kind: 'Evict';
  /** Empty where the request names none. */
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
}

export interface DeletedObject {
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
  /** Empty for a cluster-scoped object. */
  readonly namespace: string;
  readonly name: string;
}

/**
 * What is kept of one admission review: never the object. It proves that somebody asked, not that the API server
 * did it: requests that a later check refuses leave evidence too.
 */
export type Evidence = CreateEvidence | UpdateEvidence | ScaleEvidence | DeleteEvidence | EvictEvidence;
