import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from './run-command.ts';
import { withTempDir } from './temp-dir.ts';

/** An SSH key pair in OpenSSH's text forms. */
export interface SshKey {
  readonly privateKey: string;
  /** One line: type, base64, comment. */
  readonly publicKey: string;
}

/** Make a key pair without passphrase. */
export function makeSshKey(type: 'ed25519' | 'ecdsa' | 'rsa' = 'ed25519'): Promise<SshKey> {
  return withTempDir(async (dir) => {
    const path = join(dir, 'key');
    await mustRun('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'gitops-reverser-test', '-f', path]);
    const [privateKey, publicKey] = await Promise.all([
      readFile(path, 'utf8'),
      readFile(`${path}.pub`, 'utf8'),
    ]);
    return { privateKey, publicKey: publicKey.trim() };
  }, 'key');
}
