import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../errors.ts';
import type { ObjectFormat } from './blob-sha.ts';
import { type CatFile, createCatFile } from './cat-file.ts';
import { createFastImport, type FastImport } from './fast-import.ts';
import type { CommitData } from './fast-import-stream.ts';
import { createGit, type Git, type GitObserver } from './git.ts';
import { gitLimits } from './git-limits.ts';

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
  /** Commits on top of `parent`, to `ref`, durably; see FastImport. */
  commit(ref: string, parent: string | null, commits: readonly CommitData[]): Promise<readonly string[]>;
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
  /** Repacks small packs and loose objects. Commits wait meanwhile. */
  repack(): Promise<void>;
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
  const fastImport: FastImport = createFastImport(dir);
  let objectFormat: ObjectFormat | null = null;
  let preparing: Promise<void> = Promise.resolve();
  let checkpoints = 0;

  async function create(format: ObjectFormat): Promise<void> {
    await catFile.stop();
    await rm(dir, { recursive: true, force: true });
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await git.ok(['init', '--quiet', '--bare', `--object-format=${format}`]);
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
      await mkdir(dir, { recursive: true, mode: 0o700 });
      objectFormat = await present();
    }
    if (objectFormat === null || (wanted !== null && wanted !== objectFormat)) {
      await fastImport.alone(() => create(wanted ?? 'sha1'));
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
    async commit(ref, parent, commits) {
      const shas = await fastImport.commit(ref, parent, commits);
      // fast-import only warns when somebody else moved the ref.
      if ((await clone.resolve(ref)) !== shas.at(-1)) {
        await fastImport.stop();
        throw new CodedError('GitFailed', 'The local branch was moved by another process', { retry: true });
      }
      checkpoints += 1;
      if (checkpoints % gitLimits.checkpointsPerRepack === 0) void clone.repack().catch(() => {});
      return shas;
    },
    async readBlob(sha) {
      const object = await catFile.read(sha);
      return object?.type === 'blob' ? object.content : null;
    },
    async resolve(ref) {
      const object = await catFile.read(ref);
      return object?.type === 'commit' ? object.sha : null;
    },
    async moveRefs(moves) {
      await fastImport.alone(async () => {
        const nothing = '0'.repeat(clone.format() === 'sha1' ? 40 : 64);
        const lines = moves.map(({ ref, to, from }) => {
          const old = from === undefined ? '' : ` ${from ?? nothing}`;
          return to === null ? `delete ${ref}${old}` : `update ${ref} ${to}${old}`;
        });
        await git.ok(['update-ref', '--stdin'], { input: `start\n${lines.join('\n')}\nprepare\ncommit\n` });
      });
    },
    async setRef(ref, to) {
      await git.ok(['update-ref', '--stdin'], { input: `start\nupdate ${ref} ${to}\ncommit\n` });
    },
    recreate: (format) => fastImport.alone(() => create(format)),
    async repack() {
      await fastImport.alone(() => git.ok(['repack', '-d', '-l', '--geometric=2', '--quiet']));
    },
    async close() {
      await preparing;
      await Promise.all([fastImport.stop(), catFile.stop()]);
    },
  };
  return clone;
}

/** What git processes that were killed left behind. Only one program uses a clone, so nobody holds these. */
async function removeLeftovers(dir: string): Promise<void> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const inRefs = entry.name.endsWith('.lock') && !entry.path.includes('/objects');
    const inObjects = /^(tmp_(pack|idx|obj|rev|mtimes)_|fast_import_crash_|multi-pack-index\.lock)/.test(
      entry.name,
    );
    if (inRefs || inObjects) await rm(join(entry.path, entry.name), { force: true });
  }
}
