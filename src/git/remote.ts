import { CodedError } from '../errors.ts';
import type { ObjectFormat } from './blob-sha.ts';
import { refsOf } from './branch.ts';
import { classifyGitFailure, type GitFailure } from './classify.ts';
import type { Clone } from './clone.ts';
import { createGit, type GitObserver, type GitOptions } from './git.ts';
import { gitLimits } from './git-limits.ts';
import type { RemoteAccess } from './remote-access.ts';
import type { RemoteUrl } from './remote-url.ts';

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
}

/** A ref of the remote (its full name) and the commit that it is to point to. */
export interface RemoteMove {
  readonly ref: string;
  readonly to: string;
}

/** How a push ended; `created`: refs that the remote did not have. */
export type PushResult =
  | { readonly ok: true; readonly created: readonly string[] }
  | { readonly ok: false; readonly failure: GitFailure };

/** One remote repository seen with one set of credentials. Every failure is a CodedError, or a GitFailure of `push`. */
export interface Remote {
  readonly url: RemoteUrl;
  look(dir: string, branch: string, signal?: AbortSignal): Promise<RemoteState>;
  /** Fetches a branch into `refs/gitops-reverser/fetched/<branch>`; null when the remote has no such branch. */
  fetch(clone: Clone, branch: string, signal?: AbortSignal, from?: string): Promise<string | null>;
  /** Moves refs of the remote forward, never by force; several at once or not at all. */
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

  return {
    url,
    async look(dir, branch, signal) {
      const { head } = refsOf(branch);
      const text = await createGit(dir, observe).ok(
        ['ls-remote', '--symref', url.url, 'HEAD', head],
        options(signal),
      );
      access.keepWarm();
      return parseLook(text, head);
    },
    async fetch(clone, branch, signal, from) {
      const { head, fetched } = refsOf(branch);
      // --progress: something is written all along, so silence means that nothing moves.
      const args = [
        'fetch',
        '--progress',
        '--no-tags',
        '--no-write-fetch-head',
        url.url,
        `+${from ?? head}:${fetched}`,
      ];
      const output = await network(args, clone, signal);
      if (output.exitCode !== 0) {
        if (/couldn't find remote ref/i.test(output.stderr)) return null;
        const { code, message, retry } = classifyGitFailure(output);
        throw new CodedError(code, message, { retry });
      }
      access.keepWarm();
      return clone.resolve(fetched);
    },
    async push(clone, moves, signal) {
      // Not every host can do --atomic; one ref is atomic anyway.
      const atomic = moves.length > 1 ? ['--atomic'] : [];
      const refspecs = moves.map(({ ref, to }) => `${to}:${ref}`);
      const args = ['push', '--porcelain', '--progress', '--no-verify', ...atomic, url.url, ...refspecs];
      const output = await network(args, clone, signal);
      if (output.exitCode !== 0) return { ok: false, failure: classifyGitFailure(output) };
      access.keepWarm();
      return { ok: true, created: moves.map(({ ref }) => ref).filter((ref) => isNew(output.stdout, ref)) };
    },
  };
}

function parseLook(text: string, head: string): RemoteState {
  let tip: string | null = null;
  let defaultTip: string | null = null;
  let defaultRef: string | null = null;
  for (const line of text.split('\n')) {
    const [value = '', name = ''] = line.split('\t');
    if (value.startsWith('ref: ') && name === 'HEAD') defaultRef = value.slice('ref: '.length);
    else if (name === 'HEAD') defaultTip = value;
    else if (name === head) tip = value;
  }
  const sample = tip ?? defaultTip;
  return {
    format: sample === null ? null : sample.length === 64 ? 'sha256' : 'sha1',
    tip,
    defaultTip,
    defaultRef,
  };
}

/** `*\t<from>:<to>\t[new branch]` in the porcelain output. */
function isNew(porcelain: string, ref: string): boolean {
  return porcelain
    .split('\n')
    .some((line) => line.startsWith('*\t') && line.split('\t')[1]?.endsWith(`:${ref}`));
}
