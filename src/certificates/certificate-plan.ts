import type { X509Certificate } from 'node:crypto';
import {
  type Authority,
  BACKDATED_MS,
  createAuthority,
  parsePrivateKey,
  privateKeyPem,
} from './authority.ts';
import type { HostNames } from './host-names.ts';
import {
  issueServingCertificate,
  isValidAt,
  type KeyAndCertificate,
  servingProblem,
} from './serving-certificate.ts';
import { isSignedBy, parseBundle, pemOf, validityOf } from './x509.ts';

/**
 * How long both authorities are trusted before, and again after, the serving certificate passes from one to the
 * other. Every replica and API server takes notice within minutes.
 */
export const AUTHORITY_OVERLAP_MS = 60 * 60_000;
/** A certificate is replaced when this part of its life is over. */
const DUE_AFTER = 2 / 3;

/** What is kept: PEM each. Text that cannot be parsed counts as missing. */
export interface CertificateContents extends KeyAndCertificate {
  /** The authorities to trust, the one that signs first. */
  readonly caBundle: string;
  /** The key of the authority that signs. */
  readonly caKey: string;
}

/** What to do with the contents that stand there. */
export type CertificatePlan =
  | { readonly kind: 'Keep' }
  | { readonly kind: 'Write'; readonly contents: CertificateContents; readonly reasons: readonly string[] };

/**
 * Decide what the certificates have to become. Idempotent: what it writes it keeps.
 *
 * A change of the authority takes three steps, each at least an hour after the one before, which follow from the
 * dates in the certificates alone: both are trusted, the old one's certificate is served; both are trusted, the new
 * one's is served; the old one goes. Its key is gone from the first step on: nothing needs to be signed with it.
 * What cannot be used is replaced at once.
 */
export function planCertificates(
  stored: CertificateContents | undefined,
  names: HostNames,
  nowMs: number,
): CertificatePlan {
  const reasons: string[] = [];
  const known = stored === undefined ? [] : validAuthorities(stored.caBundle, nowMs);
  let signing = stored === undefined ? undefined : findSigning(known, stored.caKey);
  if (signing === undefined || isDue(signing.certificate, nowMs)) {
    reasons.push(signing === undefined ? 'there is no CA that can be used' : 'the CA is due for rotation');
    signing = createAuthority(nowMs);
  }
  const { certificate } = signing;
  const authorities = [certificate, ...known.filter((one) => !one.raw.equals(certificate.raw))];

  const replaced =
    stored === undefined ? 'there is no certificate' : whyReplace(stored, authorities, names, nowMs);
  if (replaced !== undefined) reasons.push(replaced);
  const serving =
    stored === undefined || replaced !== undefined ? issueServingCertificate(signing, names, nowMs) : stored;

  const trusted = isOldUnneeded(serving, certificate, nowMs) ? [certificate] : authorities;
  const caBundle = trusted.map(pemOf).join('');
  if (reasons.length === 0 && caBundle !== stored?.caBundle) reasons.push('the trusted CAs have changed');
  if (reasons.length === 0) return { kind: 'Keep' };
  const caKey = privateKeyPem(signing.privateKey);
  return { kind: 'Write', contents: { key: serving.key, cert: serving.cert, caBundle, caKey }, reasons };
}

function validAuthorities(caBundle: string, nowMs: number): X509Certificate[] {
  try {
    return parseBundle(caBundle).filter((one) => one.ca && isValidAt(one, nowMs));
  } catch {
    return [];
  }
}

function findSigning(authorities: readonly X509Certificate[], caKey: string): Authority | undefined {
  try {
    const privateKey = parsePrivateKey(caKey);
    const certificate = authorities.find((one) => one.checkPrivateKey(privateKey));
    return certificate === undefined ? undefined : { certificate, privateKey };
  } catch {
    return undefined;
  }
}

/** Why the certificate has to be replaced now, if it has to. */
function whyReplace(
  stored: CertificateContents,
  authorities: readonly X509Certificate[],
  names: HostNames,
  nowMs: number,
): string | undefined {
  const problem = servingProblem(stored, authorities, names, nowMs);
  if (problem !== undefined) return problem;
  const [leaf] = parseBundle(stored.cert);
  const [signing] = authorities;
  if (leaf === undefined || signing === undefined) return undefined;
  // A new CA signs only when all clients had time to hear of it.
  if (!isSignedBy(leaf, signing))
    return ageOf(signing, nowMs) >= AUTHORITY_OVERLAP_MS ? 'the CA was replaced' : undefined;
  return isDue(leaf, nowMs) ? 'the certificate is due for rotation' : undefined;
}

/** Has everybody had time to serve what the signing authority signed? */
function isOldUnneeded(serving: KeyAndCertificate, signing: X509Certificate, nowMs: number): boolean {
  const [leaf] = parseBundle(serving.cert);
  return leaf !== undefined && isSignedBy(leaf, signing) && ageOf(leaf, nowMs) >= AUTHORITY_OVERLAP_MS;
}

function isDue(certificate: X509Certificate, nowMs: number): boolean {
  const { fromMs, untilMs } = validityOf(certificate);
  return nowMs >= fromMs + (untilMs - fromMs) * DUE_AFTER;
}

/** Time since it was made. */
function ageOf(certificate: X509Certificate, nowMs: number): number {
  return nowMs - validityOf(certificate).fromMs - BACKDATED_MS;
}
