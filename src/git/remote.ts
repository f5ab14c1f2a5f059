import { CodedError, messageOf } from '../errors.ts';
import type { ObjectFormat } from './blob-sha.ts';
import { refsOf } from './branch.ts';
import { classifyGitFailure, type GitFailure } from './classify.ts';
import type { Clone } from './clone.ts';
import { createGit, type GitObserver, type GitOptions } from './git.ts';
import { gitLimits } from './git-limits.ts';
import type { RemoteAccess } from './remote-access.ts';
import type { RemoteUrl } from './remote-url.ts';
import { bordersOf } from './shallow.ts';

/** What a remote has of a branch. */
export interface RemoteState {
  /** null when the remote is empty: an empty repository does not say. */
  readonly format: ObjectFormat | null;
  /** Tip of the branch, or null when there is no such branch. */
  readonly tip: string | null;
  /** Tip of the remote's default branch, or null (an empty repository, a HEAD that points nowhere). */
  readonly defaultTip: string | null;
  /** Full name of the default branch, where the remote says it. */
  readonly defaultRef: string | null;
  /** What the ref that was also asked for points to, or null. */
  readonly also: string | null;
}

/** A ref of the remote (its full name) and the commit that it is to point to. */
export interface RemoteMove {
  readonly ref: string;
  readonly to: string;
  /** For a ref that may be moved to anything, if it stands there now (null: does not exist). Else only forward. */
  readonly lease?: string | null;
}

/** How a push ended; `created`: refs that the remote did not have. */
export type PushResult =
  | { readonly ok: true; readonly created: readonly string[] }
  | {
      readonly ok: false;
      readonly failure: GitFailure;
      /** What the remote (or git, for it) said of each ref, where it said anything. */
      readonly refused: ReadonlyMap<string, string>;
      /** The remote cannot move several refs at once. */
      readonly atomicUnsupported: boolean;
    };

/** One remote repository seen with one set of credentials. Every failure is a CodedError, or a GitFailure of `push`. */
export interface Remote {
  readonly url: RemoteUrl;
  look(dir: string, branch: string, signal?: AbortSignal, also?: string): Promise<RemoteState>;
  /** Fetches a branch into `refs/gitops-reverser/fetched/<branch>`; null when the remote has no such branch. */
  fetch(clone: Clone, branch: string, signal?: AbortSignal, from?: string): Promise<string | null>;
  /** Fetches one ref of the remote under the same name, of a shallow clone without its history; false: there is none. */
  fetchRef(clone: Clone, ref: string, signal?: AbortSignal): Promise<boolean>;
  /** Fetches about so many more commits of a shallow branch's history; the branch itself stays where it is. */
  deepen(clone: Clone, branch: string, commits: number, signal?: AbortSignal): Promise<void>;
  /** Moves refs of the remote: a branch forward, never by force; several at once or not at all. */
  push(clone: Clone, moves: readonly RemoteMove[], signal?: AbortSignal): Promise<PushResult>;
}

