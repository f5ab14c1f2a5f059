import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Credentials } from './credentials.ts';
import { type Environment, gitEnvironment } from './git-environment.ts';
import { gitLimits } from './git-limits.ts';
import { makePrivateFolder, removePrivateFolder } from './private-folder.ts';
import type { RemoteUrl } from './remote-url.ts';
import { createSshConnection, type SshConnection } from './ssh-connection.ts';

/** Credentials made usable for git: an environment, and files in a private directory that `close` removes. */
export interface RemoteAccess {
  readonly env: Environment;
  /** To be called after a success: keeps an SSH connection open for the next command. Never throws, never waits. */
  keepWarm(): void;
  /** Throws a CodedError that names the directory when it cannot be removed. */
  close(): Promise<void>;
}

export interface RemoteAccessOptions {
  /** Where the private directory is made; made itself where it is missing. Default: the system's temporary directory. */
  readonly privateDir?: string;
  /** Whether SSH commands share one connection. Default: true. */
  readonly shareConnection?: boolean;
}

/** Writes keys and passwords to 0600 files in a fresh 0700 directory; nothing secret stands in argv or a URL. */
export async function openRemoteAccess(
  remote: RemoteUrl,
  credentials: Credentials,
  options: RemoteAccessOptions = {},
): Promise<RemoteAccess> {
  const dir = await makePrivateFolder(options.privateDir);
  try {
    const { env, connection } = await materialise(dir, remote, credentials, options.shareConnection ?? true);
    return {
      env,
      keepWarm: () => connection?.keepWarm(),
      async close() {
        await connection?.close();
        await removePrivateFolder(dir);
      },
    };
  } catch (error) {
    await removePrivateFolder(dir);
    throw error;
  }
}

async function materialise(
  dir: string,
  remote: RemoteUrl,
  credentials: Credentials,
  share: boolean,
): Promise<{ env: Environment; connection: SshConnection | null }> {
  const secret = async (name: string, content: string) => {
    const path = join(dir, name);
    await writeFile(path, content, { mode: 0o600, flag: 'wx' });
    return path;
  };
  const config: [string, string][] = [];
  const extra: Record<string, string> = { GIT_ALLOW_PROTOCOL: protocolsOf(remote) };
  let connection: SshConnection | null = null;

  if (credentials.kind === 'Ssh') {
    const key = await secret('key', credentials.privateKey);
    const knownHosts = await secret('known_hosts', credentials.knownHosts);
    const controlPath = join(dir, 's');
    const shared = share && Buffer.byteLength(controlPath) <= gitLimits.sshControlPathBytesMax;
    const args = sshArguments(key, knownHosts);
    if (shared) connection = createSshConnection({ args, controlPath, remote });
    const all = shared
      ? [...args, '-o', 'ControlMaster=no', '-o', `ControlPath=${sshWord(controlPath)}`]
      : args;
    extra.GIT_SSH_COMMAND = ['ssh', ...all].map(shellWord).join(' ');
    // Told, not guessed: git otherwise runs the command once more to find out what it is.
    extra.GIT_SSH_VARIANT = 'ssh';
  } else {
    if (credentials.caCertificates !== null) {
      config.push(['http.sslCAInfo', await secret('ca.crt', credentials.caCertificates)]);
    }
    if (credentials.kind === 'Basic') {
      const file = await secret(
        'login',
        `username=${credentials.username}\npassword=${credentials.password}\n`,
      );
      // Bound to this host: after a redirect elsewhere git asks for other credentials and gets none.
      const scope = new URL(remote.url).origin;
      config.push([`credential.${scope}.helper`, `!f() { test "$1" = get && cat ${shellWord(file)}; }; f`]);
      config.push(['http.proactiveAuth', 'basic']);
    }
    if (credentials.kind === 'Bearer') {
      config.push(['http.extraHeader', `Authorization: Bearer ${credentials.token}`]);
      // git would send the header to wherever it is redirected.
      config.push(['http.followRedirects', 'false']);
    }
  }
  return { env: { ...gitEnvironment(config, dir), ...extra }, connection };
}

function protocolsOf(remote: RemoteUrl): string {
  return remote.transport === 'http' ? 'http:https' : remote.transport;
}

/** Nothing of the machine's or the user's ssh configuration, no agent, no prompt; host keys must match. */
function sshArguments(key: string, knownHosts: string): string[] {
  const settings = [
    `UserKnownHostsFile=${sshWord(knownHosts)}`,
    'GlobalKnownHostsFile=/dev/null',
    'StrictHostKeyChecking=yes',
    'UpdateHostKeys=no',
    'CheckHostIP=no',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'PreferredAuthentications=publickey',
    'BatchMode=yes',
    'ForwardAgent=no',
    'ClearAllForwardings=yes',
    'LogLevel=ERROR',
    `ConnectTimeout=${gitLimits.connectTimeoutS}`,
    `ServerAliveInterval=${gitLimits.sshAliveIntervalS}`,
    `ServerAliveCountMax=${gitLimits.sshAliveCountMax}`,
  ];
  return ['-F', '/dev/null', '-T', '-i', key, ...settings.flatMap((setting) => ['-o', setting])];
}

/** ssh splits option values at blanks and expands `%`. */
function sshWord(text: string): string {
  const escaped = text.replaceAll('%', '%%');
  return /\s/.test(escaped) ? `"${escaped}"` : escaped;
}

/** One word for sh. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./=:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
