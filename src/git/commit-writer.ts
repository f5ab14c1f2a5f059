import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../errors.ts';
import { blobShaOf, type ObjectFormat, objectShaOf } from './blob-sha.ts';
import type { CatFile } from './cat-file.ts';
import { codingErrors } from './coding-errors.ts';
import { type CommitData, checkPath, encodeCommit } from './commit-data.ts';
import type { Git } from './git.ts';
import { gitLimits } from './git-limits.ts';
import { createRefMover, type RefMover } from './move-ref.ts';
import { PackBuilder } from './pack-builder.ts';
import { TreeChanges, WorkTree } from './work-tree.ts';

/**
 * Makes commits in one bare repository: all objects of a batch in one pack, which this program puts together itself.
 *
 * Invariants: a batch is durable and its ref moved when `commit` resolves; the objects are durable before the ref
 * moves; batches follow one another; a ref that somebody else moved is left alone; a program that is killed leaves a
 * temporary file, a pack without an index, or a pack that no ref leads to.
 */
export interface CommitWriter {
  /**
   * Makes `commits` on `ref` and returns their names, in order. Throws a CodedError when that failed: the ref then
   * still stands where it was, or on the last of these commits.
   *
   * @param parent where the ref stands, unless it is new
   * @param beforeMove called with the names once they are known, before anything becomes durable or a ref moves;
   * when it rejects, nothing is made
   */
  commit(
    ref: string,
    parent: string | null,
    commits: readonly CommitData[],
    beforeMove?: BeforeMove,
  ): Promise<readonly string[]>;
  /** Makes commits on top of `parent` that no ref leads to, and returns their names, in order. */
  commitAside(parent: string, commits: readonly CommitData[], isDurable: boolean): Promise<readonly string[]>;
  /** Makes blobs, durably. Throws a CodedError when that failed: they may be given again. */
  blobs(contents: readonly Buffer[]): Promise<void>;
  /** Runs `work` while nothing is written here: what moves refs or removes packs. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when all that was asked for is done. */
  stop(): Promise<void>;
}

export type BeforeMove = (shas: readonly string[]) => Promise<void>;

export interface CommitWriterOptions {
  readonly git: Git;
  readonly catFile: CatFile;
  /** Default: one of its own. */
  readonly refs?: RefMover;
  readonly format: () => ObjectFormat;
}

