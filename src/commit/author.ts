import type { Identity } from './commit-request.ts';
import { neutralise } from './neutralise.ts';

export const AUTHOR_NAME_CHARS_MAX = 256;
/** RFC 5321: 64 for what stands before the @, 254 for the address. */
const LOCAL_PART_CHARS_MAX = 64;
export const EMAIL_CHARS_MAX = 254;

const UNKNOWN = 'unknown';
const UNNAMED = 'unnamed';
const FALLBACK_DOMAIN = 'cluster.local';

/** Letters and digits of any script, and the marks that mail addresses usually have. */
const LOCAL_PART = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const DOMAIN =
  /^[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)*$/u;

/**
 * The Git author of a Kubernetes user: the name is the username, the e-mail address is the username if that is one, else
 * `<user>@<emailDomain>`. `system:serviceaccount:ns:name` becomes `system.serviceaccount.ns.name@<emailDomain>`.
 *
 * Neither part is ever empty, too long, or of a form that Git would change when it rewrites the commit.
 */
export function authorOf(username: string, emailDomain: string): Identity {
  const name = nameOf(username) || UNNAMED;
  if (isAddress(username)) return { name, email: username };
  return { name, email: `${localPartOf(username) || UNNAMED}@${domainOf(emailDomain)}` };
}

/** The author of a change that nobody can be credited with. */
export function unknownAuthor(emailDomain: string): Identity {
  return { name: UNKNOWN, email: `${UNKNOWN}@${domainOf(emailDomain)}` };
}

function isAddress(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at < 1 || at > LOCAL_PART_CHARS_MAX || text.length > EMAIL_CHARS_MAX) return false;
  // Git strips an apostrophe or the like from the start of an address; then it is not the same address any more.
  const local = text.slice(0, at);
  return LOCAL_PART.test(local) && !/^'/.test(local) && DOMAIN.test(text.slice(at + 1));
}

/** Without `<` and `>`, which end a name, and without what Git strips from both ends (ident.c, `crud`). */
function nameOf(username: string): string {
  const line = neutralise(username.replace(/[<>]/g, ''), AUTHOR_NAME_CHARS_MAX);
  return line.replace(/\s+/g, ' ').replace(/^[\s.,:;"\\']+|[\s.,:;"\\']+$/g, '');
}

/** `:` and blanks become dots, anything else that an address may not have a dash. */
function localPartOf(username: string): string {
  return Array.from(username.slice(0, LOCAL_PART_CHARS_MAX * 4))
    .join('')
    .replace(/[:\s]/g, '.')
    .replace(/[^\p{L}\p{N}._+-]/gu, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/-{2,}/g, '-')
    .slice(0, LOCAL_PART_CHARS_MAX)
    .replace(/\p{Surrogate}/gu, '')
    .replace(/^[.-]+|[.-]+$/g, '');
}

function domainOf(emailDomain: string): string {
  return emailDomain.length <= EMAIL_CHARS_MAX - LOCAL_PART_CHARS_MAX - 1 && DOMAIN.test(emailDomain)
    ? emailDomain
    : FALLBACK_DOMAIN;
}
