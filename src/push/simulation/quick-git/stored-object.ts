import { createHash } from 'node:crypto';

/** An object as a repository holds it. */
export interface StoredObject {
  readonly type: string;
  readonly content: Buffer;
}

/** The name that git gives to an object of a repository of SHA-1. */
export function nameOfObject({ type, content }: StoredObject): string {
  return createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');
}
