import type { Clock } from '../clock.ts';
import type { Identity } from '../commit/commit-request.ts';
import { CodedError } from '../errors.ts';
import type { Clone } from '../git/clone.ts';
import { committersOf, readCursorCommit, writeCursorCommit } from '../git/cursor-commit.ts';
import { isAncestorOf } from '../git/history.ts';
import type { PushResult, Remote, RemoteMove } from '../git/remote.ts';
import { TreeIndex, updateTreeIndex } from '../git/tree-index.ts';
import type { Log } from '../log.ts';
import { type CursorDocument, decodeDocument, encodeDocument, withForeign } from './cursor-document.ts';
import { foreignCommits } from './foreign-commits.ts';
import type { IsOwnCommitter } from './last-writer.ts';
import { pushLimits } from './push-limits.ts';

export interface RemoteCursorOptions {
  /** 16 hexadecimal digits, the same for the same operator, repository and branch. */
  readonly id: string;
  readonly clone: Clone;
  readonly branch: string;
  readonly prefixes: readonly string[];
  readonly committer: Identity;
  readonly isOwn: IsOwnCommitter;
  readonly clock: Clock;
  readonly log: Log;
  /** The host does not take the ref. Told once, until it took it again. Must not throw. */
  readonly onRefused: (reason: string) => void;
}

/** The commit on the remote whose document is known to be there. */
interface Saved {
  readonly sha: string;
  readonly document: CursorDocument;
}

/**
 * The cursors of a branch as its remote keeps them: `refs/gitops-reverser/cursors/<id>`, a commit of one file on top of
 * the commit of the branch that it speaks of. It moves together with the branch, in the same push.
 *
 * Never costs more than the resume: whatever goes wrong with this ref, the branch is pushed without it.
 */
export class RemoteCursor {
  readonly ref: string;
  readonly #options: RemoteCursorOptions;
  /** What the ref is known to point to on the remote. */
  #known: string | null = null;
  #saved: Saved | null = null;
  #triedAtMs: number;
  #refusedAtMs: number | null = null;
  #toldRefused = false;
  /** Whether the remote cannot move both at once: the branch is pushed first, and the cursor after it. */
  #separate = false;
  /** Whether the last push of both broke off, maybe because of the cursor: the next are separate, too. */
  #doubtful = false;

  constructor(options: RemoteCursorOptions) {
    this.#options = options;
    this.#triedAtMs = options.clock.now();
    this.ref = `refs/gitops-reverser/cursors/${options.id}`;
  }

  /** Where the remote's ref stands. */
  seen(sha: string | null): void {
    this.#known = sha;
  }

  /**
   * The document that holds at `tip`, the remote branch; null when there is none, when the branch has newer commits
   * of an operator, or does not have the one it speaks of.
   */
  async recover(remote: Remote, tip: string, signal: AbortSignal): Promise<CursorDocument | null> {
    const { clone, log } = this.#options;
    if (this.#known === null) return null;
    try {
      if (!(await remote.fetchRef(clone, this.ref, signal))) return null;
      return await this.#read(tip);
    } catch (error) {
      if (error instanceof CodedError && ['RemoteUnreachable', 'TimedOut'].includes(error.code)) throw error;
      log.warn('Cursors of the remote cannot be used', {
        error: error instanceof Error ? error.message : String(error),
      });
      return null;
    }
  }

  async #read(tip: string): Promise<CursorDocument | null> {
    const { clone, isOwn, prefixes, log } = this.#options;
    const stored = await readCursorCommit(clone.git, this.ref, pushLimits.cursorBytesMax);
    const document = stored === null ? null : decodeDocument(stored.content);
    const unfit = (reason: string) => {
      log.info('The cursors of the remote do not fit its branch', { reason });
      return null;
    };
    if (stored === null || document === null) return unfit('not readable');
    const { parent } = stored;
    await clone.git.run(['update-ref', '-d', this.ref]);
    if (parent === tip) return document;
    if (!(await isAncestorOf(clone, parent, tip))) return unfit(`its commit ${parent} is not in ${tip}`);
    // Another cluster's operator may have the same address: it matters where this one writes, too.
    if ([...(await committersOf(clone.git, tip, parent, prefixes))].some(isOwn))
      return unfit(`an operator pushed to ${tip} after it`);
    const changed = await updateTreeIndex(new TreeIndex(), clone.git, parent, tip, prefixes);
    const range = [tip, `^${parent}`];
    const by = await foreignCommits(clone, range, new Set(changed.keys()), prefixes);
    return withForeign(document, by, []);
  }

  /** Milliseconds until marks without a commit are to be pushed; Infinity: there is nothing to push. */
  dueInMs(sha: string | null, document: CursorDocument): number {
    if (sha === null || this.#isSaved(sha, document) || document.owners.size === 0) {
      return Number.POSITIVE_INFINITY;
    }
    const since = this.#options.clock.now() - this.#triedAtMs;
    const wait = this.#refusedAtMs === null ? pushLimits.cursorIntervalMs : pushLimits.cursorRefusedMs;
    return Math.max(0, wait - since);
  }

  /** Whether the host did not take the ref when it was last tried. */
  get isRefused(): boolean {
    return this.#refusedAtMs !== null;
  }

