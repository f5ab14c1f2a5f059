import type { Random } from './random.ts';
import type { SimulatedRemote } from './remote.ts';

/** What people can do to a branch. `Rewrite` and `Delete` take commits away; all else adds to it. */
export type Deed = 'Edit' | 'Merge' | 'Rewrite' | 'Delete';

/**
 * Somebody pushes to the branch. Paths are those that objects may have, too. Tells what was done,
 * and whether the commit is dated in the future.
 */
export function push(
  deed: Deed,
  remote: SimulatedRemote,
  paths: readonly string[],
  random: Random,
  nowMs: number,
  count: number,
): { readonly about: string; readonly isAhead: boolean } {
  const { tip, objects } = remote;
  const atS = secondsNear(nowMs, random);
  const who = { name: `Person ${count}`, email: `person${count}@example.com`, atS };
  const change = changeOf(paths, random, count);
  const treeOf = (commit: string | null) => (commit === null ? null : objects.readCommit(commit).tree);
  /** A commit of the change, to what `of` holds. */
  const commit = (parents: readonly string[], of: string | null) => {
    const blob = change.content === null ? null : objects.blob(change.content);
    const tree = objects.withFile(treeOf(of), change.path, blob);
    return objects.commit({ tree, parents, author: who, committer: who, message: `person ${count}\n` });
  };
  const isAhead = atS * 1000 > nowMs;
  const about = `person ${count}: ${deed} at ${atS}`;
  if (tip === null || deed === 'Edit') {
    remote.move(commit(tip === null ? [] : [tip], tip));
    remote.note(`person ${count}`);
    return { about: `${about} ${change.about}`, isAhead };
  }
  if (deed === 'Delete') {
    remote.move(null);
    remote.note(`person ${count}`, true);
    return { about, isAhead };
  }
  const back = ancestorOf(remote, tip, 1 + random.below(3));
  if (deed === 'Rewrite') {
    remote.move(commit(back === null ? [] : [back], back));
    remote.note(`person ${count}`, true);
    return { about: `${about} from ${back?.slice(0, 7)} ${change.about}`, isAhead };
  }
  // A branch of older date is merged into this one, or this one into it and that pushed.
  const mine = commit([back ?? tip], back ?? tip);
  const foxtrot = random.chance(0.3);
  remote.move(commit(foxtrot ? [mine, tip] : [tip, mine], tip));
  remote.note(`person ${count}`);
  return { about: `${about}${foxtrot ? ' foxtrot' : ''} ${change.about}`, isAhead };
}

/** Mostly now; some clocks are wrong, and some commits were made long before they are pushed. */
function secondsNear(nowMs: number, random: Random): number {
  const now = Math.floor(nowMs / 1000);
  if (random.chance(0.7)) return now;
  return random.chance(0.6) ? now - random.below(3600) : now + random.below(30);
}

function changeOf(paths: readonly string[], random: Random, count: number) {
  const path = random.chance(0.3) ? `docs/${random.below(2)}.md` : random.pick(paths);
  if (random.chance(0.15)) return { path, content: null, about: `deletes ${path}` };
  // Some files do not look like the object that belongs there.
  const isKnown = random.chance(0.85);
  const content = isKnown ? `kind: ConfigMap\nperson: ${count}\n` : `prose ${count}\n`;
  return { path, content, about: `${isKnown ? 'writes' : 'writes prose into'} ${path}` };
}

function ancestorOf({ objects }: SimulatedRemote, tip: string, generations: number): string | null {
  let at: string | null = tip;
  for (let left = generations; left > 0 && at !== null; left -= 1)
    at = objects.readCommit(at).parents[0] ?? null;
  return at;
}
