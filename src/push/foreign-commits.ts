import type { Clone } from '../git/clone.ts';
import { type LastCommit, lastCommitsOf, lastCommitsWithin } from '../git/last-commit.ts';

/**
 * For each path below `prefixes` that a range of the remote branch touched, the commit that did so last. Also of paths
 * that ended as they began (made and removed again, changed and restored): their last writer decided that, too.
 *
 * @param changed paths that the range's end has otherwise than its beginning: of these a merge counts for all it brought
 */
export async function foreignCommits(
  clone: Clone,
  range: readonly string[],
  changed: ReadonlySet<string>,
  prefixes: readonly string[],
): Promise<ReadonlyMap<string, LastCommit>> {
  const all = prefixes.length === 0 || prefixes.includes('');
  const isBelow = (path: string) => all || prefixes.some((prefix) => path.startsWith(`${prefix}/`));
  const [restored, brought] = await Promise.all([
    lastCommitsWithin(clone, range, (path) => isBelow(path) && !changed.has(path)),
    lastCommitsOf(clone, range, changed, 'AsBrought'),
  ]);
  return new Map([...restored, ...brought]);
}
