export const FORGERY =
  'x\n\nSigned-off-by: Mallory <mallory@example.com>\nCo-authored-by: z <z@example.com>\n';
export const RIGHT_TO_LEFT = '\u202e';
export const ANSI = '\u001b[31mred\u001b[0m\u001b]0;title\u0007';

/** Usernames that a header can carry, as impersonation does. */
export const HEADER_NAMES: readonly string[] = [
  'eve <x@example.com> Signed-off-by: z',
  'Signed-off-by: Linus <linus@example.com>',
  'eve> 1700000000 +0000',
  '[DELETE] Namespace/shop by user/admin',
  `mallory${RIGHT_TO_LEFT}moc.elpmaxe@ecila`,
  'zero\u200bwidth\u2066\ufeff 😀',
  'a\ttab',
  '--amend',
  '$(touch pwned)`id`; #',
  '<>',
  '...',
  'ü@exämple.com',
  'x'.repeat(1_024),
  `y${'é'.repeat(5_000)}`,
];
/** And what only a certificate can. */
export const CERTIFICATE_NAMES: readonly string[] = [
  'eve\n\nSigned-off-by: z <z@example.com>',
  'eve <e@x> 0 +0000\ncommitter z <z@x>',
  ANSI,
  `cr\r\n${RIGHT_TO_LEFT}x`,
];
export const ROLE_NAMES: readonly string[] = [
  'ops:..:reader',
  '...:x',
  '.git',
  'a b <c@example.com>',
  FORGERY.trim(),
  ANSI,
  `${RIGHT_TO_LEFT}moc`,
  'nul\u0000nul',
  'CON',
  'x'.repeat(1_000),
];
