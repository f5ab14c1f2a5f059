import { open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from './git.ts';
import { gitLimits } from './git-limits.ts';
import { recutHistory } from './shallow.ts';

/**
 * Keeps the clone small and quick to read while commits go on.
 *
 * The long part of the work only adds packs. Only removing those that it replaced happens while no commits are made
 * (`alone`): one that rests on what is removed would come in between. Git processes look again when a pack is gone. Must not run beside a fetch: of that, objects may not be referred to yet.
 */
export interface Upkeep {
  /** Makes one pack of small packs and loose objects, so that each pack has twice the objects of the next smaller. */
  rollUp(): Promise<void>;
  /** Removes what no ref leads to and is old enough, when there is reason to think that it is much. */
  collectWhenGrown(): Promise<void>;
  /** The same, whether or not there is reason. */
  collect(): Promise<void>;
}

interface Pack {
  /** `pack-<hash>` */
  readonly name: string;
  readonly objects: number;
  readonly writtenAtMs: number;
  /** Never rewritten, never removed. */
  readonly kept: boolean;
}

export interface UpkeepOptions {
  readonly git: Git;
  /** See CommitWriter. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
  /** Default: the system's clock. */
  readonly nowMs?: () => number;
}

const packArguments = ['pack-objects', '--quiet', '--non-empty', '--delta-base-offset'];

export function createUpkeep({ git, alone, nowMs = Date.now }: UpkeepOptions): Upkeep {
  const folder = join(git.dir, 'objects/pack');
  const marker = join(git.dir, 'gitops-reverser-collected');

  async function pack(args: readonly string[], input: string): Promise<string[]> {
    // An empty line ends the list; with no input at all, standard input would stay open.
    const options = { input: `${input}\n`, timeoutMs: gitLimits.upkeepTimeoutMs };
    const made = await git.ok([...packArguments, ...args, join(folder, 'pack')], options);
    return made.split('\n').flatMap((hash) => (hash === '' ? [] : [`pack-${hash}`]));
  }

  async function rollUp(): Promise<void> {
    const packs = (await packsIn(folder)).filter(({ kept }) => !kept);
    packs.sort((one, other) => one.objects - other.objects);
    const count = countToRollUp(packs.map(({ objects }) => objects));
    const [small, rest] = [packs.slice(0, count), packs.slice(count)];
    if (small.length < 2) return;
    const input = [
      ...small.map(({ name }) => `${name}.pack\n`),
      ...rest.map(({ name }) => `^${name}.pack\n`),
    ];
    const made = await pack(['--stdin-packs', '--unpacked'], input.join(''));
    const replaced = small.filter(({ name }) => !made.includes(name));
    await alone(() => removePacks(folder, replaced));
    await git.ok(['prune-packed', '--quiet']);
  }

  async function collect(): Promise<void> {
    await recutHistory(git);
    const before = await packsIn(folder);
    const refsBefore = await git.ok(['for-each-ref', '--format=^%(objectname)']);
    const made = await pack(['--revs', '--all', ...keeping(before)], '');
    await alone(async () => {
      // Commits made meanwhile may lead to old objects that nothing led to before.
      made.push(...(await pack(['--revs', '--all'], refsBefore)));
      const oldest = nowMs() - gitLimits.unreachableAgeMsMin;
      // Looked at anew: git touches a pack that holds what it is asked to write.
      const old = (await packsIn(folder)).filter(
        ({ name, kept, writtenAtMs }) => !kept && writtenAtMs < oldest && !made.includes(name),
      );
      const known = new Set(before.map(({ name }) => name));
      await removePacks(
        folder,
        old.filter(({ name }) => known.has(name)),
      );
    });
    await git.ok(['prune-packed', '--quiet']);
    await writeFile(marker, `${objectsOf(await packsIn(folder))}\n`);
  }

  return {
    rollUp,
    collect,
    async collectWhenGrown() {
      const last = await stat(marker).catch(() => null);
      const objects = objectsOf(await packsIn(folder));
      if (last === null) {
        await writeFile(marker, `${objects}\n`);
        return;
      }
      if (nowMs() - last.mtimeMs < gitLimits.unreachableAgeMsMin) return;
      const then = Number(await readFile(marker, 'utf8')) || 0;
      if (objects > Math.max(2 * then, then + gitLimits.collectGrowthObjectsMin)) await collect();
    },
  };
}

/**
 * How many of these packs (numbers of objects, ascending) become one, so that afterwards each has at least twice the
 * objects of the next smaller. The rule of `git repack --geometric=2`.
 */
export function countToRollUp(objects: readonly number[]): number {
  const at = (index: number) => objects[index] ?? 0;
  let count = 0;
  for (let index = objects.length - 1; index > 0 && count === 0; index--) {
    if (at(index) < 2 * at(index - 1)) count = index + 1;
  }
  let sum = objects.slice(0, count).reduce((total, one) => total + one, 0);
  while (count > 0 && count < objects.length && at(count) < 2 * sum) sum += at(count++);
  return count;
}

async function packsIn(folder: string): Promise<Pack[]> {
  const names = new Set(await readdir(folder));
  const packs: Pack[] = [];
  for (const file of names) {
    const name = /^(pack-[0-9a-f]+)\.pack$/.exec(file)?.[1];
    if (name === undefined || !names.has(`${name}.idx`)) continue;
    const handle = await open(join(folder, file));
    try {
      const { size, mtimeMs } = await handle.stat();
      // gitformat-pack(5): "PACK", version, number of objects, each of 4 bytes.
      const { buffer } = await handle.read(Buffer.alloc(12), 0, 12, 0);
      const kept = size >= gitLimits.keptPackBytesMin;
      packs.push({ name, objects: buffer.readUInt32BE(8), writtenAtMs: mtimeMs, kept });
    } finally {
      await handle.close();
    }
  }
  return packs;
}

/** What is in a kept pack need not be packed again. */
function keeping(packs: readonly Pack[]): string[] {
  return packs.filter(({ kept }) => kept).map(({ name }) => `--keep-pack=${name}.pack`);
}

function objectsOf(packs: readonly Pack[]): number {
  return packs.reduce((sum, { objects, kept }) => sum + (kept ? 0 : objects), 0);
}

async function removePacks(folder: string, packs: readonly Pack[]): Promise<void> {
  for (const { name } of packs) {
    // The index first: without it nobody looks for the pack.
    for (const end of ['idx', 'pack', 'rev', 'bitmap', 'mtimes']) {
      await rm(join(folder, `${name}.${end}`), { force: true });
    }
  }
}
