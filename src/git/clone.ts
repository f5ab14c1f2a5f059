import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../errors.ts';
import type { ObjectFormat } from './blob-sha.ts';
import { type CatFile, createCatFile } from './cat-file.ts';
import { codingErrors } from './coding-errors.ts';
import type { CommitData } from './commit-data.ts';
import { type BeforeMove, type CommitWriter, createCommitWriter } from './commit-writer.ts';
import { createGit, type Git, type GitObserver } from './git.ts';
import { gitLimits } from './git-limits.ts';
import { createRefMover } from './move-ref.ts';
import { type LineCommit, readLine, readLineNames } from './read-line.ts';
import { createUpkeep } from './upkeep.ts';
import { createUpkeepPace } from './upkeep-pace.ts';

/**
 * The local bare clone of one repository: the write-ahead log of every branch that is written to.
 *
 * Of a branch `b` it keeps:
 * - `refs/heads/b`: what was committed here;
 * - `refs/remotes/origin/b`: what the remote is known to have of it (or, when the remote has no such branch, the
 *   commit that `b` starts from). It is always an ancestor of `refs/heads/b`; between them stands what is unpushed.
 *   It moves only together with `refs/heads/b` or to a commit of it, so that a crash at any point keeps this true;
 * - `refs/gitops-reverser/fetched/b`: what the last fetch brought, not yet taken in.
 */
export interface Clone {
  readonly dir: string;
  readonly git: Git;
  /**
   * Makes the clone usable: created when missing, cleared of what a killed process left, created anew when it is
   * no repository or of another object format. Several callers may prepare one clone.
   */
  prepare(format: ObjectFormat | null): Promise<void>;
  /** Of a prepared clone. */
  format(): ObjectFormat;
  /** Commits on top of `parent`, to `ref`, durably; see CommitWriter. */
  commit(
    ref: string,
    parent: string | null,
    commits: readonly CommitData[],
    beforeMove?: BeforeMove,
  ): Promise<readonly string[]>;
  /** Commits that no ref leads to; see CommitWriter. */
  commitAside(parent: string, commits: readonly CommitData[], isDurable: boolean): Promise<readonly string[]>;
  /** Makes blobs, durably. */
  blobs(contents: readonly Buffer[]): Promise<void>;
  /** The few commits of a straight line behind `from` up to `to`, oldest first; null: ask git. See `readLine`. */
  line(from: string, to: string): Promise<readonly LineCommit[] | null>;
  /** The names of these commits. */
  lineNames(from: string, to: string): Promise<readonly string[] | null>;
  /** Content of a blob, or null when there is none of that name. */
  readBlob(sha: string): Promise<Buffer | null>;
  /** Commit that a ref points to, or null. */
  resolve(ref: string): Promise<string | null>;
  /** Moves refs, all or none, checked against `from` (undefined: whatever it is; null: must not exist). */
  moveRefs(moves: readonly RefMove[]): Promise<void>;
  /** Moves a ref that is no branch. Cheaper than `moveRefs`: commits go on meanwhile. */
  setRef(ref: string, to: string): Promise<void>;
  /** Throws away everything local and starts from an empty repository. */
  recreate(format: ObjectFormat): Promise<void>;
  /**
   * Runs what writes packs of its own (a fetch, the upkeep), one at a time, and clears what it leaves when it fails:
   * git does not, and on a full disk that would stay full.
   */
  packing<T>(work: () => Promise<T>): Promise<T>;
  /** How a branch's history is fetched further back than the clone has it. */
  deepenThrough(branch: string, deepen: (commits: number) => Promise<void>): void;
  /** Fetches about so many commits beyond what a shallow clone has. Throws a CodedError when no remote gives them. */
  deepen(commits: number): Promise<void>;
  /** Rolls up small packs, and removes what is unreachable when it may have become much; see Upkeep. */
  upkeep(): Promise<void>;
  close(): Promise<void>;
}

export interface RefMove {
  readonly ref: string;
  /** null: deleted. */
  readonly to: string | null;
  readonly from?: string | null;
}

