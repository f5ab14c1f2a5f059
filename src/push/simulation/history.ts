import type { CommitText, Signature } from './object-text.ts';
import type { SimulatedRemote } from './remote.ts';

/** A commit as the oracle sees it. */
export interface Past {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
  /** path → blob after (null: deleted), of what differs from every parent: what this commit changed itself. */
  readonly changed: ReadonlyMap<string, string | null>;
  /** Paths that differ from some parent: what a merge brought, too. */
  readonly brought: ReadonlySet<string>;
}

/** All that a remote's branch ever held, also what was taken away from it. */
export class History {
  readonly commits: ReadonlyMap<string, Past>;
  readonly #ancestors = new Map<string, ReadonlySet<string>>();

  constructor(commits: ReadonlyMap<string, Past>) {
    this.commits = commits;
  }

  /** The commit and everything before it. */
  upTo(sha: string | null): ReadonlySet<string> {
    if (sha === null) return new Set();
    const known = this.#ancestors.get(sha);
    if (known !== undefined) return known;
    const found = new Set<string>();
    const open = [sha];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      open.push(...(this.commits.get(next)?.parents ?? []));
    }
    this.#ancestors.set(sha, found);
    return found;
  }

  /** Of these commits, those that no other of them comes after. */
  newest(commits: readonly Past[]): Past[] {
    return commits.filter(
      (one) => !commits.some((other) => other !== one && this.upTo(other.sha).has(one.sha)),
    );
  }
}

/** Reads what the branch holds, and all that it held. */
export function readHistory({ tips, objects }: SimulatedRemote): History {
  const commits = new Map<string, Past>();
  const texts = new Map<string, CommitText>();
  for (let open = tips.flatMap(({ sha }) => sha ?? []); open.length > 0; ) {
    objects.fetch(open);
    for (const sha of open) texts.set(sha, objects.readCommit(sha));
    open = [...new Set(open.flatMap((sha) => texts.get(sha)?.parents ?? []))].filter(
      (sha) => !texts.has(sha),
    );
  }
  objects.fetch([...texts.values()].map(({ tree }) => tree));
  const filesOf = (sha: string | null) => objects.files(sha === null ? null : (texts.get(sha)?.tree ?? null));
  for (const [sha, { parents, author, committer, message }] of texts) {
    const sides: readonly (string | null)[] = parents.length === 0 ? [null] : parents;
    const diffs = sides.map((side) => differences(filesOf(side), filesOf(sha)));
    const [first = new Map<string, string | null>()] = diffs;
    commits.set(sha, {
      sha,
      parents,
      author,
      committer,
      message,
      changed: new Map([...first].filter(([path]) => diffs.every((diff) => diff.has(path)))),
      brought: new Set(diffs.flatMap((diff) => [...diff.keys()])),
    });
  }
  return new History(commits);
}

/** path → blob after (null: none). */
function differences(
  from: ReadonlyMap<string, string>,
  to: ReadonlyMap<string, string>,
): Map<string, string | null> {
  const different = new Map<string, string | null>();
  for (const [path, blob] of to) if (from.get(path) !== blob) different.set(path, blob);
  for (const path of from.keys()) if (!to.has(path)) different.set(path, null);
  return different;
}
