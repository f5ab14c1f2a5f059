import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../kube/json.ts';

/**
 * The request of an AdmissionReview, as the API server sends it: raw JSON, no field dropped, integers exact.
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request
 */
export type AdmissionRequest = RequestFields & JsonObject;

export interface RequestFields {
  /** Of this review; each one has another. */
  readonly uid: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly kind: GroupVersionKind;
  readonly resource: GroupVersionResource;
  readonly subResource?: string;
  /** What was asked for, where it differs from what the object was converted to. */
  readonly requestKind?: GroupVersionKind;
  readonly requestResource?: GroupVersionResource;
  readonly requestSubResource?: string;
  /** Absent or empty in a CREATE with `generateName`. */
  readonly name?: string;
  /** Absent for a cluster-scoped object. */
  readonly namespace?: string;
  readonly userInfo: UserInfo;
  /** Null in a DELETE. */
  readonly object?: JsonObject | null;
  /** Null in a CREATE. */
  readonly oldObject?: JsonObject | null;
  readonly dryRun?: boolean;
  readonly options?: JsonObject | null;
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

export interface UserInfo {
  readonly username?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What a webhook says to a request, as the response of an AdmissionReview does. */
export interface AdmissionAnswer {
  readonly allowed: boolean;
  /** Why not. The user reads `message` behind "admission webhook … denied the request: "; `code` is an HTTP status. */
  readonly status?: { readonly message: string; readonly code: number; readonly reason: string };
  /** Shown to the user by kubectl; each short. */
  readonly warnings?: readonly string[];
}

const API_VERSION = 'admission.k8s.io/v1';
const KIND = 'AdmissionReview';
const HEAD = `{"apiVersion":"${API_VERSION}","kind":"${KIND}","response":{"uid":`;

/** Read an AdmissionReview. Throws an `Error` that says what else it is. */
export function parseReview(text: string): AdmissionRequest {
  let review: JsonValue;
  try {
    review = parseJson(text);
  } catch {
    // The parser's message would quote the body.
    throw new Error('the body is not JSON');
  }
  if (!isJsonObject(review)) throw new Error('the body is not a JSON object');
  const { apiVersion, kind, request } = review;
  if (apiVersion !== API_VERSION || kind !== KIND) throw new Error(`it is not an ${API_VERSION} ${KIND}`);
  if (!isJsonObject(request)) throw new Error('it has no request');
  if (typeof request.uid !== 'string' || request.uid === '') throw new Error('its request has no uid');
  for (const field of ['kind', 'resource', 'userInfo'] as const) {
    if (!isJsonObject(request[field])) throw new Error(`its request has no ${field}`);
  }
  if (typeof request.operation !== 'string') throw new Error('its request has no operation');
  return request as unknown as AdmissionRequest;
}

/** The AdmissionReview that answers the request with this uid, as JSON. */
export function renderReview(uid: string, { allowed, status, warnings }: AdmissionAnswer): string {
  const more = { ...(status && { status }), ...(warnings?.length && { warnings }) };
  const rest = status || warnings?.length ? `,${JSON.stringify(more).slice(1, -1)}` : '';
  return `${HEAD}${JSON.stringify(uid)},"allowed":${allowed}${rest}}}`;
}
