import { CodedError } from '../errors.ts';
import type { RemoteUrl } from './remote-url.ts';

/** What a remote repository wants to see, read from a Secret. */
export type Credentials =
  | { readonly kind: 'None'; readonly caCertificates: string | null }
  | { readonly kind: 'Ssh'; readonly privateKey: string; readonly knownHosts: string }
  | {
      readonly kind: 'Basic';
      readonly username: string;
      readonly password: string;
      readonly caCertificates: string | null;
    }
  | { readonly kind: 'Bearer'; readonly token: string; readonly caCertificates: string | null };

export type CredentialsResult =
  | { readonly ok: true; readonly credentials: Credentials }
  | { readonly ok: false; readonly error: CodedError };

/** Keys of each value, own dialect first; then Flux, kubernetes.io/ssh-auth and basic-auth, Argo CD. */
const keys = {
  privateKey: ['ssh-key', 'identity', 'ssh-privatekey', 'sshPrivateKey'],
  knownHosts: ['known-hosts', 'known_hosts'],
  username: ['username'],
  password: ['password'],
  bearerToken: ['bearerToken'],
  caCertificates: ['ca.crt', 'caFile'],
} as const;

/** Marker (`@cert-authority`), hosts, key type, key: sshd(8). */
const knownHostsLine = /^\s*(@\S+\s+)?\S+\s+(ssh|ecdsa|sk)-\S+\s+[A-Za-z0-9+/=]+/;

type SecretData = Readonly<Record<string, Buffer>>;

/**
 * Finds in a Secret's data what `remote` needs; `data` is null when there is no secretRef.
 * SSH without host keys is refused, not trusted. No message ever repeats a value.
 */
export function credentialsFrom(data: SecretData | null, remote: RemoteUrl): CredentialsResult {
  if (remote.transport === 'file') return found({ kind: 'None', caCertificates: null });
  if (remote.transport === 'ssh') return sshCredentials(data ?? {}, remote);
  return httpCredentials(data ?? {});
}

function sshCredentials(data: SecretData, remote: RemoteUrl): CredentialsResult {
  const key = pick(data, keys.privateKey);
  if (key === null) {
    return invalid(
      `The URL is an SSH URL, and the Secret has no SSH key. Put the private key under "ssh-key" (also read: ${list(keys.privateKey.slice(1))})`,
    );
  }
  const keyFault = privateKeyFault(key.text);
  if (keyFault !== null) return invalid(`The value of "${key.name}" ${keyFault}`);
  const knownHosts = pick(data, keys.knownHosts);
  const scan = `ssh-keyscan ${remote.port === null ? '' : `-p ${remote.port} `}${remote.host.replace(/[[\]]/g, '')}`;
  if (knownHosts === null) {
    return invalid(
      `The Secret has no host keys, so the server could not be told from an impostor. Put the output of "${scan}" (verify it) under "known-hosts" (also read: "known_hosts")`,
    );
  }
  const entries = knownHosts.text.split('\n').filter((line) => line.trim() !== '' && !/^\s*#/.test(line));
  if (entries.length === 0 || entries.some((line) => !knownHostsLine.test(line))) {
    return invalid(
      `The value of "${knownHosts.name}" is not in known_hosts format. Put the output of "${scan}" there`,
    );
  }
  return found({ kind: 'Ssh', privateKey: key.text, knownHosts: knownHosts.text });
}

function httpCredentials(data: SecretData): CredentialsResult {
  const ca = pick(data, keys.caCertificates);
  if (ca !== null && !ca.text.includes('-----BEGIN CERTIFICATE-----')) {
    return invalid(`The value of "${ca.name}" holds no PEM certificate`);
  }
  const caCertificates = ca?.text ?? null;
  const token = pick(data, keys.bearerToken);
  if (token !== null) {
    const value = token.text.trim();
    if (!/^[\x21-\x7e]+$/.test(value)) return invalid(`The value of "${token.name}" is not a token`);
    return found({ kind: 'Bearer', token: value, caCertificates });
  }
  const username = pick(data, keys.username);
  const password = pick(data, keys.password);
  if (password !== null) {
    // Tokens given as a password mostly come without a name, and hosts then accept any.
    const credentials = { username: oneLine(username?.text ?? 'git'), password: oneLine(password.text) };
    for (const [name, value] of Object.entries(credentials)) {
      if (/[\x00\n\r]/.test(value) || value === '') return invalid(`The value of "${name}" is not one line`);
    }
    return found({ kind: 'Basic', ...credentials, caCertificates });
  }
  if (username !== null) return invalid('The Secret has a "username" and no "password"');
  if (pick(data, keys.privateKey) !== null) {
    return invalid(
      'The Secret holds an SSH key, and the URL is an HTTP URL. Use an SSH URL, or put "username" and "password", or "bearerToken", in the Secret',
    );
  }
  const present = Object.keys(data);
  if (present.length > 0 && ca === null) {
    return invalid('The Secret has none of the keys "username" and "password", or "bearerToken"');
  }
  return found({ kind: 'None', caCertificates });
}

function privateKeyFault(key: string): string | null {
  if (/^(ssh-|ecdsa-)/.test(key)) return 'is a public key. Put the private key there';
  const armour = /-----BEGIN ([A-Z0-9 ]*)PRIVATE KEY-----([\s\S]*?)-----END [A-Z0-9 ]*PRIVATE KEY-----/.exec(
    key,
  );
  if (armour === null) return 'is not a PEM private key';
  const encrypted = 'is protected by a passphrase. Use a key without one';
  if (armour[1]?.includes('ENCRYPTED') || /Proc-Type: 4,ENCRYPTED/.test(key)) return encrypted;
  if (armour[1] === 'OPENSSH ') {
    // openssh-key-v1\0, then a length-prefixed cipher name (PROTOCOL.key of OpenSSH).
    const body = Buffer.from(armour[2] ?? '', 'base64');
    const cipher = body.subarray(19, 19 + 4).toString('latin1');
    if (body.length > 23 && cipher !== 'none') return encrypted;
  }
  return null;
}

/** The first of `names` that is there, as text with Unix line ends and one newline at its end. */
function pick(data: SecretData, names: readonly string[]): { name: string; text: string } | null {
  for (const name of names) {
    const value = data[name];
    if (value === undefined || value.length === 0) continue;
    return { name, text: `${value.toString('utf8').replace(/\r\n?/g, '\n').trim()}\n` };
  }
  return null;
}

function oneLine(text: string): string {
  return text.replace(/\n$/, '');
}

function list(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

function found(credentials: Credentials): CredentialsResult {
  return { ok: true, credentials };
}

function invalid(message: string): CredentialsResult {
  return { ok: false, error: new CodedError('InvalidSecret', message) };
}
