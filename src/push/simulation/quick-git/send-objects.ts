import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PackBuilder, type PackedType } from '../../../git/pack-builder.ts';
import { FOLDER_MODE } from '../object-text.ts';
import { LeftToGit } from './left-to-git.ts';
import type { Repository } from './repository.ts';
import type { StoredObject } from './stored-object.ts';

export type Objects = ReadonlyMap<string, StoredObject>;

/** What a commit leads to in a repository and a remote does not have. Who has a commit has all before it. */
export function objectsToPush(repository: Repository, commit: string, remote: Repository): Objects {
  return missingFrom(remote, repository, commit, {
    goesOn: (sha) => {
      if (remote.has(sha)) return false;
      if (repository.borders.has(sha)) throw new LeftToGit('a border that the remote does not have');
      return true;
    },
  });
}

/** What a commit leads to in a remote, as far as its clone is to have it with these borders, and it does not have. */
export function objectsToFetch(
  repository: Repository,
  commit: string,
  remote: Repository,
  borders: ReadonlySet<string>,
): Objects {
  const before = repository.borders;
  const isSame = borders.size === before.size && [...borders].every((sha) => before.has(sha));
  return missingFrom(repository, remote, commit, {
    // Where borders move, what is there may lead to what is not.
    goesOn: (sha) => !borders.has(sha) && !(isSame && repository.has(sha)),
  });
}

function missingFrom(
  to: Repository,
  from: Repository,
  commit: string,
  { goesOn }: { readonly goesOn: (sha: string) => boolean },
): Objects {
  const found = new Map<string, StoredObject>();
  const add = (sha: string) => {
    if (found.has(sha) || to.has(sha)) return false;
    found.set(sha, from.object(sha));
    return true;
  };
  const addTree = (sha: string) => {
    if (!add(sha)) return;
    for (const { mode, sha: entry } of from.entries(sha).values()) {
      if (mode === FOLDER_MODE) addTree(entry);
      else add(entry);
    }
  };
  const seen = new Set<string>();
  const open = [commit];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const further = goesOn(next);
    if (add(next)) addTree(from.commit(next).tree);
    if (further) open.push(...from.parents(next));
  }
  return found;
}

/** Keeps objects as a fetch or a push does: in one pack; returns its name, `pack-<hash>`. */
export function writePack(repository: string, objects: Objects): string | null {
  if (objects.size === 0) return null;
  const builder = new PackBuilder('sha1');
  for (const [sha, { type, content }] of objects) builder.add(type as PackedType, sha, content, 'stored');
  const { name, pack, index } = builder.finish();
  const folder = join(repository, 'objects/pack');
  writeFileSync(join(folder, `${name}.pack`), pack);
  writeFileSync(join(folder, `${name}.idx`), index);
  return name;
}
