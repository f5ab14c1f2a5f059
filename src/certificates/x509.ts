import { createHash, createPublicKey, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { CodedError } from '../errors.ts';
import { bits, explicit, implicit, integer, octets, oid, sequence, set, TRUE, time, utf8 } from './der.ts';
import type { HostNames } from './host-names.ts';

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const SUBJECT_KEY_ID = '2.5.29.14';
const KEY_USAGE = '2.5.29.15';
const SUBJECT_ALT_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const AUTHORITY_KEY_ID = '2.5.29.35';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

const SERIAL_BYTES = 16;
const KEY_ID_BYTES = 20;

/** What a certificate says. */
export interface CertificateRequest {
  /** Common name of who it is for. */
  readonly subject: string;
  readonly publicKey: KeyObject;
  /** An authority may sign servers' certificates, and nothing below it may sign any. */
  readonly use: 'Authority' | 'Server';
  /** The names a server answers to. */
  readonly names?: HostNames;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Common name and private key (EC P-256) of who signs. */
  readonly issuer: { readonly subject: string; readonly privateKey: KeyObject };
}

/** Write and sign an X.509 certificate (RFC 5280, version 3, ECDSA with SHA-256). Returns PEM. */
export function signCertificate(request: CertificateRequest): string {
  const { publicKey, issuer } = request;
  const algorithm = sequence(oid(ECDSA_WITH_SHA256));
  const serial = randomBytes(SERIAL_BYTES);
  // Positive and never shorter: the first bit is 0, the second 1.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const unsigned = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    nameOf(issuer.subject),
    sequence(time(request.notBeforeMs), time(request.notAfterMs)),
    nameOf(request.subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensionsOf(request))),
  );
  const signature = sign('sha256', unsigned, { key: issuer.privateKey, dsaEncoding: 'der' });
  return toPem(sequence(unsigned, algorithm, bits(signature)));
}

/** The certificates of a PEM bundle, in its order. Throws `InvalidSecret` when there is none or one is broken. */
export function parseBundle(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new CodedError('InvalidSecret', 'there is no PEM certificate');
  return blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw new CodedError('InvalidSecret', 'a certificate cannot be parsed');
    }
  });
}

/** The certificate as PEM, with a newline at its end. */
export const pemOf = (certificate: X509Certificate): string => toPem(certificate.raw);

/** When a certificate begins to be valid, and when it ends, in milliseconds since the epoch. */
export function validityOf(certificate: X509Certificate): {
  readonly fromMs: number;
  readonly untilMs: number;
} {
  return { fromMs: Date.parse(certificate.validFrom), untilMs: Date.parse(certificate.validTo) };
}

/** Did the key of `authority` sign the certificate, and may it? */
export function isSignedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  try {
    return authority.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  } catch {
    return false;
  }
}

function extensionsOf({ use, names, publicKey, issuer }: CertificateRequest): Buffer[] {
  const keyId = (key: KeyObject) => keyIdOf(key);
  const authorityKeyId = extension(
    AUTHORITY_KEY_ID,
    sequence(implicit(0, keyId(createPublicKey(issuer.privateKey)))),
  );
  const subjectKeyId = extension(SUBJECT_KEY_ID, octets(keyId(publicKey)));
  if (use === 'Authority') {
    return [
      // CA, with a path length of 0.
      critical(BASIC_CONSTRAINTS, sequence(TRUE, integer(Buffer.from([0])))),
      // keyCertSign is bit 5.
      critical(KEY_USAGE, bits(Buffer.from([0b00000100]), 2)),
      subjectKeyId,
      authorityKeyId,
    ];
  }
  return [
    critical(BASIC_CONSTRAINTS, sequence()),
    // digitalSignature is bit 0.
    critical(KEY_USAGE, bits(Buffer.from([0b10000000]), 7)),
    extension(EXTENDED_KEY_USAGE, sequence(oid(SERVER_AUTH))),
    subjectKeyId,
    authorityKeyId,
    extension(SUBJECT_ALT_NAME, sequence(...altNames(names ?? { dns: [], ips: [] }))),
  ];
}

function altNames({ dns, ips }: HostNames): Buffer[] {
  return [
    ...dns.map((name) => implicit(2, Buffer.from(name, 'ascii'))),
    ...ips.map((ip) => implicit(7, ipBytes(ip))),
  ];
}

const extension = (id: string, value: Uint8Array) => sequence(oid(id), octets(value));
const critical = (id: string, value: Uint8Array) => sequence(oid(id), TRUE, octets(value));
const nameOf = (commonName: string) => sequence(set(sequence(oid(COMMON_NAME), utf8(commonName))));

/** RFC 7093, section 2, method 1: needs no SHA-1, which hardened builds of OpenSSL lack. */
function keyIdOf(publicKey: KeyObject): Buffer {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  // The key of P-256, an uncompressed point, is the end of its SubjectPublicKeyInfo.
  return createHash('sha256').update(spki.subarray(-65)).digest().subarray(0, KEY_ID_BYTES);
}

function ipBytes(ip: string): Buffer {
  if (isIPv4(ip)) return Buffer.from(ip.split('.').map(Number));
  const [head = '', tail] = new URL(`http://[${ip}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const zeros = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array<string>(zeros).fill('0'), ...groups(tail)];
  return Buffer.concat(all.map((group) => Buffer.from(group.padStart(4, '0'), 'hex')));
}

function toPem(der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g);
  return `-----BEGIN CERTIFICATE-----\n${lines?.join('\n')}\n-----END CERTIFICATE-----\n`;
}
