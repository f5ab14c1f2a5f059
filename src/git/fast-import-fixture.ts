/** The same commits by git itself: what this program's own writer has to agree with. */
import { gitEnvironment } from '../testing/git-environment.ts';
import { mustRun } from '../testing/run-command.ts';
import { type CommitData, signature } from './commit-data.ts';

/** Makes `commits` by `git fast-import` in a bare repository, and returns their names. */
export async function fastImport(
  dir: string,
  ref: string,
  parent: string | null,
  commits: readonly CommitData[],
): Promise<readonly string[]> {
  const names = commits.map((_, at) => `get-mark :${at + 1}\n`).join('');
  const input = Buffer.concat([...encodeCommits(ref, parent, commits), Buffer.from(`${names}done\n`)]);
  const args = ['fast-import', '--quiet', '--done', '--date-format=raw'];
  const said = await mustRun('git', args, { cwd: dir, env: gitEnvironment(), input });
  return said.trim().split('\n');
}

/**
 * The commands that make `commits`, one on top of the other, on `ref`, starting from `parent` (null: no parent).
 * Marks are 1, 2, … in order.
 */
function encodeCommits(ref: string, parent: string | null, commits: readonly CommitData[]): Buffer[] {
  const chunks: Buffer[] = [];
  let text = '';
  const data = (content: Buffer) => {
    chunks.push(Buffer.from(`${text}data ${content.length}\n`), content);
    text = '\n';
  };
  commits.forEach((commit, index) => {
    text += `commit ${ref}\nmark :${index + 1}\n`;
    text += `author ${signature(commit.author, commit.authoredAtMs)}\n`;
    text += `committer ${signature(commit.committer, commit.committedAtMs)}\n`;
    data(Buffer.from(commit.message));
    const from = index === 0 ? parent : `:${index}`;
    if (from !== null) text += `from ${from}\n`;
    if (commit.emptied) text += 'deleteall\n';
    for (const file of commit.files) {
      const path = quotePath(file.path);
      if ('deleted' in file) {
        text += `D ${path}\n`;
      } else if ('blob' in file) {
        text += `M ${file.mode} ${file.blob} ${path}\n`;
      } else {
        text += `M 100644 inline ${path}\n`;
        data(file.content);
      }
    }
    text += '\n';
  });
  chunks.push(Buffer.from(text));
  return chunks;
}

/** Quoted always: fast-import would read a leading quote, and a blank ends some arguments. */
function quotePath(path: string): string {
  return `"${path.replace(/["\\]/g, '\\$&')}"`;
}
