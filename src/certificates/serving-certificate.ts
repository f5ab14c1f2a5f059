import type { X509Certificate } from 'node:crypto';
import { messageOf } from '../errors.ts';
import { type Authority, BACKDATED_MS, commonNameOf, createKey, parsePrivateKey } from './authority.ts';
import { type HostNames, missingNames } from './host-names.ts';
import { isSignedBy, parseBundle, signCertificate, validityOf } from './x509.ts';

const SERVING_VALID_MS = 90 * 24 * 60 * 60_000;

/** What a TLS server needs: PEM of its certificate (with intermediate ones behind it) and of its private key. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly cert: string;
}

/** A new key, and a certificate for it that is valid for 90 days (never longer than its authority). */
export function issueServingCertificate(
  authority: Authority,
  names: HostNames,
  nowMs: number,
): KeyAndCertificate {
  const { publicKey, pem } = createKey();
  const cert = signCertificate({
    subject: 'gitops-reverser webhook',
    publicKey,
    use: 'Server',
    names,
    notBeforeMs: nowMs - BACKDATED_MS,
    notAfterMs: Math.min(nowMs + SERVING_VALID_MS, validityOf(authority.certificate).untilMs),
    issuer: { subject: commonNameOf(authority.certificate), privateKey: authority.privateKey },
  });
  return { key: pem, cert };
}

/**
 * Why a server with this certificate would be refused by a client that trusts `authorities` and calls it by `names`;
 * undefined when it would be accepted.
 */
export function servingProblem(
  { key, cert }: KeyAndCertificate,
  authorities: readonly X509Certificate[],
  names: HostNames,
  nowMs: number,
): string | undefined {
  try {
    const [leaf, ...intermediates] = parseBundle(cert) as [X509Certificate, ...X509Certificate[]];
    if (!leaf.checkPrivateKey(parsePrivateKey(key))) return 'the private key is not that of the certificate';
    const { fromMs, untilMs } = validityOf(leaf);
    if (nowMs >= untilMs) return `the certificate expired at ${new Date(untilMs).toISOString()}`;
    if (nowMs < fromMs) return `the certificate is not valid before ${new Date(fromMs).toISOString()}`;
    const missing = missingNames(leaf, names);
    if (missing.length > 0) return `the certificate is not for ${missing.join(', ')}`;
    if (!isTrusted(leaf, intermediates, authorities, nowMs))
      return 'the certificate is not signed by a valid CA that is given with it';
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** Is there a way from the leaf, over the intermediate certificates, to an authority? */
function isTrusted(
  leaf: X509Certificate,
  intermediates: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  nowMs: number,
): boolean {
  const anchors = authorities.filter((one) => isValidAt(one, nowMs));
  // A trusted certificate may be the server's own: self-signed, or pinned.
  if (anchors.some((anchor) => anchor.raw.equals(leaf.raw) || isSignedBy(leaf, anchor))) return true;
  return intermediates.some((one, at) => {
    const others = intermediates.filter((_, index) => index !== at);
    return isValidAt(one, nowMs) && isSignedBy(leaf, one) && isTrusted(one, others, anchors, nowMs);
  });
}

/** Is the certificate valid at that moment? */
export function isValidAt(certificate: X509Certificate, nowMs: number): boolean {
  const { fromMs, untilMs } = validityOf(certificate);
  return fromMs <= nowMs && nowMs < untilMs;
}
