import type { SimulatedRemote } from './remote.ts';

/** A commit as the oracle sees it. */
export interface Past {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly author: { readonly name: string; readonly email: string; readonly atS: number };
  readonly committer: { readonly name: string; readonly email: string; readonly atS: number };
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

export async function readHistory(remote: SimulatedRemote): Promise<History> {
  const tips = [...new Set(remote.tips.flatMap(({ sha }) => sha ?? []))];
  if (tips.length === 0) return new History(new Map());
  const format = `--format=%x01${['%H', '%P', '%an', '%ae', '%at', '%cn', '%ce', '%ct', '%B', ''].join('%x02')}`;
  const text = await remote.git(
    ...['log', '--raw', '--no-abbrev', '--no-renames', '-m', '--root', '-z', format],
    ...tips,
    '--',
  );
  // A merge comes once for each parent.
  const perParent = new Map<
    string,
    { past: Omit<Past, 'changed' | 'brought'>; diffs: Map<string, string | null>[] }
  >();
  for (const record of text.split('\x01').slice(1)) {
    const [
      sha = '',
      parents = '',
      an = '',
      ae = '',
      at = '',
      cn = '',
      ce = '',
      ct = '',
      message = '',
      raw = '',
    ] = record.split('\x02');
    const bare = sha.split(' ')[0] ?? '';
    const seen = perParent.get(bare) ?? {
      past: {
        sha: bare,
        parents: parents.split(' ').filter((parent) => parent !== ''),
        author: { name: an, email: ae, atS: Number(at) },
        committer: { name: cn, email: ce, atS: Number(ct) },
        message,
      },
      diffs: [],
    };
    seen.diffs.push(diffOf(raw));
    perParent.set(bare, seen);
  }
  const commits = new Map<string, Past>();
  for (const [sha, { past, diffs }] of perParent) {
    const [first = new Map<string, string | null>()] = diffs;
    // A parent that nothing differs from has no record.
    const isWhole = diffs.length >= past.parents.length;
    const changed = isWhole
      ? new Map([...first].filter(([path]) => diffs.every((diff) => diff.has(path))))
      : new Map<string, string | null>();
    commits.set(sha, { ...past, changed, brought: new Set(diffs.flatMap((diff) => [...diff.keys()])) });
  }
  return new History(commits);
}

function diffOf(raw: string): Map<string, string | null> {
  const diff = new Map<string, string | null>();
  const tokens = raw.split('\0').map((token) => token.replace(/^\n+/, ''));
  for (let at = 0; at < tokens.length; at += 1) {
    const found = /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) [A-Z]$/.exec(tokens[at] ?? '');
    if (found === null) continue;
    at += 1;
    diff.set(tokens[at] ?? '', /^0+$/.test(found[1] ?? '') ? null : (found[1] ?? ''));
  }
  return diff;
}

export async function treeOf(
  remote: SimulatedRemote,
  tip: string | null,
): Promise<ReadonlyMap<string, string>> {
  if (tip === null) return new Map();
  const listing = await remote.git('ls-tree', '-r', '-z', tip);
  return new Map(
    listing
      .split('\0')
      .filter((line) => line !== '')
      .map((line) => {
        const [about = '', path = ''] = line.split('\t');
        return [path, about.split(' ')[2] ?? ''];
      }),
  );
}
