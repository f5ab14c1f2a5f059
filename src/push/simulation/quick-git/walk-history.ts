import { LeftToGit } from './left-to-git.ts';
import type { Repository } from './repository.ts';

/** A commit and everything before it that the repository has. */
export function ancestorsOf(repository: Repository, tips: readonly string[]): Set<string> {
  const found = new Set<string>();
  const open = [...tips];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...repository.parents(next));
  }
  return found;
}

export interface Range {
  readonly tips: readonly string[];
  readonly without: readonly string[];
}

/** Takes revisions from arguments: names, and names after a `^`. */
export function rangeOf(repository: Repository, revisions: readonly string[]): Range {
  const resolve = (name: string) => {
    const sha = repository.resolve(name);
    if (sha === null) throw new LeftToGit(`the revision ${name}`);
    return sha;
  };
  return {
    tips: revisions.filter((one) => !one.startsWith('^')).map(resolve),
    without: revisions.filter((one) => one.startsWith('^')).map((one) => resolve(one.slice(1))),
  };
}

/** The commits of a range by date, the newest first, as `git log` lists them. */
export function listCommits(repository: Repository, { tips, without }: Range): readonly string[] {
  const seen = ancestorsOf(repository, without);
  const open: { readonly sha: string; readonly atS: number }[] = [];
  const add = (sha: string) => {
    if (seen.has(sha)) return;
    seen.add(sha);
    const { atS } = repository.commit(sha).committer;
    const before = open.findIndex((other) => other.atS < atS);
    open.splice(before < 0 ? open.length : before, 0, { sha, atS });
  };
  for (const tip of tips) add(tip);
  const listed: string[] = [];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    listed.push(next.sha);
    for (const parent of repository.parents(next.sha)) add(parent);
  }
  return listed;
}

/** The same with no parent before its children: `git log --topo-order`. */
export function sortByTopology(repository: Repository, listed: readonly string[]): readonly string[] {
  const children = new Map(listed.map((sha) => [sha, 0]));
  for (const sha of listed) {
    for (const parent of repository.parents(sha)) {
      const count = children.get(parent);
      if (count !== undefined) children.set(parent, count + 1);
    }
  }
  const open = listed.filter((sha) => children.get(sha) === 0).reverse();
  const sorted: string[] = [];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    sorted.push(next);
    for (const parent of repository.parents(next)) {
      const count = children.get(parent);
      if (count === undefined) continue;
      children.set(parent, count - 1);
      if (count === 1) open.push(parent);
    }
  }
  return sorted;
}

/** Common ancestors of which none comes before another. */
export function mergeBasesOf(repository: Repository, one: string, other: string): readonly string[] {
  const mine = ancestorsOf(repository, [one]);
  const shared = [...ancestorsOf(repository, [other])].filter((sha) => mine.has(sha));
  const before = ancestorsOf(
    repository,
    shared.flatMap((sha) => repository.parents(sha)),
  );
  return shared.filter((sha) => !before.has(sha));
}
