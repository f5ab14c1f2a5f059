/**
 * Text that a user of the cluster chose (names, usernames, field managers) on its way into a commit message or an
 * identity. Invariant: the result is one line of visible characters, in the order in which they are stored.
 */

/** Controls, line and paragraph separators, invisible and direction-changing characters, lone surrogates. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}\p{Noncharacter_Code_Point}]/gu;

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\0': '\\0' };

/** The text with unsafe characters as visible escapes (`\n`, `\u202e`), cut to `charsMax` characters. */
export function neutralise(text: string, charsMax: number): string {
  // Cut first, so that a huge input costs no more than a long one.
  const safe = text.slice(0, charsMax * 2).replace(UNSAFE, escapeCharacter);
  const characters = Array.from(safe);
  if (characters.length <= charsMax && text.length <= charsMax * 2) return safe;
  return `${characters.slice(0, charsMax - 1).join('')}…`;
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return (
    ESCAPES[character] ??
    (code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`)
  );
}
