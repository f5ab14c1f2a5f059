import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { CodedError } from '../errors.ts';
import { signCertificate } from './x509.ts';

/** Clocks differ: a certificate is valid from a little before it was made. */
export const BACKDATED_MS = 5 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
const AUTHORITY_VALID_MS = 3650 * DAY_MS;
const CURVE = 'P-256';

/** A certificate that may sign others, with its key. */
export interface Authority {
  readonly certificate: X509Certificate;
  readonly privateKey: KeyObject;
}

/** An authority of our own, for nothing but the webhooks: ECDSA P-256, valid for 10 years. */
export function createAuthority(nowMs: number): Authority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: CURVE });
  // Two authorities are trusted while one follows the other; the date tells people which is which.
  const subject = `gitops-reverser webhook CA ${new Date(nowMs).toISOString().slice(0, 10)}`;
  const pem = signCertificate({
    subject,
    publicKey,
    use: 'Authority',
    notBeforeMs: nowMs - BACKDATED_MS,
    notAfterMs: nowMs + AUTHORITY_VALID_MS,
    issuer: { subject, privateKey },
  });
  return { certificate: new X509Certificate(pem), privateKey };
}

/** A private key, and PEM of it (PKCS #8). */
export function createKey(): {
  readonly publicKey: KeyObject;
  readonly pem: string;
} {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: CURVE });
  return { publicKey, pem: privateKeyPem(privateKey) };
}

/** PKCS #8 PEM. */
export function privateKeyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/** Read a private key from PEM. Throws `InvalidSecret`, without a word of what was read. */
export function parsePrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new CodedError('InvalidSecret', 'the private key cannot be parsed');
  }
}

/** Common name of a certificate that `createAuthority` made. */
export function commonNameOf(certificate: X509Certificate): string {
  return /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? '';
}
