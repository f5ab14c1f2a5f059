import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject, type JsonValue } from '../kube/json.ts';
import type { KubeObject } from '../kube/object.ts';
import { sanitize } from '../sanitize/sanitize.ts';
import { contentDigestOf, fieldsDigestOf } from './content-digest.ts';
import type { DeletedObject, Evidence, Requester } from './evidence.ts';

/** The `request` of an AdmissionReview (admission.k8s.io/v1), as `parseJson` reads it. */
export type AdmissionReviewRequest = JsonObject;

/** Why a review leaves no evidence. None of these is an error. */
export type IgnoredReason =
  /** Nothing will be stored. */
  | 'DryRun'
  /** A subresource whose writes are not captured, such as `approval`. */
  | 'Subresource'
  /** `exec`, `attach` and the like change nothing. */
  | 'Connect'
  /** The object was being deleted already, and its file has left with that. */
  | 'Deleting'
  /** A scale to the replicas that were there, or a write of the status alone. */
  | 'Unchanged'
  /** The object is never stored (a TokenReview, a Binding): it has no uid. */
  | 'NotStored'
  /** Not what an API server sends. */
  | 'Malformed';

const NAME_BYTES_MAX = 1024;
const GROUPS_MAX = 32;
const GROUP_BYTES_MAX = 256;
const OWNERS_MAX = 16;
const OBJECT_NAME_BYTES_MAX = 253;
/** A longer uid or version is no API server's: real ones have 36 and up to 20 characters. */
const TOKEN_CHARS_MAX = 128;
/** Subresources that carry the whole object, but whose writes are not a person's content. */
const NOT_CAPTURED: ReadonlySet<string> = new Set(['finalize', 'approval']);

/**
 * Reduce a review to evidence. Pure; holds on to nothing of the request, so that its memory can go at once.
 * Every kept text is bounded.
 *
 * Of an UPDATE the object is digested as the pipeline digests the stored one; any subresource that carries the whole
 * object (`pods/resize`) counts like the object itself, and a write of the status where it changes labels, too. Source: admission.k8s.io/v1 AdmissionRequest.
 */
export function evidenceOf(
  request: AdmissionReviewRequest,
  atMs: number,
): Evidence | { readonly ignored: IgnoredReason } {
  if (request.dryRun === true) return { ignored: 'DryRun' };
  const subresource = textOf(request.subResource) ?? '';
  const user = requesterOf(request.userInfo);
  if (user === undefined) return { ignored: 'Malformed' };
  const about = { user, atMs };
  switch (request.operation) {
    case 'CREATE':
      if (subresource === 'eviction') return eviction(request, about);
      return subresource === '' ? creation(request, about) : { ignored: 'Subresource' };
    case 'UPDATE':
      if (subresource === 'scale') return scaling(request, about);
      return NOT_CAPTURED.has(subresource) ? { ignored: 'Subresource' } : update(request, about);
    case 'DELETE':
      return subresource === '' ? deletion(request, about) : { ignored: 'Subresource' };
    case 'CONNECT':
      return { ignored: 'Connect' };
    default:
      return { ignored: 'Malformed' };
  }
}

type Reduced = ReturnType<typeof evidenceOf>;
type About = Pick<Evidence, 'user' | 'atMs'>;

function creation(request: AdmissionReviewRequest, about: About): Reduced {
  const object = objectAt(request.object);
  if (object === undefined) return { ignored: 'Malformed' };
  const uid = token(object.metadata.uid);
  if (uid === undefined) return { ignored: 'NotStored' };
  const kind = isJsonObject(request.kind) ? request.kind : {};
  const apiVersion = apiVersionOf(kind);
  if (apiVersion === undefined || typeof kind.kind !== 'string') return { ignored: 'Malformed' };
  const named = { ...object, apiVersion, kind: kind.kind } as unknown as KubeObject;
  return { kind: 'Create', uid, digest: contentDigestOf(sanitize(named)), ...about };
}

function update(request: AdmissionReviewRequest, about: About): Reduced {
  const object = objectAt(request.object);
  const old = objectAt(request.oldObject);
  const kind = isJsonObject(request.kind) ? request.kind : {};
  const apiVersion = apiVersionOf(kind);
  if (object === undefined || old === undefined || apiVersion === undefined || typeof kind.kind !== 'string')
    return { ignored: 'Malformed' };
  const uid = token(object.metadata.uid);
  const previousVersion = token(old.metadata.resourceVersion);
  if (uid === undefined || previousVersion === undefined) return { ignored: 'NotStored' };
  if (old.metadata.deletionTimestamp !== undefined) return { ignored: 'Deleting' };
  const named = { ...object, apiVersion, kind: kind.kind } as unknown as KubeObject;
  const digest = contentDigestOf(sanitize(named));
  if (request.subResource === 'status') {
    // It is never stored for anything but its status; as evidence it could only be taken for something else.
    const before = { ...old, apiVersion, kind: kind.kind } as unknown as KubeObject;
    if (contentDigestOf(sanitize(before)) === digest) return { ignored: 'Unchanged' };
  }
  return {
    kind: 'Update',
    uid,
    apiVersion: bounded(apiVersion, NAME_BYTES_MAX),
    previousVersion,
    digest,
    fieldsDigest: fieldsDigestOf(named),
    ...about,
  };
}