export function createRemote(url: RemoteUrl, access: RemoteAccess, observe?: GitObserver): Remote {
  const options = (signal: AbortSignal | undefined): GitOptions => ({
    env: access.env,
    timeoutMs: gitLimits.networkTimeoutMs,
    silenceMs: gitLimits.networkSilenceMs,
    ...(signal === undefined ? {} : { signal }),
  });
  const network = (args: readonly string[], clone: Clone, signal: AbortSignal | undefined) =>
    createGit(clone.dir, observe).run(args, options(signal));
  /** Whether the remote has what was asked for. */
  const fetchInto = (clone: Clone, args: readonly string[], signal: AbortSignal | undefined) =>
    clone.packing(async () => {
      const output = await network(args, clone, signal);
      if (output.exitCode === 0) return true;
      if (/couldn't find remote ref/i.test(output.stderr)) return false;
      const { code, message, retry } = classifyGitFailure(output);
      throw new CodedError(code, message, { retry });
    });

  return {
    url,
    async look(dir, branch, signal, also) {
      const { head } = refsOf(branch);
      const text = await createGit(dir, observe).ok(
        ['ls-remote', '--symref', url.url, 'HEAD', head, ...(also === undefined ? [] : [also])],
        options(signal),
      );
      access.keepWarm();
      return parseLook(text, head, also ?? null);
    },
    async fetch(clone, branch, signal, from) {
      const { head, fetched } = refsOf(branch);
      // --progress: something is written all along, so silence means that nothing moves.
      const args = ['fetch', '--progress', '--no-tags', '--no-write-fetch-head'];
      const what = [url.url, `+${from ?? head}:${fetched}`];
      const recent = (await isNew(clone, branch)) ? [`--depth=${gitLimits.firstFetchDepth}`] : [];
      const found = await fetchInto(clone, [...args, ...recent, ...what], signal).catch((error) => {
        // "Server does not support shallow requests", "dumb http transport does not support shallow capabilities"
        if (recent.length === 0 || !/not support shallow/.test(messageOf(error))) throw error;
        return fetchInto(clone, [...args, ...what], signal);
      });
      if (!found) return null;
      access.keepWarm();
      return clone.resolve(fetched);
    },
    async fetchRef(clone, ref, signal) {
      // What it leads to may be history that a shallow clone left out.
      const shallow = (await bordersOf(clone.dir)).size > 0 ? ['--depth=1'] : [];
      const how = ['--progress', '--no-tags', '--no-write-fetch-head', ...shallow];
      return fetchInto(clone, ['fetch', ...how, url.url, `+${ref}:${ref}`], signal);
    },
    async deepen(clone, branch, commits, signal) {
      const args = [
        'fetch',
        '--progress',
        '--no-tags',
        '--no-write-fetch-head',
        `--deepen=${commits}`,
        url.url,
      ];
      // Without its branch, the history that it started from may be the default branch's.
      const found = await fetchInto(clone, [...args, refsOf(branch).head], signal);
      if (!found) await fetchInto(clone, [...args, 'HEAD'], signal);
      access.keepWarm();
    },
    async push(clone, moves, signal) {
      // Not every host can do --atomic; one ref is atomic anyway.
      const atomic = moves.length > 1 ? ['--atomic'] : [];
      const refspecs = moves.map(({ ref, to }) => `${to}:${ref}`);
      const leases = moves.flatMap(({ ref, lease }) =>
        lease === undefined ? [] : [`--force-with-lease=${ref}:${lease ?? ''}`],
      );
      const how = ['--porcelain', '--progress', '--no-verify', ...atomic, ...leases];
      const args = ['push', ...how, url.url, ...refspecs];
      const output = await network(args, clone, signal);
      if (output.exitCode !== 0) {
        return {
          ok: false,
          failure: classifyGitFailure(output),
          refused: refusedRefs(output.stdout),
          atomicUnsupported: /does not support --atomic/.test(output.stderr),
        };
      }
      access.keepWarm();
      return {
        ok: true,
        created: moves.map(({ ref }) => ref).filter((ref) => wasCreated(output.stdout, ref)),
      };
    },
  };
}

/** Whether the clone has nothing of a branch: then its recent commits are enough at first. */
async function isNew(clone: Clone, branch: string): Promise<boolean> {
  const { head, origin, fetched } = refsOf(branch);
  const known = await Promise.all([head, origin, fetched].map((ref) => clone.resolve(ref)));
  return known.every((commit) => commit === null);
}

function parseLook(text: string, head: string, alsoRef: string | null): RemoteState {
  let also: string | null = null;
  let tip: string | null = null;
  let defaultTip: string | null = null;
  let defaultRef: string | null = null;
  for (const line of text.split('\n')) {
    const [value = '', name = ''] = line.split('\t');
    if (value.startsWith('ref: ') && name === 'HEAD') defaultRef = value.slice('ref: '.length);
    else if (name === 'HEAD') defaultTip = value;
    else if (name === head) tip = value;
    else if (name === alsoRef) also = value;
  }
  const sample = tip ?? defaultTip;
  return {
    format: sample === null ? null : sample.length === 64 ? 'sha256' : 'sha1',
    tip,
    defaultTip,
    defaultRef,
    also,
  };
}

/** `!\t<from>:<to>\t[rejected] (why)` in the porcelain output. */
function refusedRefs(porcelain: string): ReadonlyMap<string, string> {
  const refused = new Map<string, string>();
  for (const line of porcelain.split('\n')) {
    const [flag, refs = '', why = ''] = line.split('\t');
    if (flag === '!') refused.set(refs.slice(refs.lastIndexOf(':') + 1), why);
  }
  return refused;
}

/** `*\t<from>:<to>\t[new branch]` in the porcelain output. */
function wasCreated(porcelain: string, ref: string): boolean {
  return porcelain
    .split('\n')
    .some((line) => line.startsWith('*\t') && line.split('\t')[1]?.endsWith(`:${ref}`));
}
