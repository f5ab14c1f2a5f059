import { createHash } from 'node:crypto';

/** How a repository names its objects. */
export type ObjectFormat = 'sha1' | 'sha256';

/** The name that git gives to a blob with this content: the hash of `blob <length>\0<content>`. */
export function blobShaOf(content: Buffer, format: ObjectFormat): string {
  return createHash(format).update(`blob ${content.length}\0`).update(content).digest('hex');
}