  #isSaved(sha: string, document: CursorDocument): boolean {
    return this.#saved?.sha === sha && this.#saved.document === document;
  }

  /**
   * Pushes a branch, and what is known at the commit that it moves to. Tells how the branch fared.
   *
   * `branchFirst`: others are pushing all the time, and the branch must not lose time with its cursor.
   */
  async push(
    remote: Remote,
    branch: RemoteMove,
    document: CursorDocument | null,
    how: { readonly signal: AbortSignal; readonly branchFirst: boolean },
  ): Promise<PushResult> {
    const { clone, clock } = this.#options;
    const { signal, branchFirst } = how;
    const refused =
      this.#refusedAtMs !== null && clock.now() < this.#refusedAtMs + pushLimits.cursorRefusedMs;
    if (document === null || document.owners.size === 0 || refused)
      return remote.push(clone, [branch], signal);
    if (this.#separate || this.#doubtful || branchFirst)
      return this.#pushOneByOne(remote, branch, document, signal);
    const { to } = branch;
    this.#triedAtMs = clock.now();
    const sha = await this.#write(to, document);
    let result = await remote.push(clone, [branch, this.#move(sha)], signal);
    if (!result.ok && isStale(result, this.ref) && !isMoved(result, branch.ref)) {
      await this.#lookAgain(remote, signal);
      result = await remote.push(clone, [branch, this.#move(sha)], signal);
    }
    if (result.ok) {
      this.#took(sha, { sha: to, document });
      return { ok: true, created: result.created.filter((ref) => ref === branch.ref) };
    }
    // Of a branch that moves at that very moment only standard error says so.
    const isLost = isMoved(result, branch.ref) || result.failure.rejection === 'NonFastForward';
    if (isLost || signal.aborted) return result;
    if (result.atomicUnsupported) {
      this.#separate = true;
      return this.#pushOneByOne(remote, branch, document, signal);
    }
    if (!['PushRejected', 'PermissionDenied'].includes(result.failure.code)) {
      // Maybe the host breaks off when it sees such a ref: next time the branch goes first.
      this.#doubtful = true;
      return result;
    }
    // Only the cursor is refused, or what was in the way has passed.
    return this.#pushOneByOne(remote, branch, document, signal);
  }

  /** Pushes marks without a commit: `sha` is the remote branch. */
  async pushAlone(remote: Remote, sha: string, document: CursorDocument, signal: AbortSignal): Promise<void> {
    const { clone, clock, log } = this.#options;
    this.#triedAtMs = clock.now();
    const cursor = await this.#write(sha, document);
    let result = await remote.push(clone, [this.#move(cursor)], signal);
    if (!result.ok && isStale(result, this.ref)) {
      await this.#lookAgain(remote, signal);
      result = await remote.push(clone, [this.#move(cursor)], signal);
    }
    if (result.ok) return this.#took(cursor, { sha, document });
    if (signal.aborted) return;
    const { code, message } = result.failure;
    log.debug('Cursors were not pushed', { code, error: message });
    // Somebody else is moving it: that is no refusal.
    if (isStale(result, this.ref)) return;
    if (this.#doubtful || ['PushRejected', 'PermissionDenied'].includes(code)) this.#refused(message);
  }

  async #pushOneByOne(
    remote: Remote,
    branch: RemoteMove,
    document: CursorDocument,
    signal: AbortSignal,
  ): Promise<PushResult> {
    const result = await remote.push(this.#options.clone, [branch], signal);
    if (result.ok) await this.pushAlone(remote, branch.to, document, signal).catch(() => {});
    return result;
  }

  #move(to: string): RemoteMove {
    return { ref: this.ref, to, lease: this.#known };
  }

  #write(parent: string, document: CursorDocument): Promise<string> {
    const { clone, committer, clock, branch } = this.#options;
    return writeCursorCommit(clone, {
      parent,
      content: encodeDocument(document),
      committer,
      atMs: clock.now(),
      message: `Cursors of ${branch}\n`,
    });
  }

  async #lookAgain(remote: Remote, signal: AbortSignal): Promise<void> {
    const { clone, branch } = this.#options;
    this.#known = (await remote.look(clone.dir, branch, signal, this.ref)).also;
  }

  #took(sha: string, saved: Saved): void {
    this.#known = sha;
    this.#saved = saved;
    this.#doubtful = false;
    this.#refusedAtMs = null;
    this.#toldRefused = false;
  }

  #refused(reason: string): void {
    const { clock, log, onRefused } = this.#options;
    this.#refusedAtMs = clock.now();
    if (this.#toldRefused) return;
    this.#toldRefused = true;
    log.warn('The remote does not take the cursor ref', { ref: this.ref, reason });
    onRefused(reason);
  }
}

/** The cursor ref is not where it was known to be: another process moved it. */
function isStale(result: PushResult & { ok: false }, ref: string): boolean {
  return /stale info|already exists|incorrect old value|cannot lock ref|failed to update ref/.test(
    result.refused.get(ref) ?? '',
  );
}

/** The branch itself has newer commits. */
function isMoved(result: PushResult & { ok: false }, ref: string): boolean {
  return /fetch first|non-fast-forward|stale info|already exists|incorrect old value|cannot lock ref|failed to update ref/.test(
    result.refused.get(ref) ?? '',
  );
}
