import { createHash, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Evidence } from '../identify/evidence.ts';
import { isJsonObject, type JsonValue, parseJson } from '../kube/json.ts';

/** Where replicas take messages. The version changes when an older replica could misread a message. */
export const MESSAGES_PATH = '/replicas/v1/messages';

/** What one replica tells the others: what its webhooks heard. */
export type ReplicaMessage =
  | { readonly kind: 'Evidence'; readonly evidence: Evidence }
  /** A probe of the webhooks came here, of the configuration with this hash and from the process with this nonce. */
  | { readonly kind: 'Probe'; readonly hash: string; readonly nonce: string };

const TOKEN_BYTES = 32;

/**
 * What replicas prove themselves with to each other: derived from the key that all of them read from one Secret, which
 * cannot be found out from it (HKDF, RFC 5869). Whoever has it can invent authors.
 */
export function replicaToken(key: Buffer): string {
  const token = hkdfSync('sha256', key, '', 'gitops-reverser replica messages v1', TOKEN_BYTES);
  return Buffer.from(token).toString('hex');
}

/** Is this the `Authorization` of a replica? Takes the same time for every wrong one. */
export function isAuthorized(authorization: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(authorization ?? ''), digest(authorizationOf(token)));
}

export function authorizationOf(token: string): string {
  return `Bearer ${token}`;
}

/** Read messages, a JSON array. Those of an unknown kind, as a newer replica may send, are left out. Throws `SyntaxError`. */
export function readMessages(text: string): readonly ReplicaMessage[] {
  const messages = parseJson(text);
  if (!Array.isArray(messages)) throw new SyntaxError('not a list of messages');
  return messages.filter(isMessage) as unknown as readonly ReplicaMessage[];
}

function isMessage(message: JsonValue): boolean {
  if (!isJsonObject(message)) return false;
  if (message.kind === 'Probe') return typeof message.hash === 'string' && typeof message.nonce === 'string';
  return message.kind === 'Evidence' && isEvidence(message.evidence);
}

/** Fields of each kind of evidence beside those that all have, and their types. */
const FIELDS: Readonly<Record<Evidence['kind'], Readonly<Record<string, 'string' | 'number'>>>> = {
  Create: { digest: 'string' },
  Update: { apiVersion: 'string', previousVersion: 'string', digest: 'string', fieldsDigest: 'string' },
  Scale: { previousVersion: 'string', replicas: 'number' },
  Delete: { previousVersion: 'string' },
  Evict: { namespace: 'string', name: 'string' },
};

function isEvidence(evidence: JsonValue | undefined): boolean {
  if (evidence === undefined || !isJsonObject(evidence)) return false;
  const { kind, uid, user, atMs, object, owners } = evidence;
  if (typeof uid !== 'string' || typeof atMs !== 'number') return false;
  if (!isJsonObject(user ?? null) || typeof (user as { name?: unknown }).name !== 'string') return false;
  const { groups } = user as { groups?: unknown };
  if (groups !== undefined && !isTexts(groups)) return false;
  const fields =
    typeof kind === 'string' && Object.hasOwn(FIELDS, kind) ? FIELDS[kind as Evidence['kind']] : undefined;
  if (fields === undefined) return false;
  if (!Object.entries(fields).every(([name, type]) => typeof evidence[name] === type)) return false;
  if (kind !== 'Delete') return true;
  const named = object !== undefined && isJsonObject(object) ? object : {};
  return isTexts(owners) && isTexts([named.group, named.kind, named.namespace, named.name]);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
