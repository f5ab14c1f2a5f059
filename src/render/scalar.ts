/**
 * Scalars as YAML. Invariant: a YAML 1.1 reader and a YAML 1.2 reader both understand the value that was given,
 * so a string is quoted when either of them would take the bare text for something else.
 */

/**
 * Words that some reader takes for null, a boolean, a float or a merge key, in any case; `e5` is a float to YAML 1.1
 * as the `yaml` package reads it.
 */
const SPECIAL_WORD = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf|~|=|<<|e[-+]?[0-9]+)$/i;
/** No special word but `e…` is longer. */
const SPECIAL_WORD_CHARS_MAX = 5;

/**
 * Text without `_` that some reader takes for a number or a date: decimal, octal in both dialects, binary,
 * hexadecimal, with `,` between digits, floats, sexagesimals such as `12:30`, infinities, dates and times.
 */
const NUMBER_LIKE = new RegExp(
  `^(?:${[
    '[-+]?0[bB][-+01]*',
    '[-+]?0[oO][0-7]*',
    '[-+]?0[xX][0-9a-fA-F]*',
    '[-+]?[0-9][0-9,]*(?:\\.[0-9]*)?(?:[eE][-+]?[0-9]*)?',
    '[-+]?(?:\\.[0-9]*)?(?:[eE][-+]?[0-9]*)?',
    '[-+]?[0-9]+(?::[0-9]+)+(?:\\.[0-9]*)?',
    '[-+]?\\.(?:inf|nan)',
    '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*',
  ].join('|')})$`,
  'i',
);

/** The common case, tested first: letters first, then nothing that could mean anything to YAML. */
const CERTAINLY_PLAIN = /^[A-Za-z$(/_^;\\][\w$()/^;\\.@+=~-]*$/;

/** May stand unquoted if it is no special word or number: printable ASCII, harmless first and last character. */
const PLAIN = /^(?=[\x20-\x7e]+$)(?:[^\s\-?:,[\]{}#&*!|>'"%@`]|-[^\s\-?:,[\]{}#&*!|>'"%@`.]|--\w)/;
const PLAIN_HAZARD = /: | #|[: ]$|^\.\.\./;

/**
 * Characters that never stand literally: controls, C1, non-breaking space, line and paragraph separators,
 * the byte order mark, non-characters, lone surrogates, and the invisible or direction-changing characters with
 * which a file can be made to look like another.
 */
const UNPRINTABLE =
  /[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]|\p{Surrogate}/u;
const UNPRINTABLE_EACH = new RegExp(UNPRINTABLE.source, 'gu');
const LONE_SURROGATE_EACH = /\p{Surrogate}/gu;

/** Longest text for which a plain or quoted key stays a simple key (YAML allows 1024 characters). */
export const SIMPLE_KEY_CHARS_MAX = 1000;

/** A string on one line: plain where every reader takes it for that string, else quoted. */
export function renderString(text: string): string {
  if (CERTAINLY_PLAIN.test(text)) return maySpecial(text) && SPECIAL_WORD.test(text) ? `"${text}"` : text;
  if (PLAIN.test(text) && !PLAIN_HAZARD.test(text) && !SPECIAL_WORD.test(text) && !isNumberLike(text)) {
    return text;
  }
  return quote(text);
}

/** A number that both dialects read as that number: exact digits, a dot in every mantissa that has an exponent. */
export function renderNumber(value: number | bigint): string {
  if (typeof value === 'bigint') return value.toString();
  if (!Number.isFinite(value)) throw new TypeError(`Not a JSON number: ${value}`);
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  const exponent = text.indexOf('e');
  if (exponent < 0 || text.includes('.')) return text;
  return `${text.slice(0, exponent)}.0${text.slice(exponent)}`;
}

/**
 * May the text be a literal block (`|`) that every reader takes back exactly? It has several lines, no character
 * that would need an escape, and neither its first line that is not empty nor its last is made of blanks alone.
 */
export function fitsLiteralBlock(text: string): boolean {
  if (!text.includes('\n')) return false;
  if (!/^\n*[ \t]*[^\s]/.test(text)) return false;
  if (/\n[ \t]+\n*$/.test(text)) return false;
  return !UNPRINTABLE.test(text);
}

/**
 * The header of a literal block whose text is indented by two columns: it says so where the text begins with a blank,
 * which a reader would take for indentation, and how many line ends the text has at its end.
 */
export function literalHeader(text: string): string {
  const indentation = /^\n*[ \t]/.test(text) ? '2' : '';
  if (!text.endsWith('\n')) return `|${indentation}-`;
  return text.endsWith('\n\n') ? `|${indentation}+` : `|${indentation}`;
}

/** Go takes out every `_` before it looks for a number, wherever it stands: `-_1` is one. */
function isNumberLike(text: string): boolean {
  return NUMBER_LIKE.test(text.includes('_') ? text.replaceAll('_', '') : text);
}

function maySpecial(text: string): boolean {
  return text.length <= SPECIAL_WORD_CHARS_MAX || text.startsWith('e') || text.startsWith('E');
}

function quote(text: string): string {
  const singleReads = text.includes('"') || text.includes('\\');
  if (singleReads && !text.includes("'") && !/[\n\t]/.test(text) && !UNPRINTABLE.test(text))
    return `'${text}'`;
  // JSON's escapes are YAML's; what JSON leaves literal and YAML should not is escaped after it. Half of a surrogate
  // pair is no text, and readers refuse its escape: U+FFFD, as the API server and every Go program read it.
  return JSON.stringify(text.replace(LONE_SURROGATE_EACH, '\ufffd')).replace(UNPRINTABLE_EACH, escapeUnit);
}

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
