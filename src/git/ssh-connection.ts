import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { gitLimits } from './git-limits.ts';
import type { RemoteUrl } from './remote-url.ts';

/**
 * One SSH connection that git's ssh commands share, so that a push costs no handshake.
 *
 * Invariants: commands never depend on it (without a socket, ssh connects by itself); it ends with this process,
 * also when that is killed, because it hangs on a pipe that the kernel closes.
 */
export interface SshConnection {
  /** Opens the connection, or keeps it open. */
  keepWarm(): void;
  close(): Promise<void>;
}

/** The shell becomes ssh; a helper beside it ends ssh as soon as the pipe to this process closes. */
const watchdog = 'exec 3<&0 </dev/null; (read -r _ <&3; kill "$$" 2>/dev/null) & exec ssh "$@" 3<&-';

export function createSshConnection(options: {
  readonly args: readonly string[];
  readonly controlPath: string;
  readonly remote: RemoteUrl;
}): SshConnection {
  const { remote } = options;
  const host = remote.host.replace(/[[\]]/g, '');
  const args = [
    ...options.args,
    '-N',
    ...['-o', 'ControlMaster=yes', '-o', `ControlPath=${options.controlPath}`, '-o', 'ControlPersist=no'],
    ...(remote.port === null ? [] : ['-p', String(remote.port)]),
    ...(remote.user === null ? [] : ['-l', remote.user]),
    '--',
    host,
  ];
  let child: ChildProcess | null = null;
  let idle: NodeJS.Timeout | null = null;
  let closed = false;

  async function end(): Promise<void> {
    if (idle !== null) clearTimeout(idle);
    idle = null;
    const ending = child;
    child = null;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
    ending.ref();
    const exited = once(ending, 'exit');
    ending.stdin?.end();
    await exited;
  }

  return {
    keepWarm() {
      if (closed) return;
      if (idle !== null) clearTimeout(idle);
      idle = setTimeout(() => void end(), gitLimits.sshConnectionIdleMs);
      idle.unref();
      if (child !== null) return;
      const started = spawn('sh', ['-c', watchdog, 'ssh', ...args], {
        stdio: ['pipe', 'ignore', 'ignore'],
        env: { PATH: process.env.PATH ?? '' },
      });
      child = started;
      started.stdin?.on('error', () => {});
      const forget = () => {
        if (child === started) child = null;
      };
      started.on('error', forget);
      started.on('exit', () => {
        forget();
        started.stdin?.destroy();
      });
      started.unref();
    },
    async close() {
      closed = true;
      await end();
    },
  };
}
