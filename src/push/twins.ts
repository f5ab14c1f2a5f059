import { createHash } from 'node:crypto';
import { versionIn } from '../commit/message.ts';
import type { Clone } from '../git/clone.ts';
import { type StoredCommit, storedCommits } from '../git/unpushed.ts';
import { pushLimits } from './push-limits.ts';

/**
 * Commits of the remote that an operator made, by what they say: same contents and resource version, where the message
 * names that, else same author, author date and message. Of a version the author need not be the same: a process that
 * goes on where another was killed may not know any more who it was, and the other's last push may land later. An unpushed commit that has a twin there got there already, however that came about; it is not made once more.
 */
export class Twins {
  readonly #counts = new Map<string, number>();

  add(commits: readonly StoredCommit[]): void {
    for (const commit of commits) {
      const key = keyOf(commit);
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    }
  }

  /** Whether there is a twin; it is one of this commit alone. */
  take(commit: StoredCommit): boolean {
    if (this.#counts.size === 0) return false;
    const key = keyOf(commit);
    const count = this.#counts.get(key) ?? 0;
    if (count > 0) this.#counts.set(key, count - 1);
    return count > 0;
  }
}

/** Commits of a range that one of `emails` committed, the newest when there are very many. */
export function commitsOf(
  clone: Clone,
  range: readonly string[],
  emails: Iterable<string>,
): Promise<StoredCommit[]> {
  const by = [...emails].map((email) => `--committer=<${email}>`);
  if (by.length === 0) return Promise.resolve([]);
  return storedCommits(clone, [`--max-count=${pushLimits.twinsMax}`, '--fixed-strings', ...by, ...range]);
}

function keyOf({ author, authoredAtMs, message, files }: StoredCommit): string {
  // Git tells files in the order of their folders.
  const wrote = files.map(({ path, after }) => [path, after]).sort();
  const version = versionIn(message);
  const said = version === undefined ? [author.name, author.email, authoredAtMs, message] : [version];
  return createHash('sha256')
    .update(JSON.stringify([...said, wrote]))
    .digest('base64');
}
