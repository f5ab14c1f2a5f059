import { FOLDER_MODE, type TreeEntries } from '../object-text.ts';
import type { Repository } from './repository.ts';

type Entry = { readonly mode: string; readonly sha: string };

/** A path that two trees have otherwise. */
export interface Difference {
  readonly path: string;
  readonly before: Entry | null;
  readonly after: Entry | null;
}

const none: TreeEntries = new Map();

/** Files that differ between two trees (null: an empty one), in git's order. */
export function compareTrees(
  repository: Repository,
  from: string | null,
  to: string | null,
  below = '',
): Difference[] {
  if (from === to) return [];
  const before = from === null ? none : repository.entries(from);
  const after = to === null ? none : repository.entries(to);
  /** In git's order, a folder stands where its name with a slash at the end would. */
  const keys = new Map<string, { readonly name: string; readonly isFolder: boolean }>();
  for (const entries of [before, after]) {
    for (const [name, { mode }] of entries) {
      const isFolder = mode === FOLDER_MODE;
      keys.set(isFolder ? `${name}/` : name, { name, isFolder });
    }
  }
  const sorted = [...keys].sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  return sorted.flatMap(([, { name, isFolder }]) => {
    const of = (entries: TreeEntries) => {
      const entry = entries.get(name);
      return entry !== undefined && (entry.mode === FOLDER_MODE) === isFolder ? entry : null;
    };
    const [mine, theirs] = [of(before), of(after)];
    const path = below + name;
    if (isFolder) return compareTrees(repository, mine?.sha ?? null, theirs?.sha ?? null, `${path}/`);
    if (mine?.sha === theirs?.sha && mine?.mode === theirs?.mode) return [];
    return [{ path, before: mine, after: theirs }];
  });
}

/** As `--raw -z --no-abbrev` writes it. */
export function rawLine({ path, before, after }: Difference): string {
  const [nothing, noMode] = ['0'.repeat(40), '000000'];
  const kind = before === null ? 'A' : after === null ? 'D' : 'M';
  return `:${before?.mode ?? noMode} ${after?.mode ?? noMode} ${before?.sha ?? nothing} ${after?.sha ?? nothing} ${kind}\0${path}\0`;
}
