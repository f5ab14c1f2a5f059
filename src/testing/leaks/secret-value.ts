import { randomBytes } from 'node:crypto';

/**
 * Stands in every value of a Secret that an end-to-end test makes, another in every process, so that at the end of a
 * scenario one search tells whether any of them leaked.
 */
export const secretCanary = `canary-${randomBytes(8).toString('hex')}`;

let made = 0;

/** A value for a Secret of a test: unique by its label, and recognised wherever it leaks. */
export function secretValue(label: string | number = ''): string {
  made += 1;
  return `${secretCanary}-${label}`;
}

/** Did this test make such values, so that there is something to look for? */
export function hasSecretValues(): boolean {
  return made > 0;
}
