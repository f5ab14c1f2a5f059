import type { CursorMark } from '../commit/commit-request.ts';
import type { LastCommit } from '../git/last-commit.ts';
import { pushLimits } from './push-limits.ts';

/**
 * What is known at one commit of a branch besides its tree. Never changed, only replaced: parts that stay the same
 * are the same objects.
 */
export interface CursorDocument {
  /** Owner → name of a stream → position up to which everything of it is in the commits so far. */
  readonly owners: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Paths that somebody else changed last, and the commit that did: older changes of them are not made. */
  readonly foreign: ReadonlyMap<string, LastCommit>;
}

export const emptyDocument: CursorDocument = { owners: new Map(), foreign: new Map() };

/** Applies marks in order. One beyond the bounds is left out: then nothing is known of its stream. */
export function applyMarks(document: CursorDocument, marks: readonly CursorMark[]): CursorDocument {
  if (marks.length === 0) return document;
  const copied = new Map<string, Map<string, string>>();
  const owners = new Map(document.owners);
  for (const { owner, key, position } of marks) {
    let streams = copied.get(owner);
    if (streams === undefined) {
      if (!owners.has(owner) && owners.size >= pushLimits.cursorOwnersMax) continue;
      streams = new Map(owners.get(owner));
      copied.set(owner, streams);
      owners.set(owner, streams);
    }
    const long = key.length + (position?.length ?? 0) > pushLimits.cursorLengthMax;
    const full = !streams.has(key) && streams.size >= pushLimits.cursorKeysMax;
    if (position === null || long) streams.delete(key);
    else if (!full) streams.set(key, position);
  }
  return { ...document, owners };
}

/** How many streams have a position. */
export function streamsOf({ owners }: CursorDocument): number {
  let count = 0;
  for (const streams of owners.values()) count += streams.size;
  return count;
}

/** Adds paths that somebody else changed, and takes away those that were written here since. */
export function withForeign(
  document: CursorDocument,
  added: Iterable<readonly [string, LastCommit]>,
  written: Iterable<string>,
): CursorDocument {
  let foreign: Map<string, LastCommit> | null = null;
  for (const [path, commit] of added) {
    foreign ??= new Map(document.foreign);
    foreign.delete(path);
    foreign.set(path, commit);
  }
  for (const path of written) {
    if (!(foreign ?? document.foreign).has(path)) continue;
    foreign ??= new Map(document.foreign);
    foreign.delete(path);
  }
  if (foreign === null) return document;
  for (const oldest of foreign.keys()) {
    if (foreign.size <= pushLimits.foreignPathsMax) break;
    foreign.delete(oldest);
  }
  return { ...document, foreign };
}

type OwnerEntry = readonly [string, readonly (readonly [string, string | null])[] | null];
type ForeignEntry = readonly [string, null] | readonly [string, string, string, number, number];

/** One document relative to another, as JSON. null stands for what is gone. */
export interface DocumentChange {
  readonly owners: readonly OwnerEntry[];
  readonly foreign: readonly ForeignEntry[];
}

export function changeBetween(from: CursorDocument, to: CursorDocument): DocumentChange {
  const owners: OwnerEntry[] = [];
  const foreign: ForeignEntry[] = [];
  if (from.owners !== to.owners) {
    for (const [owner, streams] of to.owners) {
      const before = from.owners.get(owner);
      if (before === streams) continue;
      const changed: [string, string | null][] = [];
      for (const [key, position] of streams) if (before?.get(key) !== position) changed.push([key, position]);
      for (const key of before?.keys() ?? []) if (!streams.has(key)) changed.push([key, null]);
      owners.push([owner, changed]);
    }
    for (const owner of from.owners.keys()) if (!to.owners.has(owner)) owners.push([owner, null]);
  }
  if (from.foreign !== to.foreign) {
    for (const [path, commit] of to.foreign) {
      if (from.foreign.get(path) === commit) continue;
      foreign.push([path, commit.sha, commit.committerEmail, commit.committedAtMs, commit.authoredAtMs]);
    }
    for (const path of from.foreign.keys()) if (!to.foreign.has(path)) foreign.push([path, null]);
  }
  return { owners, foreign };
}

/** Throws when `change` is not what `changeBetween` makes: it comes from a file or from a remote. */
export function applyChange(document: CursorDocument, change: unknown): CursorDocument {
  const { owners: changedOwners, foreign: changedForeign } = change as DocumentChange;
  const owners = new Map(document.owners);
  for (const [owner, changed] of changedOwners) {
    check(typeof owner === 'string');
    if (changed === null) {
      owners.delete(owner);
      continue;
    }
    const streams = new Map(owners.get(owner));
    for (const [key, position] of changed) {
      check(typeof key === 'string' && (position === null || typeof position === 'string'));
      if (position === null) streams.delete(key);
      else streams.set(key, position);
    }
    owners.set(owner, streams);
  }
  if (changedForeign.length === 0) return { owners, foreign: document.foreign };
  const foreign = new Map(document.foreign);
  for (const [path, sha, committerEmail, committedAtMs, authoredAtMs] of changedForeign) {
    check(typeof path === 'string');
    foreign.delete(path);
    if (sha === null) continue;
    check(typeof sha === 'string' && typeof committerEmail === 'string');
    if (typeof committedAtMs !== 'number' || typeof authoredAtMs !== 'number') return check(false);
    foreign.set(path, { sha, committerEmail: committerEmail as string, committedAtMs, authoredAtMs });
  }
  return { owners, foreign };
}

/** The document as the remote keeps it; of the foreign paths only the newest, see `remoteForeignPathsMax`. */
export function encodeDocument(document: CursorDocument): Buffer {
  const { remoteForeignPathsMax } = pushLimits;
  let foreign = document.foreign;
  if (foreign.size > remoteForeignPathsMax) {
    const newest = [...foreign].sort(([, a], [, b]) => b.committedAtMs - a.committedAtMs);
    foreign = new Map(newest.slice(0, remoteForeignPathsMax));
  }
  const change = changeBetween(emptyDocument, { owners: document.owners, foreign });
  return Buffer.from(`${JSON.stringify({ version: 1, ...change }, null, 1)}\n`);
}

/** null: not a document, or one of a later version. */
export function decodeDocument(content: Buffer): CursorDocument | null {
  try {
    const parsed = JSON.parse(content.toString());
    return parsed.version === 1 ? applyChange(emptyDocument, parsed) : null;
  } catch {
    return null;
  }
}

function check(holds: boolean): never | CursorDocument {
  if (!holds) throw new Error('Not a cursor document');
  return emptyDocument;
}
