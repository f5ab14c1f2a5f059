import { readFile, writeFile } from 'node:fs/promises';
import https from 'node:https';
import { join } from 'node:path';
import { mustRun } from '../../src/testing/run-command.ts';
import type { Scenario } from '../../src/testing/scenario.ts';

export interface Authority {
  /** The path of its certificate. */
  readonly file: string;
  /** An agent that shows a certificate of this user, who may everything. */
  agentOf(user: string, controlPlane: Scenario['controlPlane']): Promise<https.Agent>;
}

/** An authority for client certificates, by the openssl command. */
export async function makeAuthority(dir: string): Promise<Authority> {
  const openssl = (...args: string[]) => mustRun('openssl', args, { cwd: dir });
  const key = async (file: string) =>
    openssl('ecparam', '-genkey', '-name', 'prime256v1', '-noout', '-out', file);
  const configure = (user: string) => {
    const escaped = user
      .replace(/[\\"#$]/g, '\\$&')
      .replaceAll('\n', '\\n')
      .replaceAll('\r', '\\r');
    const lines = [
      '[req]',
      'distinguished_name = name',
      'prompt = no',
      'string_mask = utf8only',
      'utf8 = yes',
      '[name]',
      'O = system:masters',
      `CN = ${escaped}`,
      '[ca]',
      'basicConstraints = critical, CA:TRUE',
      'keyUsage = critical, keyCertSign',
      '[client]',
      'basicConstraints = critical, CA:FALSE',
      'extendedKeyUsage = clientAuth',
    ];
    return writeFile(join(dir, 'client.conf'), `${lines.join('\n')}\n`);
  };
  await key('client-ca.key');
  await configure('clients');
  const ca = ['-x509', '-days', '1', '-key', 'client-ca.key', '-extensions', 'ca', '-out', 'client-ca.crt'];
  await openssl('req', '-config', 'client.conf', '-new', '-sha256', ...ca);
  let serial = 1;
  return {
    file: join(dir, 'client-ca.crt'),
    async agentOf(user, controlPlane) {
      serial += 1;
      await key('client.key');
      await configure(user);
      await openssl('req', '-config', 'client.conf', '-new', '-key', 'client.key', '-out', 'client.csr');
      const sign = ['-CA', 'client-ca.crt', '-CAkey', 'client-ca.key', '-set_serial', String(serial)];
      const extensions = ['-extfile', 'client.conf', '-extensions', 'client', '-out', 'client.crt'];
      await openssl('x509', '-req', '-days', '1', '-in', 'client.csr', ...sign, ...extensions);
      const config = JSON.parse(await readFile(controlPlane.kubeconfig('admin'), 'utf8'));
      const serverCa = Buffer.from(config.clusters[0].cluster['certificate-authority-data'], 'base64');
      return new https.Agent({
        ca: serverCa,
        cert: await readFile(join(dir, 'client.crt')),
        key: await readFile(join(dir, 'client.key')),
        keepAlive: true,
      });
    },
  };
}
