import type { ObjectIdentity } from '../kube/object.ts';
import type { PlacedInto } from '../place/place-into.ts';

/** Puts an object (content null: its absence) into a file that somebody else may have written. Pure. */
export type PlaceInto = (
  existing: Buffer,
  file: { readonly identity: ObjectIdentity; readonly content: Buffer | null },
) => PlacedInto;

/**
 * The object that a file holds, if it holds nothing else (no second document, no comment): then the file can be made
 * anew from it. Else null. Used for commits of a process that ended before it pushed them.
 */
export type Identify = (path: string, content: Buffer) => ObjectIdentity | null;
