import type { CommitRequest, CursorMark } from '../../commit/commit-request.ts';
import type { PlacedInto } from '../../place/place-into.ts';
import type { Version } from './cluster.ts';

/** Whose cursors these are. */
export const OWNER = 'owner';

export const keyOf = (resource: string) => `resource ${resource}`;

export function markOf(resource: string, version: number): CursorMark {
  return { owner: OWNER, key: keyOf(resource), position: String(version) };
}

export function nameOf({ version, path, content }: Version): string {
  return `v${version} ${content === null ? 'DELETE' : 'PUT'} ${path}`;
}

export function authorOf(version: number) {
  return { name: `user${version}`, email: `user${version}@example.com` };
}

export function requestOf(version: Version, email: string, marks: readonly CursorMark[]): CommitRequest {
  return {
    files: [
      {
        path: version.path,
        identity: identityAt(version.path),
        content: version.content === null ? null : Buffer.from(version.content),
      },
    ],
    author: authorOf(version.version),
    committer: { name: 'GitOps Reverser', email },
    authoredAtMs: version.atMs,
    message: `v${version.version} of ${email}\n`,
    ...(marks.length === 0 ? {} : { marks }),
  };
}

export function goneRequest(path: string, version: number, email: string, nowMs: number): CommitRequest {
  return {
    files: [{ path, identity: identityAt(path), content: null }],
    author: { name: 'unknown', email: 'unknown@example.com' },
    committer: { name: 'GitOps Reverser', email },
    authoredAtMs: nowMs,
    message: `gone at ${version} of ${email}: ${path}\n`,
  };
}

function identityAt(path: string) {
  return { group: '', kind: 'ConfigMap', namespace: 'default', name: path };
}

/** A file that begins as objects do is the object. */
export function placeInto(existing: Buffer, { content }: { readonly content: Buffer | null }): PlacedInto {
  if (!isObject(existing)) return { kind: 'Refused', reason: 'not recognised' };
  return content === null ? { kind: 'Delete' } : { kind: 'Write', content };
}

export const identify = (path: string, content: Buffer) => (isObject(content) ? identityAt(path) : null);

function isObject(content: Buffer): boolean {
  return content.toString().startsWith('kind: ');
}
