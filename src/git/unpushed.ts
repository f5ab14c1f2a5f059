import type { Clone } from './clone.ts';

/** A commit read back from the local clone: everything that is needed to make it once more on another parent. */
export interface StoredCommit {
  readonly sha: string;
  readonly author: { readonly name: string; readonly email: string };
  readonly authoredAtMs: number;
  readonly committer: { readonly name: string; readonly email: string };
  readonly message: string;
  readonly files: readonly StoredFile[];
}

export interface StoredFile {
  readonly path: string;
  /** Blob before, or null when the commit added the file. */
  readonly before: string | null;
  /** Blob after, or null when the commit deleted the file. */
  readonly after: string | null;
  readonly mode: string;
}

/** The commits of `range` (revisions as `git log` takes them), oldest first. */
export async function storedCommits(clone: Clone, range: readonly string[]): Promise<StoredCommit[]> {
  // Separated by NUL, which is the one character that no message and no path can hold.
  const format = '--format=%H%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%B';
  const args = [
    'log',
    '--reverse',
    '--topo-order',
    '--raw',
    '--no-abbrev',
    '--no-renames',
    '--root',
    '-z',
    format,
  ];
  const tokens = (await clone.git.ok([...args, ...range, '--'])).split('\0');
  const commits: StoredCommit[] = [];
  for (let at = 0; at < tokens.length; ) {
    const sha = (tokens[at++] ?? '').trim();
    if (!/^[0-9a-f]{40,64}$/.test(sha)) continue;
    const [name = '', email = '', seconds = '', byName = '', byEmail = '', message = ''] = tokens.slice(
      at,
      at + 6,
    );
    at += 6;
    const files: StoredFile[] = [];
    for (;;) {
      const raw = /^\n?:\d{6} (\d{6}) ([0-9a-f]+) ([0-9a-f]+) [A-Z]$/.exec(tokens[at] ?? '');
      if (raw === null) break;
      const [, mode = '', before = '', after = ''] = raw;
      files.push({ path: tokens[at + 1] ?? '', before: blobOf(before), after: blobOf(after), mode });
      at += 2;
    }
    commits.push({
      sha,
      author: { name, email },
      authoredAtMs: Number(seconds) * 1000,
      committer: { name: byName, email: byEmail },
      message,
      files,
    });
  }
  return commits;
}

function blobOf(sha: string): string | null {
  return /^0+$/.test(sha) ? null : sha;
}
