import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PackBuilder, type PackedType } from '../../../git/pack-builder.ts';
import { FOLDER_MODE } from '../object-text.ts';
import { LeftToGit } from './left-to-git.ts';
import type { StoredObject } from './loose-objects.ts';
import type { Repository } from './repository.ts';

/** What a commit leads to in one repository and another one does not have. Whoever has a commit has all before it. */
export function reachableFrom(
  repository: Repository,
  commit: string,
  other: Repository,
): ReadonlyMap<string, StoredObject> {
  const found = new Map<string, StoredObject>();
  const add = (sha: string) => {
    if (found.has(sha) || other.has(sha)) return false;
    found.set(sha, repository.object(sha));
    return true;
  };
  const addTree = (sha: string) => {
    if (!add(sha)) return;
    for (const { mode, sha: entry } of repository.entries(sha).values()) {
      if (mode === FOLDER_MODE) addTree(entry);
      else add(entry);
    }
  };
  const open = [commit];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (!add(next)) continue;
    if (repository.borders.has(next)) throw new LeftToGit('a border that the other one does not have');
    addTree(repository.commit(next).tree);
    open.push(...repository.parents(next));
  }
  return found;
}

/** Keeps objects as a fetch does: in one pack. */
export function writePack(repository: Repository, objects: ReadonlyMap<string, StoredObject>): void {
  if (objects.size === 0) return;
  const builder = new PackBuilder('sha1');
  for (const [sha, { type, content }] of objects) builder.add(type as PackedType, sha, content, 'deflated');
  const { name, pack, index } = builder.finish();
  const folder = join(repository.dir, 'objects/pack');
  writeFileSync(join(folder, `${name}.pack`), pack);
  writeFileSync(join(folder, `${name}.idx`), index);
}
