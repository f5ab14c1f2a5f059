import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { access, constants, type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { CodedError, messageOf } from './errors.ts';
import type { Log } from './log.ts';

/** A data directory that no other process of this machine uses, until it is released or this process ends. */
export interface DataDirClaim {
  release(): Promise<void>;
}

const FOLDER = 'in-use';
/** Where there is no /proc the path of a socket is the whole one, which the system bounds (104 bytes on macOS). */
const SOCKET_PATH_BYTES_MAX = 100;

/**
 * Claim a data directory for this process; it is made where it is missing. Throws `DataDirInUse` when another operator
 * has it, `InvalidSpec` when it cannot be made or written to.
 *
 * Each operator listens on a socket of its own in the directory, and only then looks whether it reaches another
 * there. So of two that start at once at least one sees the other. The system closes the socket of a process that was
 * killed, however that happened, and one that is merely paused is still found; neither process ids, which are the same
 * in every container, nor clocks matter. What it does not see is an operator of another machine, on a network volume.
 *
 * A directory on which there can't be sockets is not guarded; the log says so.
 */
export async function claimDataDir(dataDir: string, log: Log): Promise<DataDirClaim> {
  await makeDataDir(dataDir);
  const folder = join(dataDir, FOLDER);
  const name = `${hostname().slice(0, 40)}.${process.pid}.${randomBytes(4).toString('hex')}`;
  let handle: FileHandle | undefined;
  let server: Server | undefined;
  const release = async () => {
    // Removes the socket, too.
    await new Promise<void>((resolve) => (server?.listening ? server.close(() => resolve()) : resolve()));
    await handle?.close();
  };
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    handle = await open(folder);
    const at = existsSync('/proc/self/fd') ? `/proc/self/fd/${handle.fd}` : folder;
    if (at.length + name.length >= SOCKET_PATH_BYTES_MAX) throw new Error(`its path is too long: ${folder}`);
    server = await listenAt(join(at, name));
    for (const other of await readdir(folder)) {
      if (other === name) continue;
      if (await isReached(join(at, other))) throw inUse(dataDir, other);
      // Its process is gone. No other will ever have this name.
      await rm(join(folder, other), { force: true });
    }
  } catch (error) {
    if (error instanceof CodedError) {
      await release();
      throw error;
    }
    log.warn('Cannot see whether another operator uses the data directory', { reason: messageOf(error) });
  }
  return { release };
}

async function makeDataDir(dataDir: string): Promise<void> {
  try {
    await makeFolder(resolve(dataDir));
    await access(dataDir, constants.W_OK);
  } catch (error) {
    throw new CodedError(
      'InvalidSpec',
      `Cannot write to --data-dir ${dataDir}: ${messageOf(error)}. It has to be a folder that this user can make, or write to`,
      { cause: error },
    );
  }
}

/**
 * Make a folder, and those above it that are missing. `mkdir` of Node 20 with `recursive` never ends where the folder
 * above is there and takes none, such as /proc.
 */
async function makeFolder(path: string): Promise<void> {
  const made = await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => error);
  if (made === undefined) return;
  if (made.code === 'ENOENT' && dirname(path) !== path) {
    await makeFolder(dirname(path));
    await mkdir(path, { mode: 0o700 });
  } else if (!(await isFolder(path))) throw made;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function inUse(dataDir: string, name: string): CodedError {
  const [, host = 'unknown', pid = 'unknown'] = /^(.*)\.(\d+)\.\w+$/.exec(name) ?? [];
  return new CodedError(
    'DataDirInUse',
    `The data directory ${dataDir} is in use by another operator (process ${pid} of ${host}): end that one, or give this one a --data-dir of its own`,
    { retry: true },
  );
}

function listenAt(path: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}

/** Does a process listen there? One that is paused has a queue, which may be full (EAGAIN). */
function isReached(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'EAGAIN'));
  });
}