function scaling(request: AdmissionReviewRequest, about: About): Reduced {
  const scale = objectAt(request.object);
  const old = objectAt(request.oldObject);
  if (scale === undefined || old === undefined) return { ignored: 'Malformed' };
  const uid = token(scale.metadata.uid);
  const previousVersion = token(old.metadata.resourceVersion);
  const replicas = replicasOf(scale);
  if (uid === undefined || previousVersion === undefined || typeof replicas !== 'number')
    return { ignored: 'Malformed' };
  // It is never stored for its replicas; as evidence it could only be taken for something else.
  if (replicas === replicasOf(old)) return { ignored: 'Unchanged' };
  return { kind: 'Scale', uid, previousVersion, replicas, ...about };
}

/** Zero is not sent. */
function replicasOf({ spec }: JsonObject): JsonValue {
  return (isJsonObject(spec) ? spec.replicas : undefined) ?? 0;
}

/** Source: policy/v1 Eviction. The review has no object but this: it does not tell the uid of the Pod. */
function eviction(request: AdmissionReviewRequest, about: About): Reduced {
  const { name, namespace, object } = request;
  const resource = isJsonObject(request.resource) ? request.resource : {};
  if (resource.resource !== 'pods' || resource.group !== '') return { ignored: 'Subresource' };
  if (typeof name !== 'string' || typeof namespace !== 'string' || !isJsonObject(object))
    return { ignored: 'Malformed' };
  const options = isJsonObject(object.deleteOptions) ? object.deleteOptions : {};
  // Of an eviction, the request itself does not say so.
  if (Array.isArray(options.dryRun) && options.dryRun.length > 0) return { ignored: 'DryRun' };
  const { uid } = isJsonObject(options.preconditions) ? options.preconditions : {};
  return {
    kind: 'Evict',
    uid: token(uid) ?? '',
    namespace: bounded(namespace, OBJECT_NAME_BYTES_MAX),
    name: bounded(name, OBJECT_NAME_BYTES_MAX),
    ...about,
  };
}

function deletion(request: AdmissionReviewRequest, about: About): Reduced {
  const old = objectAt(request.oldObject);
  if (old === undefined) return { ignored: 'Malformed' };
  const { metadata } = old;
  const uid = token(metadata.uid);
  const previousVersion = token(metadata.resourceVersion);
  if (uid === undefined || previousVersion === undefined) return { ignored: 'NotStored' };
  if (metadata.deletionTimestamp !== undefined) return { ignored: 'Deleting' };
  const references = Array.isArray(metadata.ownerReferences) ? metadata.ownerReferences : [];
  const owners = references.map((reference) => token(isJsonObject(reference) ? reference.uid : undefined));
  return {
    kind: 'Delete',
    uid,
    previousVersion,
    object: deletedObject(request, metadata),
    // With one owner left out, whose deletion caused this one could not be told: then none is kept.
    owners: owners.length > OWNERS_MAX || owners.includes(undefined) ? [] : (owners as string[]),
    ...about,
  };
}

function deletedObject(request: AdmissionReviewRequest, metadata: JsonObject): DeletedObject {
  const kind = isJsonObject(request.kind) ? request.kind : {};
  const text = (value: JsonValue | undefined) => bounded(textOf(value) ?? '', OBJECT_NAME_BYTES_MAX);
  return {
    group: text(kind.group),
    kind: text(kind.kind),
    // The review of a Namespace names it as its own namespace.
    namespace: text(metadata.namespace),
    name: text(metadata.name),
  };
}

function requesterOf(userInfo: JsonValue | undefined): Requester | undefined {
  if (!isJsonObject(userInfo)) return undefined;
  const name = textOf(userInfo.username);
  if (name === undefined || name === '') return undefined;
  const all = Array.isArray(userInfo.groups) ? userInfo.groups : [];
  const groups = all.filter((group) => typeof group === 'string').slice(0, GROUPS_MAX);
  return {
    name: bounded(name, NAME_BYTES_MAX),
    ...(groups.length === 0 ? {} : { groups: groups.map((group) => bounded(group, GROUP_BYTES_MAX)) }),
  };
}

function objectAt(value: JsonValue | undefined): (JsonObject & { metadata: JsonObject }) | undefined {
  if (!isJsonObject(value) || !isJsonObject(value.metadata)) return undefined;
  return value as JsonObject & { metadata: JsonObject };
}

function apiVersionOf({ group, version }: JsonObject): string | undefined {
  if (typeof version !== 'string' || version === '') return undefined;
  return typeof group === 'string' && group !== '' ? `${group}/${version}` : version;
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function token(value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'string' || value === '' || value.length > TOKEN_CHARS_MAX) return undefined;
  return copied(value);
}

/** At most so many bytes; what is cut ends in a digest of the whole, so that different texts stay different. */
function bounded(text: string, bytesMax: number): string {
  if (text.length <= bytesMax && Buffer.byteLength(text) <= bytesMax) return copied(text);
  const end = `…${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
  const cut = Buffer.from(text.slice(0, bytesMax)).subarray(0, bytesMax - Buffer.byteLength(end));
  return cut.toString().replace(/\ufffd$/, '') + end;
}

/** The same text in memory of its own: a part of a text that was parsed may hold on to the whole text. */
function copied(text: string): string {
  return Buffer.from(text).toString();
}
