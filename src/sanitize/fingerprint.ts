import { createHmac, hkdfSync } from 'node:crypto';

/** 128 bits of the MAC, in hexadecimal digits. */
const MAC_HEX_CHARS = 32;
export const MASTER_KEY_BYTES_MIN = 32;
const REPOSITORY_KEY_BYTES = 32;

const PREFIX = 'redacted:hmac-sha256:';
const FINGERPRINT = new RegExp(`^${PREFIX}[0-9a-f]{${MAC_HEX_CHARS}}$`);

/**
 * A stand-in for a secret value: the same for the same bytes under the same key, and telling nothing without the key,
 * not even the length. The colons make the API server refuse it as `data` of a Secret, which has to be base64.
 */
export function fingerprintOf(value: Uint8Array | string, key: Buffer): string {
  return PREFIX + createHmac('sha256', key).update(value).digest('hex').slice(0, MAC_HEX_CHARS);
}

export function isFingerprint(text: string): boolean {
  return FINGERPRINT.test(text);
}

/**
 * The fingerprint key of one repository, derived by HKDF-SHA256 from the installation's master key: fingerprints of
 * two repositories can not be compared. The master key has at least 32 bytes.
 */
export function deriveRepositoryKey(masterKey: Buffer, repositoryUrl: string): Buffer {
  if (masterKey.length < MASTER_KEY_BYTES_MIN) {
    throw new RangeError(
      `The redaction master key has ${masterKey.length} bytes; ${MASTER_KEY_BYTES_MIN} are needed`,
    );
  }
  const info = Buffer.from(`gitops-reverser/redaction/v1\0${repositoryUrl}`, 'utf8');
  return Buffer.from(hkdfSync('sha256', masterKey, Buffer.alloc(0), info, REPOSITORY_KEY_BYTES));
}
