import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stored } from '../../../git/pack-builder.ts';
import { inflate } from './inflate.ts';

/** An object as a repository holds it. */
export interface StoredObject {
  readonly type: string;
  readonly content: Buffer;
}

/** The name that git gives to an object of a repository of SHA-1. */
export function nameOfObject({ type, content }: StoredObject): string {
  return createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');
}

/** Writes an object to a file of its own, unless there is such a file; returns its name. */
export function writeLoose(repository: string, object: StoredObject, sha = nameOfObject(object)): string {
  const file = looseFile(repository, sha);
  if (existsSync(file)) return sha;
  const { type, content } = object;
  const whole = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
  const bytes = stored(whole);
  try {
    writeFileSync(file, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  return sha;
}

export function hasLoose(repository: string, sha: string): boolean {
  return existsSync(looseFile(repository, sha));
}

export function readLoose(repository: string, sha: string): StoredObject {
  const whole = inflate(readFileSync(looseFile(repository, sha)));
  const end = whole.indexOf(0);
  const [type = ''] = whole.subarray(0, end).toString().split(' ');
  return { type, content: whole.subarray(end + 1) };
}

function looseFile(repository: string, sha: string): string {
  return join(repository, 'objects', sha.slice(0, 2), sha.slice(2));
}
