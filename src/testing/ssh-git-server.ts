import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePorts } from './free-ports.ts';
import { poll } from './poll.ts';
import { mustRun } from './run-command.ts';
import { makeSshKey } from './ssh-key.ts';
import { type Supervised, supervise } from './supervise.ts';
import { makeTempDir } from './temp-dir.ts';

/** A real OpenSSH server on loopback that lets the current user in with one key. */
export interface SshGitServer {
  readonly port: number;
  readonly user: string;
  /** The key that is let in. */
  readonly privateKey: string;
  /** The line of `known_hosts` that names the server's present host key. */
  knownHosts(): string;
  /** `ssh://` URL of a repository, by its absolute path on this machine. */
  url(path: string): string;
  /** Give the server another host key, as a machine in the middle would have. */
  rotateHostKey(): Promise<void>;
  /** Refuse connections until start(). */
  down(): Promise<void>;
  start(): Promise<void>;
  /** What the server logged, for the message of a failed test. */
  serverLog(): string;
  /** Stop for good. */
  stop(): Promise<void>;
}

const startMaxMs = 10_000;

/** Start a server. Throws, and says what to install, when there is no sshd. Dies with this process. */
export async function startSshGitServer(): Promise<SshGitServer> {
  const sshd = findSshd();
  const temp = await makeTempDir('sshd');
  const dir = temp.path;
  const user = userInfo().username;
  const client = await makeSshKey();
  const [port = 0] = await freePorts(1);
  const hostKeyFile = join(dir, 'host-key');
  const logFile = join(dir, 'sshd.log');
  let hostKey = await makeSshKey();
  await writeFile(hostKeyFile, hostKey.privateKey, { mode: 0o600 });
  await writeFile(join(dir, 'authorized-keys'), `${client.publicKey}\n`, { mode: 0o600 });
  await writeFile(join(dir, 'sshd.conf'), sshdConfig(dir, port));
  // Debian's sshd refuses to start as root without its privilege separation folder.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });

  let server: Supervised | undefined;
  const serverLog = () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
  const start = async () => {
    const args = ['-D', '-e', '-f', join(dir, 'sshd.conf')];
    const started = supervise({ command: sshd, args, logFile, removeWhenOrphaned: dir });
    server = started;
    const ready = async () => {
      if (started.exit() !== undefined) throw new Error(`sshd ended:\n${serverLog()}`);
      return accepts(port);
    };
    await poll(ready, { what: 'sshd to listen', timeoutMs: startMaxMs });
  };
  const down = async () => {
    const sessions = await descendantsOf(server?.child.pid);
    await server?.kill();
    // Sessions have process groups of their own and would serve a client that is connected already.
    for (const pid of sessions) killIfThere(pid);
    server = undefined;
  };
  const stop = async () => {
    await down();
    await temp.remove();
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    user,
    privateKey: client.privateKey,
    knownHosts: () => `[127.0.0.1]:${port} ${hostKey.publicKey.split(' ').slice(0, 2).join(' ')}\n`,
    url: (path) => `ssh://${user}@127.0.0.1:${port}${path}`,
    rotateHostKey: async () => {
      await down();
      hostKey = await makeSshKey();
      await writeFile(hostKeyFile, hostKey.privateKey, { mode: 0o600 });
      await start();
    },
    down,
    start,
    serverLog,
    stop,
  };
}

/** The processes that a process started, and what those started. */
async function descendantsOf(pid: number | undefined): Promise<readonly number[]> {
  if (pid === undefined) return [];
  const rows = (await mustRun('ps', ['-eo', 'pid=,ppid=']))
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number) as [number, number]);
  const found = [pid];
  for (const parent of found)
    found.push(...rows.filter(([, ppid]) => ppid === parent).map(([child]) => child));
  return found.slice(1);
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** sshd must be called by its absolute path; it is rarely on a user's PATH. */
function findSshd(): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  const found = folders.map((folder) => join(folder, 'sshd')).find((path) => existsSync(path));
  if (found) return found;
  throw new Error("Cannot find sshd: install OpenSSH's server (Debian: apt-get install openssh-server)");
}

/** Key authentication only; nothing of the machine's own configuration; no PAM, so that any user can run it. */
function sshdConfig(dir: string, port: number): string {
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(dir, 'host-key')}`,
    `AuthorizedKeysFile ${join(dir, 'authorized-keys')}`,
    'PidFile none',
    // The folder is below the world-writable temporary folder.
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PubkeyAuthentication yes',
    'PermitRootLogin prohibit-password',
    'MaxStartups 100',
    'LogLevel VERBOSE',
    // git may be installed where a login shell would not look. SHLVL: bash reads ~/.bashrc only in an outermost shell
    // that sshd starts, and on a developer's machine that can take longer than the push.
    `SetEnv PATH=${process.env.PATH ?? '/usr/bin:/bin'} SHLVL=1`,
    '',
  ].join('\n');
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
