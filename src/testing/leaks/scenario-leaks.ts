import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gitEnvironment } from '../git-environment.ts';
import { findLeaks, type Hidden, type Place } from './find-leaks.ts';
import { secretCanary } from './secret-value.ts';
import { spellingsOf } from './spellings.ts';

/** What a scenario leaves behind. No operator writes to it any more. */
export interface Remains {
  /** Bare repositories that the operator pushes to. */
  readonly remotes: readonly string[];
  /** The operator's own folder: clones, logs and whatever else it writes. */
  readonly operatorFolder: string;
  /** What `/metrics` said last. */
  readonly metrics: string;
  /** `kubectl get … -A -o json` as admin. */
  list(kinds: string): Promise<string>;
}

interface LiveSecret {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly data?: Readonly<Record<string, string>>;
}

/** Shorter values occur everywhere by chance. */
const VALUE_CHARS_MIN = 8;
/** What stands in Secrets without being secret. */
const PUBLIC_KEYS: ReadonlySet<string> = new Set([
  'ca.crt',
  'tls.crt',
  'known-hosts',
  'known_hosts',
  'username',
  'namespace',
]);

/**
 * Search all that a scenario leaves for values of Secrets: every object of the repositories and of the operator's
 * clones, reachable or not, every other file that the operator wrote, its logs, Events, conditions and metrics. Values
 * are those that the test made with `secretValue`, and those of every Secret that is in the cluster at the end.
 * Throws with the places; the values are not in the message.
 */
export async function assertNoLeaks(remains: Remains): Promise<void> {
  const secrets = JSON.parse(await remains.list('secrets')) as { items: LiveSecret[] };
  const hidden = [
    { name: 'A value of a Secret of the test', spellings: spellingsOf(secretCanary) },
    ...secrets.items.flatMap(valuesOf),
  ];
  const places: Place[] = [
    ...remains.remotes.map((path) => objectsOf(path, 'the remote')),
    ...(await placesOfFolder(remains.operatorFolder, '')),
    textPlace('Events, conditions and status', await remains.list('events,gitrepoconfigs,watchrules')),
    textPlace('/metrics', remains.metrics),
  ];
  const leaks = await findLeaks(hidden, places);
  if (leaks.length > 0) throw new Error(`Secret values leaked:\n  ${leaks.join('\n  ')}`);
}

/** What has to stay hidden of a Secret, beyond what the canary finds. */
function valuesOf({ metadata, data = {} }: LiveSecret): Hidden[] {
  return Object.entries(data).flatMap(([key, encoded]) => {
    const value = Buffer.from(encoded, 'base64');
    if (PUBLIC_KEYS.has(key) || value.length < VALUE_CHARS_MIN || value.includes(secretCanary)) return [];
    return [
      { name: `"${key}" of Secret ${metadata.namespace}/${metadata.name}`, spellings: spellingsOf(value) },
    ];
  });
}

function textPlace(name: string, text: string): Place {
  return { name, bytes: [Buffer.from(text)] };
}

/** Every object that a repository holds, unpacked. */
function objectsOf(path: string, name: string): Place {
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
async function placesOfFolder(root: string, below: string): Promise<Place[]> {
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
