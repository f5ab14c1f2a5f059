import { randomBytes } from 'node:crypto';

/**
 * Stands in every value of a Secret that an end-to-end test makes, another in every process, so that at the end of a
 * scenario one search tells whether any of them leaked.
 */
export const secretCanary = `canary-${randomBytes(8).toString('hex')}`;

/** A value for a Secret of a test: unique by its label, and recognised wherever it leaks. */
export function secretValue(label: string | number = ''): string {
  return `${secretCanary}-${label}`;
}
