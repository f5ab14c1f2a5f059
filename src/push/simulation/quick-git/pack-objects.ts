import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LeftToGit } from './left-to-git.ts';
import { after, type Command } from './reading-commands.ts';
import { writePack } from './send-objects.ts';

const how = ['--quiet', '--non-empty', '--delta-base-offset', '--stdin-packs', '--unpacked'];

/** `git pack-objects --stdin-packs …`: one pack of what is in packs, and in none of those with a `^`. */
export const packObjects: Command = (repository, args, input) => {
  const [target, ...rest] = after(args, ...how);
  const folder = join(repository.dir, 'objects');
  if (rest.length > 0 || target !== join(folder, 'pack/pack') || hasLoose(folder))
    throw new LeftToGit('loose');
  const lines = input.split('\n').filter((line) => line !== '');
  const packs = lines.map((line) => ({
    isLeftOut: line.startsWith('^'),
    name: line.replace(/^\^/, '').replace(/\.pack$/, ''),
  }));
  for (const { name } of packs)
    if (!existsSync(join(folder, 'pack', `${name}.idx`))) throw new LeftToGit(`no pack ${name}`);
  const namesIn = (isLeftOut: boolean) =>
    packs.filter((pack) => pack.isLeftOut === isLeftOut).flatMap(({ name }) => repository.namesIn(name));
  const others = new Set(namesIn(true));
  const wanted = namesIn(false).filter((sha) => !others.has(sha));
  const name = writePack(repository.dir, new Map(wanted.map((sha) => [sha, repository.object(sha)])));
  return name === null ? '' : `${name.replace('pack-', '')}\n`;
};

/** `git prune-packed`: removes files of objects that are in packs, too. */
export const prunePacked: Command = (repository) => {
  if (hasLoose(join(repository.dir, 'objects'))) throw new LeftToGit('loose objects');
  return '';
};

function hasLoose(folder: string): boolean {
  return readdirSync(folder).some((name) => name.length === 2);
}
