import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import type { CommitOutcome, CursorMark, FileChange } from '../commit/commit-request.ts';
import { createClone } from '../git/clone.ts';
import { silentLog } from '../log.ts';
import { poll } from '../testing/poll.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import type { BranchState } from './branch-state.ts';
import { BranchWorker, type BranchWorkerOptions } from './branch-worker.ts';
import type { Identify, PlaceInto } from './place.ts';
import type { DroppedChange } from './regenerate.ts';

/** A worker on a real clone, for tests, with what it told. */
export interface WorkerFixture {
  readonly worker: BranchWorker;
  readonly cloneDir: string;
  readonly dropped: readonly DroppedChange[];
  /** Hands one file over; resolves with what became of it. */
  change(path: string, content: string | null, options?: ChangeOptions): Promise<CommitOutcome>;
  changeFiles(
    files: Readonly<Record<string, string | null>>,
    options?: ChangeOptions,
  ): Promise<CommitOutcome>;
  /** Waits until the state is as wanted. */
  until(wanted: (state: BranchState) => boolean): Promise<BranchState>;
  /** Waits until everything is on the remote. */
  pushed(): Promise<BranchState>;
}

export interface ChangeOptions {
  readonly author?: string;
  readonly atMs?: number;
  readonly message?: string;
  readonly marks?: readonly CursorMark[];
  readonly onDropped?: (paths: readonly string[]) => void;
  readonly onPushed?: () => void;
}

/** Recognises files that start with `kind: `; keeps what follows a line `# keep`. */
export const placeForTest: PlaceInto = (existing, { content }) => {
  const text = existing.toString();
  if (!text.startsWith('kind: ')) return { kind: 'Refused', reason: 'not recognised' };
  const kept = text.indexOf('# keep');
  if (kept < 0) return content === null ? { kind: 'Delete' } : { kind: 'Write', content };
  const rest = text.slice(kept);
  return { kind: 'Write', content: Buffer.from((content?.toString() ?? 'kind: none\n') + rest) };
};

const identity = { group: '', kind: 'ConfigMap', namespace: 'default', name: 'a' };
export const identifyForTest: Identify = (_path, content) => {
  const text = content.toString();
  return text.startsWith('kind: ') && !text.includes('# keep') ? identity : null;
};

/** Calls `use` with a worker on a fresh clone (or the one in `dir`), and closes it afterwards. */
export function withWorker<T>(
  options: Partial<BranchWorkerOptions> & { readonly url: string; readonly dir?: string },
  use: (fixture: WorkerFixture) => Promise<T>,
): Promise<T> {
  return withTempDir(async (temp) => {
    const cloneDir = options.dir ?? join(temp, 'clone.git');
    const clone = options.clone ?? createClone({ dir: cloneDir });
    const dropped: DroppedChange[] = [];
    const worker = new BranchWorker({
      branch: 'main',
      secretData: null,
      allowLocalRepositories: true,
      committer: { name: 'GitOps Reverser', email: 'operator@example.com' },
      minIntervalMs: 0,
      maxCommits: 1000,
      placeInto: placeForTest,
      identify: identifyForTest,
      clock: systemClock,
      log: silentLog,
      onDropped: (change) => dropped.push(change),
      privateDir: temp,
      ...options,
      clone,
    });
    const until = (wanted: (state: BranchState) => boolean) =>
      poll(() => (wanted(worker.state) ? worker.state : undefined), {
        intervalMs: 5,
        what: 'the wanted state',
      }).catch((error: Error) => {
        throw new Error(`${error.message}: ${JSON.stringify(worker.state)}`);
      });
    const changeFiles = (files: Readonly<Record<string, string | null>>, options: ChangeOptions = {}) =>
      new Promise<CommitOutcome>((resolve) => {
        const changes: FileChange[] = Object.entries(files).map(([path, content]) => ({
          path,
          identity,
          content: content === null ? null : Buffer.from(content),
        }));
        const author = options.author ?? 'alice';
        void worker.enqueue({
          files: changes,
          author: { name: author, email: `${author}@example.com` },
          committer: { name: 'GitOps Reverser', email: 'operator@example.com' },
          authoredAtMs: options.atMs ?? Date.now() + 2_000,
          message: options.message ?? `change ${Object.keys(files).join(' ')}\n`,
          onDone: resolve,
          ...(options.marks === undefined ? {} : { marks: options.marks }),
          ...(options.onDropped === undefined ? {} : { onDropped: options.onDropped }),
          ...(options.onPushed === undefined ? {} : { onPushed: options.onPushed }),
        });
      });
    try {
      return await use({
        worker,
        cloneDir,
        dropped,
        changeFiles,
        change: (path, content, how) => changeFiles({ [path]: content }, how),
        until,
        pushed: () =>
          until((state) => state.queued === 0 && state.pendingCommits === 0 && state.error === null),
      });
    } finally {
      await worker.close();
      await clone.close();
    }
  }, 'worker');
}
