import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gitEnvironment, type Person } from './git-environment.ts';
import { assertNowhere } from './leaks/find-leaks.ts';
import { hiddenValues } from './leaks/hidden-values.ts';
import { objectsOf } from './leaks/places.ts';
import { hasSecretValues } from './leaks/secret-value.ts';
import { mustRun, runCommand } from './run-command.ts';
import { makeTempDir, withTempDir } from './temp-dir.ts';

/** A commit as `git log` tells it. Dates are strict ISO 8601. */
export interface LoggedCommit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly authorDate: string;
  readonly committer: Person;
  readonly committerDate: string;
  /** First line of the message. */
  readonly subject: string;
  /** The whole message, without the newline at its end. */
  readonly message: string;
}

/** A real bare repository in a temporary folder, in the place of a Git host. */
export interface BareRemote {
  /** Absolute path, for servers that serve repositories by path. */
  readonly path: string;
  /** As `file://` URL. */
  readonly url: string;
  /** Run any git command in the repository and return its stdout. */
  git(...args: string[]): Promise<string>;
  /** Name to SHA of every ref. */
  refs(): Promise<Readonly<Record<string, string>>>;
  /** The branch's commits, newest first; empty when there is no such branch. */
  log(branch?: string): Promise<LoggedCommit[]>;
  /** Every path of the branch's tree, sorted; empty when there is no such branch. */
  files(branch?: string): Promise<string[]>;
  /** A file of the branch byte for byte (UTF-8), or `undefined`. */
  read(branch: string, path: string): Promise<string | undefined>;
  /** The same for many files, with one call of git. */
  readAll(branch: string, paths: readonly string[]): Promise<(string | undefined)[]>;
  /**
   * Clone, write the files (`null` deletes one), commit and push as a person would; returns the new commit's SHA.
   * Makes the branch when it is missing. Default branch: `main`.
   */
  pushAs(
    person: Person,
    files: Readonly<Record<string, string | null>>,
    message: string,
    branch?: string,
  ): Promise<string>;
  /** Throws when a value of a Secret that the test made stands in any of its objects; it is removed in any case. */
  remove(): Promise<void>;
}

export interface RemoteOptions {
  /** Default: `main`. */
  readonly defaultBranch?: string;
  /** Search it for values of Secrets at the end. Default: true; not where `assertNoLeaks` does. */
  readonly search?: boolean;
}

/** Make an empty bare repository. Whoever makes it removes it. */
export async function makeBareRemote(options: RemoteOptions = {}): Promise<BareRemote> {
  const temp = await makeTempDir('remote');
  const path = join(temp.path, 'audit.git');
  const main = options.defaultBranch ?? 'main';
  await mustRun('git', ['init', '--quiet', '--bare', `--initial-branch=${main}`, path], {
    env: gitEnvironment(),
  });
  const git = (...args: string[]) => mustRun('git', args, { cwd: path, env: gitEnvironment() });
  const exists = async (ref: string) =>
    (await git('for-each-ref', '--format=%(refname)', ref)).trim() === ref;
  let known: { readonly tip: string; readonly answers: Map<string, Promise<unknown>> } | undefined;
  /** Who waits for a commit asks all the time: git is only asked when the branch has moved. */
  const asOfTip = async <T>(branch: string, question: string, ask: (from: string) => Promise<T>) => {
    const file = await readFile(join(path, 'refs', 'heads', branch), 'utf8').catch(() => undefined);
    // Without a file of its own, the branch may stand in packed-refs.
    if (file === undefined) return ask(`refs/heads/${branch}`);
    const tip = file.trim();
    if (known?.tip !== tip) known = { tip, answers: new Map() };
    const { answers } = known;
    const answer = (answers.get(question) as Promise<T> | undefined) ?? ask(tip);
    answers.set(question, answer);
    return answer;
  };
  const isThere = async (from: string) => !from.startsWith('refs/') || exists(from);
  return {
    path,
    url: pathToFileURL(path).href,
    git,
    refs: async () => {
      const lines = (await git('for-each-ref', '--format=%(refname) %(objectname)')).trim().split('\n');
      return Object.fromEntries(lines.filter((line) => line !== '').map((line) => line.split(' ')));
    },
    log: async (branch = main) => {
      const ask = async (from: string) => ((await isThere(from)) ? readLog(git, from) : []);
      return [...(await asOfTip(branch, 'log', ask))];
    },
    files: async (branch = main) => {
      const ask = async (from: string) => {
        if (!(await isThere(from))) return [];
        const listed = await git('ls-tree', '-r', '-z', '--name-only', from);
        return listed
          .split('\0')
          .filter((file) => file !== '')
          .sort();
      };
      return [...(await asOfTip(branch, 'files', ask))];
    },
    read: (branch, file) =>
      asOfTip(branch, `read ${file}`, async (from) => {
        const args = ['cat-file', 'blob', `${from}:${file}`];
        const { code, stdout } = await runCommand('git', args, { cwd: path, env: gitEnvironment() });
        return code === 0 ? stdout : undefined;
      }),
    readAll: async (branch, paths) => {
      const input = paths.map((file) => `refs/heads/${branch}:${file}\n`).join('');
      const { code, stdout } = await runCommand('git', ['cat-file', '--batch'], {
        cwd: path,
        env: gitEnvironment(),
        input,
      });
      if (code !== 0) throw new Error(`git cat-file: ${code}`);
      return splitBatch(Buffer.from(stdout), paths.length);
    },
    pushAs: (person, files, message, branch = main) => pushAs(path, person, files, message, branch),
    remove: async () => {
      try {
        if (options.search !== false && hasSecretValues())
          await assertNowhere(hiddenValues([]), [objectsOf(path, 'the remote')]);
      } finally {
        await temp.remove();
      }
    },
  };
}

