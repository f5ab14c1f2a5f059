import type { Repository } from './repository.ts';
import { ancestorsOf } from './walk-history.ts';

/** How much history a fetch asks for: so many generations from the tip, or so many beyond what is there. */
export type Depth = { readonly kind: 'FromTip' | 'Beyond'; readonly generations: number };

/**
 * The borders of a shallow clone once it has fetched a tip (git-fetch(1): `--depth`, `--deepen`): commits whose parents
 * it does not have.
 */
export function bordersAfter(
  clone: Repository,
  remote: Repository,
  tip: string,
  depth: Depth | null,
): ReadonlySet<string> {
  const before = clone.borders;
  if (depth === null) return before;
  const { kind, generations } = depth;
  const starts =
    kind === 'FromTip' ? [tip] : [...ancestorsOf(remote, [tip])].filter((sha) => before.has(sha));
  const last = kind === 'FromTip' ? generations : generations + 1;
  const distances = distancesFrom(remote, starts, last);
  const kept = [...before].filter((sha) => (distances.get(sha) ?? last) >= last);
  // Also a commit that has no parents is a border there.
  return new Set([...kept, ...[...distances].flatMap(([sha, distance]) => (distance === last ? [sha] : []))]);
}

/** Of each commit no farther than `last`, how far it is; a start counts for 1. */
function distancesFrom(repository: Repository, starts: readonly string[], last: number): Map<string, number> {
  const distances = new Map<string, number>();
  let open = starts;
  for (let distance = 1; distance <= last && open.length > 0; distance += 1) {
    const fresh = [...new Set(open)].filter((sha) => !distances.has(sha));
    for (const sha of fresh) distances.set(sha, distance);
    open = fresh.flatMap((sha) => repository.parents(sha));
  }
  return distances;
}