export function createCommitWriter(options: CommitWriterOptions): CommitWriter {
  const { git, catFile, format, refs = createRefMover(git) } = options;
  /** Trees of the commits that are likely to be built on, the last used last. */
  const trees = new Map<string, WorkTree>();
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other, whatever became of the one before. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work, work);
    last = result.catch(() => {});
    return result;
  }

  async function readTree(sha: string): Promise<Buffer> {
    const object = await catFile.read(sha);
    if (object?.type === 'tree') return object.content;
    throw new CodedError('CloneDamaged', `The local clone has no tree ${sha}`, { retry: true });
  }

  async function treeOf(parent: string | null): Promise<WorkTree> {
    if (parent === null) return new WorkTree(format(), null, readTree);
    const known = trees.get(parent);
    trees.delete(parent);
    if (known !== undefined) return known;
    const root = await catFile.read(`${parent}^{tree}`);
    if (root?.type === 'tree') return new WorkTree(format(), root, readTree);
    throw new CodedError('CloneDamaged', `The local clone has no commit ${parent}`, { retry: true });
  }

  function keep(tip: string, tree: WorkTree): void {
    if (tree.bytes > gitLimits.treeBytesMax) return;
    trees.set(tip, tree);
    for (const oldest of trees.keys()) {
      if (trees.size <= gitLimits.treesMax) break;
      trees.delete(oldest);
    }
  }

  async function write(pack: PackBuilder, flush: boolean): Promise<void> {
    if (pack.size === 0) return;
    const folder = join(git.dir, 'objects/pack');
    const made = pack.finish();
    const files = [
      {
        content: made.pack,
        temporary: join(folder, `tmp_pack_${made.name}`),
        path: join(folder, `${made.name}.pack`),
      },
      {
        content: made.index,
        temporary: join(folder, `tmp_idx_${made.name}`),
        path: join(folder, `${made.name}.idx`),
      },
    ];
    const outcomes = await Promise.allSettled(
      files.map(({ temporary, content }) => writeFile(temporary, content, { mode: 0o444, flush })),
    );
    try {
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
      // The index last: without it nobody looks for the pack.
      for (const { temporary, path } of files) await rename(temporary, path);
    } catch (error) {
      for (const { temporary } of files) await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
  }

  async function build(pack: PackBuilder, parent: string | null, commits: readonly CommitData[]) {
    for (const { files } of commits) for (const { path } of files) checkPath(path);
    await checkBlobs(commits, git, catFile);
    const shas: string[] = [];
    const tree = await treeOf(commits[0]?.emptied ? null : parent);
    for (const data of commits) {
      if (data.emptied) tree.clear();
      const root = await tree.change(changesOf(data, pack, format()), pack);
      const content = encodeCommit(root, shas.at(-1) ?? parent, data);
      const sha = objectShaOf('commit', content, format());
      pack.add('commit', sha, content, 'deflated');
      shas.push(sha);
      if (shas.length % gitLimits.commitsPerTurn === 0) await nextTurn();
    }
    return { shas, tree };
  }

  async function commit(
    ref: string,
    parent: string | null,
    commits: readonly CommitData[],
    beforeMove?: BeforeMove,
  ): Promise<readonly string[]> {
    const pack = new PackBuilder(format());
    const { shas, tree } = await build(pack, parent, commits);
    await beforeMove?.(shas);
    await write(pack, true);
    const tip = shas.at(-1);
    if (tip === undefined) return shas;
    await refs.move(ref, parent, tip);
    keep(tip, tree);
    return shas;
  }

  return {
    commit: (ref, parent, commits, beforeMove) =>
      inTurn(() => codingErrors(() => commit(ref, parent, commits, beforeMove))),
    commitAside: (parent, commits, isDurable) =>
      inTurn(() =>
        codingErrors(async () => {
          const pack = new PackBuilder(format());
          const { shas, tree } = await build(pack, parent, commits);
          await write(pack, isDurable);
          // What lasts is likely to be built on.
          if (isDurable) keep(shas.at(-1) ?? parent, tree);
          return shas;
        }),
      ),
    blobs: (contents) =>
      inTurn(() =>
        codingErrors(async () => {
          const pack = new PackBuilder(format());
          for (const content of contents) pack.add('blob', blobShaOf(content, format()), content, 'deflated');
          await write(pack, true);
        }),
      ),
    alone: (work) =>
      inTurn(() => {
        // A clone that is made anew holds none of these.
        trees.clear();
        return work();
      }),
    stop: () => inTurn(async () => {}),
  };
}

/** What a commit does to the tree; its new files go into the pack. */
function changesOf({ files }: CommitData, pack: PackBuilder, format: ObjectFormat): TreeChanges {
  const changes = new TreeChanges();
  for (const file of files) {
    if ('deleted' in file) changes.set(file.path, null);
    else if ('blob' in file) changes.set(file.path, { mode: file.mode, sha: file.blob });
    else {
      const sha = file.sha ?? blobShaOf(file.content, format);
      pack.add('blob', sha, file.content, 'deflated');
      changes.set(file.path, { mode: '100644', sha });
    }
  }
  return changes;
}

/** A commit of what is not there could never be pushed. */
async function checkBlobs(commits: readonly CommitData[], git: Git, catFile: CatFile): Promise<void> {
  const blobs = new Set<string>();
  for (const { files } of commits) for (const file of files) if ('blob' in file) blobs.add(file.blob);
  if (blobs.size <= gitLimits.blobsLookedAtMax) {
    const found = await Promise.all([...blobs].map((blob) => catFile.read(blob)));
    if (found.every((object) => object?.type === 'blob')) return;
  }
  const input = `${[...blobs].join('\n')}\n`;
  const types = (await git.ok(['cat-file', '--batch-check=%(objecttype)'], { input })).trimEnd().split('\n');
  if (types.length === blobs.size && types.every((type) => type === 'blob')) return;
  throw new CodedError('GitFailed', 'A file that is to be committed is not in the local clone', {
    retry: true,
  });
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
