import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { controllerManagerUser, groupsOf, users } from './users.ts';

/** The files and tokens by which the components and the users know each other. */
export interface Credentials {
  /** User name to bearer token. */
  readonly tokens: ReadonlyMap<string, string>;
  readonly tokenFile: string;
  readonly serviceAccountKeyFile: string;
  /** The API server keeps its self-signed certificate here. */
  readonly certificateDir: string;
  /** That certificate and its CA, there once the API server has started. */
  readonly certificateFile: string;
}

/** Write fresh credentials into `dir`, or read those a former run left there. */
export function makeCredentials(dir: string): Credentials {
  const tokenFile = join(dir, 'tokens.csv');
  const serviceAccountKeyFile = join(dir, 'service-account.key');
  const certificateDir = join(dir, 'certificates');
  if (!existsSync(tokenFile)) {
    const names = [...users, controllerManagerUser];
    const lines = names.map((name) => {
      const groups = groupsOf[name];
      return [randomBytes(16).toString('hex'), name, name, ...(groups ? [`"${groups}"`] : [])].join(',');
    });
    writeFileSync(tokenFile, `${lines.join('\n')}\n`, { mode: 0o600 });
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(serviceAccountKeyFile, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  }
  const tokens = new Map<string, string>();
  for (const line of readFileSync(tokenFile, 'utf8').trim().split('\n')) {
    const [token = '', name = ''] = line.split(',');
    tokens.set(name, token);
  }
  const certificateFile = join(certificateDir, 'apiserver.crt');
  return { tokens, tokenFile, serviceAccountKeyFile, certificateDir, certificateFile };
}

/** A kubeconfig with one context: `user`, known by a token, at `url`, whose CA it holds. */
export function kubeconfigText(access: { url: string; ca: Buffer; user: string; token: string }): string {
  const named = 'gitops-reverser-test';
  // JSON is YAML, so that no value needs thought about quoting.
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': named,
    clusters: [
      {
        name: named,
        cluster: { server: access.url, 'certificate-authority-data': access.ca.toString('base64') },
      },
    ],
    users: [{ name: access.user, user: { token: access.token } }],
    contexts: [{ name: named, context: { cluster: named, user: access.user } }],
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
