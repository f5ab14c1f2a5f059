import type { Hidden } from './find-leaks.ts';
import { secretCanary } from './secret-value.ts';
import { spellingsOf } from './spellings.ts';

/** A Secret as the API server has it. */
export interface LiveSecret {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly data?: Readonly<Record<string, string>>;
}

/** Shorter values occur everywhere by chance. */
const VALUE_CHARS_MIN = 8;
/** How each of them begins and ends, whatever its kind. */
const PRIVATE_KEY = 'PRIVATE KEY-----';
/** What stands in Secrets without being secret. */
const PUBLIC_KEYS: ReadonlySet<string> = new Set([
  'ca.crt',
  'tls.crt',
  'known-hosts',
  'known_hosts',
  'username',
  'namespace',
]);

/** Private keys, also of Secrets that are gone again. The program itself names how they begin. */
export const privateKeys: Hidden = { name: 'A private key', spellings: spellingsOf(PRIVATE_KEY) };

/** What must be found nowhere: the values that the test made with `secretValue`, and those of the Secrets. */
export function hiddenValues(secrets: readonly LiveSecret[]): Hidden[] {
  return [
    { name: 'A value of a Secret of the test', spellings: spellingsOf(secretCanary) },
    ...secrets.flatMap(valuesOf),
  ];
}

/** What has to stay hidden of a Secret, beyond what the canary finds. */
function valuesOf({ metadata, data = {} }: LiveSecret): Hidden[] {
  return Object.entries(data).flatMap(([key, encoded]) => {
    const value = Buffer.from(encoded, 'base64');
    if (PUBLIC_KEYS.has(key) || value.length < VALUE_CHARS_MIN || value.includes(secretCanary)) return [];
    return [
      { name: `"${key}" of Secret ${metadata.namespace}/${metadata.name}`, spellings: spellingsOf(value) },
    ];
  });
}
