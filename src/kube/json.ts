import { randomUUID } from 'node:crypto';

/** A JSON value as the API server sends it. Integers beyond 2^53 are `bigint`, so that none loses a digit. */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

/**
 * What every number that JSON.parse can get wrong holds. Looked for first: written out digit by digit, the engine
 * looks at every sixteenth character of most texts, which takes a sixth of the time.
 */
const SIXTEEN_DIGITS = new RegExp('\\d'.repeat(16));

/** An integer of 16 or more digits where a value may stand, in a string or not: what stands before it, and itself. */
const LONG_INTEGER = /(^\s*|[[:,]\s*)(-?[1-9]\d{15,})(?=\s*(?:[\]},]|$))/g;

/** Begins the strings that stand for long integers within this module: nobody else can know it. */
const MARKER = `${randomUUID()}:`;

/**
 * Parse JSON without losing digits of large integers: those that a number does not hold exactly become `bigint`.
 * Only they cost anything: the text around them is read by JSON.parse.
 * Throws `SyntaxError` for text that is not JSON.
 */
export function parseJson(text: string): JsonValue {
  if (!SIXTEEN_DIGITS.test(text)) return JSON.parse(text) as JsonValue;
  const marked = markLongIntegers(text);
  const value = JSON.parse(marked ?? text) as JsonValue;
  return marked === undefined ? value : unmarked(value);
}

/** The text with strings in place of long integers; undefined when it has none. */
function markLongIntegers(text: string): string | undefined {
  let marked = '';
  let copiedTo = 0;
  let quote = text.indexOf('"');
  let isInString = false;
  for (const { index, 0: match, 1: before = '', 2: digits = '' } of text.matchAll(LONG_INTEGER)) {
    for (; quote >= 0 && quote < index; quote = text.indexOf('"', quote + 1)) {
      if (!isInString || !isEscaped(text, quote)) isInString = !isInString;
    }
    if (isInString || String(Number(digits)) === digits) continue;
    marked += `${text.slice(copiedTo, index)}${before}"${MARKER}${digits}"`;
    copiedTo = index + match.length;
  }
  return copiedTo === 0 ? undefined : marked + text.slice(copiedTo);
}

/** Does an odd number of backslashes stand before this place? */
function isEscaped(text: string, at: number): boolean {
  let from = at;
  while (text.charCodeAt(from - 1) === BACKSLASH) from--;
  return (at - from) % 2 === 1;
}
const BACKSLASH = 0x5c;

/** The value with the integers back in place, changed where it stands. */
function unmarked(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.startsWith(MARKER) ? BigInt(value.slice(MARKER.length)) : value;
  if (typeof value !== 'object' || value === null) return value;
  for (const [key, child] of Object.entries(value)) {
    const after = unmarked(child);
    // Defined, not assigned: a key may be `__proto__`.
    if (after !== child) Object.defineProperty(value, key, { ...PLAIN, value: after });
  }
  return value;
}
const PLAIN = { configurable: true, enumerable: true, writable: true };

/** Is the value a JSON object (not null, not an array)? */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
