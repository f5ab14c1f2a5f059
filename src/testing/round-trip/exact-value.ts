import { isLosslessNumber, parse as parseLossless } from 'lossless-json';
import { parseAllDocuments } from 'yaml';

/**
 * Values as two readers that are not the product's understand them, every digit kept: integers are `bigint`,
 * whatever their size, other numbers `number`.
 */
export type ExactValue = null | boolean | string | bigint | number | readonly ExactValue[] | ExactObject;
export interface ExactObject {
  readonly [key: string]: ExactValue;
}

/** Read JSON. Throws for text that is not JSON. */
export function parseExactJson(text: string): ExactValue {
  return exact(parseLossless(text));
}

/** Read every document of a YAML text. Throws for text that is not YAML. */
export function parseExactYaml(text: string): ExactObject[] {
  return parseAllDocuments(text, { intAsBigInt: true, version: '1.1', uniqueKeys: true }).flatMap(
    (document) => {
      const [problem] = 'errors' in document ? document.errors : [];
      if (problem !== undefined) throw problem;
      const value = exact(document.toJS());
      return isExactObject(value) ? [value] : [];
    },
  );
}

export function isExactObject(value: ExactValue | undefined): value is ExactObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands at a path of keys and list positions. */
export function exactAt(
  value: ExactValue | undefined,
  ...path: readonly (string | number)[]
): ExactValue | undefined {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Readonly<Record<string | number, ExactValue>>)[key];
  }
  return at;
}

function exact(value: unknown): ExactValue {
  if (isLosslessNumber(value)) return number(value.value);
  if (typeof value === 'number') return number(String(value));
  if (typeof value === 'bigint' || typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(exact);
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, exact(child)]));
}

function number(digits: string): bigint | number {
  if (/^-?\d+$/.test(digits)) return BigInt(digits);
  return Number.isSafeInteger(Number(digits)) ? BigInt(Number(digits)) : Number(digits);
}
