import type { Branch } from './branch.ts';
import type { Difference } from './join-request.ts';

/** Contents that are put into a clone at once. */
const STORES_AT_ONCE = 8;

/**
 * Put contents into the clone, so that only their names need to be held. What is larger than `bytesMax` stays as it
 * is: it will be refused. Throws a `CodedError`.
 */
export async function storeContents(
  differences: readonly Difference[],
  branch: Branch,
  bytesMax: number,
): Promise<readonly Difference[]> {
  const stored: Difference[] = [];
  for (let at = 0; at < differences.length; at += STORES_AT_ONCE) {
    const batch = differences.slice(at, at + STORES_AT_ONCE).map(async (one) => {
      const { content } = one.file;
      if (!(content instanceof Buffer) || content.length > bytesMax) return one;
      return { ...one, file: { ...one.file, content: await branch.store(content) } };
    });
    stored.push(...(await Promise.all(batch)));
  }
  return stored;
}
