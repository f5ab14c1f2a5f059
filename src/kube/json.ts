import { isSafeNumber, parse as parseLossless } from 'lossless-json';

/** A JSON value as the API server sends it. Integers beyond 2^53 are `bigint`, so that none loses a digit. */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

/** A bare number of 16 or more digits: the only input for which JSON.parse can lose precision. */
const LONG_NUMBER = /(?:^|[[:,])\s*-?\d{16}/;

/**
 * Parse JSON without losing digits of large integers.
 *
 * Plain `JSON.parse` unless the text holds a run of 16 digits where a value may start; then lossless-json
 * reads it and integers outside the safe range become `bigint`.
 * Throws `SyntaxError` for text that is not JSON.
 */
export function parseJson(text: string): JsonValue {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text) as JsonValue;
  return parseLossless(text, undefined, {
    parseNumber: exactNumber,
    // As JSON.parse does: the last one counts.
    onDuplicateKey: ({ newValue }) => newValue,
  }) as JsonValue;
}

function exactNumber(text: string): number | bigint {
  if (/^-?\d+$/.test(text) && !isSafeNumber(text)) return BigInt(text);
  return Number(text);
}

/** Is the value a JSON object (not null, not an array)? */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