/** A clone in `dir`; nothing is touched before `prepare`. */
export function createClone(options: { readonly dir: string; readonly observe?: GitObserver }): Clone {
  const { dir } = options;
  const git = createGit(dir, options.observe);
  const catFile: CatFile = createCatFile(dir);
  const refs = createRefMover(git);
  let objectFormat: ObjectFormat | null = null;
  const writer: CommitWriter = createCommitWriter({ git, catFile, refs, format: () => clone.format() });
  let preparing: Promise<void> = Promise.resolve();
  const upkeep = createUpkeep({ git, alone: (work) => writer.alone(work) });
  const deepeners = new Map<string, (commits: number) => Promise<void>>();
  let packing: Promise<unknown> = Promise.resolve();
  const pace = createUpkeepPace(() => {
    // A failure (a full disk) shows in commits, too; the next turn tries again.
    void clone.upkeep().catch(() => {});
  });

  async function create(format: ObjectFormat): Promise<void> {
    await catFile.stop();
    try {
      await rm(dir, { recursive: true, force: true });
      await mkdir(dir, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw diskError(error);
    }
    // No template: its hooks and hints are for people.
    await git.ok(['init', '--bare', '--template=', `--object-format=${format}`]);
    objectFormat = format;
  }

  async function present(): Promise<ObjectFormat | null> {
    if (!(await stat(join(dir, 'HEAD')).catch(() => null))) return null;
    await removeLeftovers(dir);
    // Told the directory: git would otherwise look for a repository in the folders above.
    const bare = await git.run(['rev-parse', '--is-bare-repository', '--git-dir', '--show-object-format']);
    const [isBare, gitDir, format] = bare.stdout.trim().split('\n');
    if (bare.exitCode !== 0 || isBare !== 'true' || gitDir !== '.') return null;
    return format === 'sha256' ? 'sha256' : 'sha1';
  }

  async function prepareNow(wanted: ObjectFormat | null): Promise<void> {
    if (objectFormat === null) {
      await mkdir(dir, { recursive: true, mode: 0o700 }).catch((error) => {
        throw diskError(error);
      });
      objectFormat = await present();
    }
    if (objectFormat === null || (wanted !== null && wanted !== objectFormat)) {
      await writer.alone(() => create(wanted ?? 'sha1'));
    }
  }

  const clone: Clone = {
    dir,
    git,
    prepare(format) {
      const result = preparing.then(() => prepareNow(format));
      preparing = result.catch(() => {});
      return result;
    },
    format() {
      if (objectFormat === null) throw new Error('The clone is not prepared');
      return objectFormat;
    },
    async commit(ref, parent, commits, beforeMove) {
      const shas = await onDisk(dir, () => writer.commit(ref, parent, commits, beforeMove));
      pace.wrote();
      return shas;
    },
    async commitAside(parent, commits, isDurable) {
      const shas = await onDisk(dir, () => writer.commitAside(parent, commits, isDurable));
      pace.wrote();
      return shas;
    },
    blobs: (contents) => writer.blobs(contents),
    line: (from, to) => readLine(catFile, from, to),
    lineNames: (from, to) => readLineNames(catFile, from, to),
    async readBlob(sha) {
      const object = await catFile.read(sha);
      return object?.type === 'blob' ? object.content : null;
    },
    async resolve(ref) {
      const object = await catFile.read(ref);
      return object?.type === 'commit' ? object.sha : null;
    },
    async moveRefs(moves) {
      await writer.alone(async () => {
        const nothing = '0'.repeat(clone.format() === 'sha1' ? 40 : 64);
        const lines = moves.map(({ ref, to, from }) => {
          const old = from === undefined ? '' : ` ${from ?? nothing}`;
          return to === null ? `delete ${ref}${old}` : `update ${ref} ${to}${old}`;
        });
        const input = `start\n${lines.join('\n')}\nprepare\ncommit\n`;
        await codingErrors(() => refs.removeLocks());
        await onDisk(dir, () => git.ok(['update-ref', '--stdin'], { input }));
      });
    },
    setRef: (ref, to) => onDisk(dir, () => codingErrors(() => refs.set(ref, to))),
    recreate: (format) => writer.alone(() => create(format)),
    packing(work) {
      const result = packing.then(async () => {
        try {
          return await work();
        } catch (error) {
          await writer.alone(() => removeTemporaryPacks(dir)).catch(() => {});
          throw error;
        }
      });
      packing = result.catch(() => {});
      return result;
    },
    deepenThrough(branch, deepen) {
      deepeners.set(branch, deepen);
    },
    async deepen(commits) {
      const outcomes = await Promise.allSettled([...deepeners.values()].map((deepen) => deepen(commits)));
      if (outcomes.some(({ status }) => status === 'fulfilled')) return;
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      throw (
        failed?.reason ??
        new CodedError('RemoteUnreachable', 'The remote was not reached yet, and more history is needed', {
          retry: true,
        })
      );
    },
    upkeep: () =>
      clone.packing(async () => {
        await upkeep.rollUp();
        await upkeep.collectWhenGrown();
      }),
    async close() {
      pace.stop();
      await preparing;
      await packing;
      await Promise.all([writer.stop(), catFile.stop()]);
    },
  };
  return clone;
}

/** Packs and their indexes that were begun. Nobody may be writing one. */
async function removeTemporaryPacks(dir: string): Promise<void> {
  const folder = join(dir, 'objects/pack');
  for (const file of await readdir(folder)) {
    if (/^tmp_(pack|idx|rev)_/.test(file)) await rm(join(folder, file), { force: true });
  }
}

/** git does not say why it could not write a ref: where no room is left, that is why. */
async function onDisk<T>(dir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'GitFailed') throw error;
    const room = await statfs(dir).catch(() => null);
    if (room === null || room.bavail * room.bsize >= gitLimits.roomBytesMin) throw error;
    throw new CodedError('DiskFull', 'No space is left on the disk', { retry: true, cause: error });
  }
}

function diskError(error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') return error;
  return new CodedError('DiskFull', 'No space is left on the disk', { retry: true, cause: error });
}

/**
 * What was left behind by git, or by this program, when it was killed. Only one program uses a clone, so nobody holds
 * these.
 */
async function removeLeftovers(dir: string): Promise<void> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  const names = new Set(entries.map(({ name }) => name));
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const inRefs = entry.name.endsWith('.lock') && !entry.path.includes('/objects');
    const inObjects = /^(tmp_(pack|idx|obj|rev|mtimes)_|fast_import_crash_|multi-pack-index\.lock)/.test(
      entry.name,
    );
    // Nobody reads it, and what it holds was never told to be there.
    const isUnindexed = /^pack-.*\.pack$/.test(entry.name) && !names.has(entry.name.replace(/pack$/, 'idx'));
    if (inRefs || inObjects || isUnindexed) await rm(join(entry.path, entry.name), { force: true });
  }
}
