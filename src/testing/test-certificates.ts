import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from './run-command.ts';
import { withTempDir } from './temp-dir.ts';

/** A certificate for 127.0.0.1 and localhost, its key, and the CA that signed it; all PEM. */
export interface TestCertificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const config = `
[req]
distinguished_name = name
prompt = no
[name]
CN = gitops-reverser-test
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
authorityKeyIdentifier = keyid
subjectAltName = IP:127.0.0.1, DNS:localhost
extendedKeyUsage = serverAuth
`;

/** Make a CA and a server certificate with the openssl command, valid for a day. */
export function makeTestCertificates(): Promise<TestCertificates> {
  return withTempDir(async (dir) => {
    const openssl = (...args: string[]) => mustRun('openssl', args, { cwd: dir });
    await writeFile(join(dir, 'config'), config);
    for (const name of ['ca.key', 'server.key']) {
      await openssl('ecparam', '-genkey', '-name', 'prime256v1', '-noout', '-out', name);
    }
    const request = ['req', '-config', 'config', '-new', '-sha256'];
    await openssl(...request, '-x509', '-days', '1', '-key', 'ca.key', '-extensions', 'ca', '-out', 'ca.crt');
    await openssl(...request, '-key', 'server.key', '-subj', '/CN=localhost', '-out', 'server.csr');
    const sign = [
      'x509',
      '-req',
      '-sha256',
      '-days',
      '1',
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-set_serial',
      '2',
    ];
    const extensions = ['-extfile', 'config', '-extensions', 'server'];
    await openssl(...sign, ...extensions, '-in', 'server.csr', '-out', 'server.crt');
    const read = (name: string) => readFile(join(dir, name), 'utf8');
    return { ca: await read('ca.crt'), cert: await read('server.crt'), key: await read('server.key') };
  }, 'certificates');
}
