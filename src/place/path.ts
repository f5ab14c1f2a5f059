import { createHash } from 'node:crypto';
import type { ObjectIdentity } from '../kube/object.ts';
import { groupOfShortKind, isShortKind } from '../kube/own-groups.ts';

/** Longest name of a file or folder, in bytes: the limit of nearly all file systems. */
const SEGMENT_BYTES_MAX = 255;
export const PREFIX_BYTES_MAX = 1024;
const EXTENSION = '.yaml';
const HASH_HEX_CHARS = 32;
/** Stands before the hash of a shortened name; no other segment has it. */
const HASH_MARK = '~';

/**
 * Where the file of an object is: `namespaces/<namespace>/<Kind>/<name>.yaml` or
 * `cluster-scoped/<Kind>/<name>.yaml` below the prefix; `<Kind>.<group>` for groups that are not Kubernetes' own.
 *
 * Two objects never share a path: characters outside `[A-Za-z0-9._-]`, and a leading dot, are percent-encoded as
 * UTF-8, and a name too long for a file system is cut and ends in `~` and a hash of the whole.
 */
export function pathOf(identity: ObjectIdentity, prefix: string): string {
  const { group, kind, namespace, name } = identity;
  // The first dot of a folder ends its kind.
  const plainKind = encode(kind).replaceAll('.', '%2E');
  const folder = fit(isShortKind(group, kind) ? plainKind : `${plainKind}.${encode(group)}`, '');
  const scope = namespace === '' ? 'cluster-scoped' : `namespaces/${fit(encode(namespace), '')}`;
  return `${prefix === '' ? '' : `${prefix}/`}${scope}/${folder}/${fit(encode(name), EXTENSION)}`;
}

/** What a path tells about the object whose file it is. */
export interface PathIdentity {
  /** Undefined when the folder names none and the kind is not known to be Kubernetes' own. */
  readonly group: string | undefined;
  readonly kind: string;
  /** Empty for a cluster-scoped object. */
  readonly namespace: string;
  /** Undefined for a name that was too long for a file. */
  readonly name: string | undefined;
}

/** What `pathOf` was given to make the path, or undefined: `pathOf` makes no such path below the prefix. */
export function identityOfPath(path: string, prefix: string): PathIdentity | undefined {
  if (prefix !== '' && !path.startsWith(`${prefix}/`)) return undefined;
  const segments = path.slice(prefix === '' ? 0 : prefix.length + 1).split('/');
  const scope = segments.shift();
  if (scope !== 'cluster-scoped' && scope !== 'namespaces') return undefined;
  const namespace = scope === 'namespaces' ? decode(segments.shift() ?? '') : '';
  const [folder, file, more] = segments;
  if (namespace === undefined || folder === undefined || !file?.endsWith(EXTENSION) || more !== undefined)
    return undefined;
  if (scope === 'namespaces' && namespace === '') return undefined;
  const dot = folder.indexOf('.');
  const kind = decode((dot < 0 ? folder : folder.slice(0, dot)).replace(/(?!^)%2E/g, '.'));
  const group = dot < 0 ? '' : decode(folder.slice(dot + 1));
  const stem = file.slice(0, -EXTENSION.length);
  const name = stem.includes(HASH_MARK) ? undefined : decode(stem);
  if (!kind || group === undefined || name === '' || (name === undefined && !isShortened(stem)))
    return undefined;
  return { group: dot < 0 ? groupOfShortKind(kind) : group, kind, namespace, name };
}

/**
 * The object of a known kind whose file this is, or undefined: the path is of another kind, or none, or of a name that
 * was too long for a file (only the file itself tells that).
 */
export function identityOfKind(
  path: string,
  prefix: string,
  of: { readonly group: string; readonly kind: string },
): ObjectIdentity | undefined {
  const found = identityOfPath(path, prefix);
  if (found?.name === undefined || found.kind !== of.kind) return undefined;
  const identity = { group: of.group, kind: of.kind, namespace: found.namespace, name: found.name };
  return pathOf(identity, prefix) === path ? identity : undefined;
}

/** A prefix that is safe as a folder of a repository, without slashes at its ends; empty for the root. */
export type Prefix =
  | { readonly ok: true; readonly prefix: string }
  | { readonly ok: false; readonly error: string };

/** Check the `path` of a GitRepoConfig. The error is one sentence for a person. */
export function validatePrefix(path: string): Prefix {
  const refuse = (why: string): Prefix => ({
    ok: false,
    error: `path ${JSON.stringify(path.slice(0, 100))} ${why}`,
  });
  if (path === '') return { ok: true, prefix: '' };
  if (path.startsWith('/')) return refuse('must be relative to the root of the repository');
  if (Buffer.byteLength(path) > PREFIX_BYTES_MAX) return refuse(`is longer than ${PREFIX_BYTES_MAX} bytes`);
  if (path.includes('\\')) return refuse('must use / between folders, not \\');
  if (/[\p{Cc}\p{Surrogate}]/u.test(path)) return refuse('must not contain control characters');
  const prefix = path.endsWith('/') ? path.slice(0, -1) : path;
  for (const segment of prefix.split('/')) {
    if (segment === '') return refuse('must not contain an empty folder name');
    if (segment === '.' || segment === '..') return refuse(`must not contain ${segment}`);
    if (isGitFolder(segment)) return refuse('must not name the .git folder');
    if (Buffer.byteLength(segment) > SEGMENT_BYTES_MAX)
      return refuse(`has a folder name of more than ${SEGMENT_BYTES_MAX} bytes`);
  }
  return { ok: true, prefix };
}

/** `.git` as git itself refuses it: in any case, and as Windows and macOS would read it. */
function isGitFolder(segment: string): boolean {
  const visible = segment.replace(/[\p{Cf}]/gu, '').toLowerCase();
  return /^(?:\.git|git~[0-9]+)(?:[ .]*|:.*)$/.test(visible);
}

function encode(text: string): string {
  if (/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(text)) return text;
  return Array.from(text, (character, index) => {
    const plain = index === 0 ? /[A-Za-z0-9_-]/ : /[A-Za-z0-9._-]/;
    return plain.test(character) ? character : percentEncoded(character);
  }).join('');
}

function percentEncoded(character: string): string {
  const bytes = Buffer.from(character, 'utf8');
  return Array.from(bytes, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** The text that `encode` made into this, or undefined if it made none. */
function decode(encoded: string): string | undefined {
  if (!/^(?:[A-Za-z0-9._-]|%[0-9A-F]{2})*$/.test(encoded)) return undefined;
  let text: string;
  try {
    text = decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
  return encode(text) === encoded ? text : undefined;
}

/** The segment with its extension, cut if it would be too long. The hash is of the whole encoded text. */
function fit(encoded: string, extension: string): string {
  if (encoded.length + extension.length <= SEGMENT_BYTES_MAX) return encoded + extension;
  const hash = createHash('sha256').update(encoded).digest('hex').slice(0, HASH_HEX_CHARS);
  const room = SEGMENT_BYTES_MAX - extension.length - HASH_MARK.length - HASH_HEX_CHARS;
  // Never half of a %XX.
  const start = encoded.slice(0, room).replace(/%[0-9A-F]?$/, '');
  return start + HASH_MARK + hash + extension;
}

function isShortened(stem: string): boolean {
  return /^[A-Za-z0-9._%-]+~[0-9a-f]{32}$/.test(stem);
}
