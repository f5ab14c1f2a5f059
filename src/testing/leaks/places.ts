import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gitEnvironment } from '../git-environment.ts';
import type { Place } from './find-leaks.ts';

/** A text that stands somewhere. */
export function textPlace(name: string, text: string): Place {
  return { name, bytes: [Buffer.from(text)] };
}

/** Every object that a repository holds, unpacked. */
export function objectsOf(path: string, name: string): Place {
  return { name: `the objects of ${name}`, bytes: allObjects(path) };
}

async function* allObjects(path: string): AsyncGenerator<Buffer> {
  // In a container the operator has been another user.
  const args = [
    '-c',
    'safe.directory=*',
    'cat-file',
    '--batch-all-objects',
    '--unordered',
    '--buffer',
    '--batch',
  ];
  const git = spawn('git', args, { cwd: path, env: gitEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => git.on('close', resolve));
  const said: Buffer[] = [];
  git.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  yield* git.stdout as AsyncIterable<Buffer>;
  const code = await ended;
  if (code !== 0) throw new Error(`Cannot read the objects of ${path}: ${Buffer.concat(said)}`);
}

/** Every file below a folder; where a repository keeps its objects, they are read unpacked. */
export async function placesOfFolder(root: string, below: string): Promise<Place[]> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  const isRepository =
    entries.some(({ name }) => name === 'objects') && entries.some(({ name }) => name === 'HEAD');
  const places: Place[] = [];
  for (const entry of entries) {
    const path = join(below, entry.name);
    if (isRepository && entry.name === 'objects') places.push(objectsOf(join(root, below), below));
    else if (entry.isDirectory()) places.push(...(await placesOfFolder(root, path)));
    else if (entry.isFile()) places.push({ name: path, bytes: createReadStream(join(root, path)) });
  }
  return places;
}