/** Call `use` with a fresh bare repository, and remove it afterwards, as `remove` does. */
export async function withBareRemote<T>(
  use: (remote: BareRemote) => Promise<T>,
  options: RemoteOptions = {},
): Promise<T> {
  const remote = await makeBareRemote(options);
  try {
    return await use(remote);
  } finally {
    await remote.remove();
  }
}

/** What `git cat-file --batch` wrote: a header with the length of each blob, then the blob, or that it is missing. */
function splitBatch(output: Buffer, count: number): (string | undefined)[] {
  let at = 0;
  return Array.from({ length: count }, () => {
    const end = output.indexOf('\n', at);
    const header = output.toString('utf8', at, end);
    at = end + 1;
    if (header.endsWith(' missing')) return undefined;
    const length = Number(header.slice(header.lastIndexOf(' ') + 1));
    const blob = output.toString('utf8', at, at + length);
    at += length + 1;
    return blob;
  });
}

async function readLog(git: BareRemote['git'], from: string): Promise<LoggedCommit[]> {
  const format = ['%H', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'].join('%x1f');
  const text = await git('log', '-z', `--format=${format}`, from);
  const records = text.split('\0').filter((record) => record !== '');
  return records.map((record) => {
    const [
      sha = '',
      parents = '',
      an = '',
      ae = '',
      authorDate = '',
      cn = '',
      ce = '',
      committerDate = '',
      ...rest
    ] = record.split('\x1f');
    const message = rest.join('\x1f').replace(/\n+$/, '');
    return {
      sha,
      parents: parents.split(' ').filter((parent) => parent !== ''),
      author: { name: an, email: ae },
      authorDate,
      committer: { name: cn, email: ce },
      committerDate,
      subject: message.split('\n')[0] ?? '',
      message,
    };
  });
}

function pushAs(
  remote: string,
  person: Person,
  files: Readonly<Record<string, string | null>>,
  message: string,
  branch: string,
): Promise<string> {
  return withTempDir(async (dir) => {
    const env = gitEnvironment(person);
    const git = (...args: string[]) => mustRun('git', args, { cwd: dir, env });
    await git('init', '--quiet', `--initial-branch=${branch}`, '.');
    await git('remote', 'add', 'origin', remote);
    const fetched = await runCommand('git', ['fetch', '--quiet', 'origin', branch], { cwd: dir, env });
    if (fetched.code === 0) await git('reset', '--quiet', '--hard', 'FETCH_HEAD');
    for (const [file, content] of Object.entries(files)) {
      const path = join(dir, file);
      if (content === null) await rm(path);
      else {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, content);
      }
    }
    await git('add', '--all', '--force');
    await git('commit', '--quiet', '--allow-empty', '-m', message);
    await git('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
    return (await git('rev-parse', 'HEAD')).trim();
  }, 'clone');
}
