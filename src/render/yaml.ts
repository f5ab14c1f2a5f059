import type { JsonObject, JsonValue } from '../kube/json.ts';
import type { Manifest } from '../sanitize/manifest.ts';
import {
  fitsLiteralBlock,
  literalHeader,
  renderNumber,
  renderString,
  SIMPLE_KEY_CHARS_MAX,
} from './scalar.ts';

/**
 * The YAML of an object, as one string with one line end at its end.
 *
 * `apiVersion`, `kind` and `metadata` come first, and `name` and `namespace` first in the metadata; every other key
 * is in code-unit order at every level. Two spaces; list items at the column of their key, as kubectl writes them;
 * no anchors, no folding, no document marker. The same value always gives the same bytes.
 */
export function renderYaml(manifest: Manifest): string {
  const fields = manifest as unknown as JsonObject;
  let text = '';
  for (const key of keysOf(fields, ['apiVersion', 'kind', 'metadata'])) {
    const value = fields[key] as JsonValue;
    const keys = key === 'metadata' && isMap(value) ? keysOf(value, ['name', 'namespace']) : undefined;
    text += entry(key, value, 0, keys);
  }
  return text === '' ? '{}\n' : text;
}

/**
 * One `key: value` with its line end, for a mapping whose keys stand at `column`. The first line comes without its
 * indentation, because it may stand behind a dash.
 */
export function renderEntry(key: string, value: JsonValue, column: number): string {
  return entry(key, value, column);
}

/** One `- value` with its line end, for a sequence whose dashes stand at `column`; the first line not indented. */
export function renderItem(value: JsonValue, column: number): string {
  return item(value, column);
}

/** A scalar that fits on one line, or undefined: a collection that is not empty, or a text of several lines. */
export function renderInline(value: JsonValue): string | undefined {
  if (typeof value === 'string') return fitsLiteralBlock(value) ? undefined : renderString(value);
  if (typeof value === 'object' && value !== null && !isEmpty(value)) return undefined;
  return scalar(value, 0);
}

/** The keys in the order of the file: those of `first` that are there, then the rest in code-unit order. */
export function keysOf(fields: JsonObject, first: readonly string[] = []): string[] {
  const keys = Object.keys(fields);
  keys.sort();
  if (first.length === 0) return keys;
  const rest = keys.filter((key) => !first.includes(key));
  return [...first.filter((key) => Object.hasOwn(fields, key)), ...rest];
}

const INDENTS: readonly string[] = Array.from({ length: 64 }, (_, columns) => ' '.repeat(columns));

function indent(column: number): string {
  return INDENTS[column] ?? ' '.repeat(column);
}

function isMap(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: JsonObject | JsonValue[]): boolean {
  if (Array.isArray(value)) return value.length === 0;
  for (const key in value) if (value[key] !== undefined) return false;
  return true;
}

/** A mapping's entries; the first line is not indented, every line ends. */
function mapping(fields: JsonObject, column: number): string {
  const prefix = indent(column);
  let text = '';
  for (const key of keysOf(fields)) {
    const value = fields[key];
    if (value === undefined) continue;
    if (text !== '') text += prefix;
    text += entry(key, value, column);
  }
  return text;
}

function entry(key: string, value: JsonValue, column: number, keys?: readonly string[]): string {
  const head = renderString(key);
  if (head.length > SIMPLE_KEY_CHARS_MAX) return longEntry(head, value, column);
  if (typeof value !== 'object' || value === null || isEmpty(value))
    return `${head}: ${scalar(value, column)}\n`;
  if (Array.isArray(value)) return `${head}:\n${indent(column)}${sequence(value, column)}`;
  const inner = column + 2;
  if (keys === undefined) return `${head}:\n${indent(inner)}${mapping(value, inner)}`;
  let text = `${head}:\n`;
  for (const name of keys) text += indent(inner) + entry(name, value[name] as JsonValue, inner);
  return text;
}

/** A key too long for `key: value` needs the explicit form. */
function longEntry(head: string, value: JsonValue, column: number): string {
  const opening = `? ${head}\n${indent(column)}:`;
  if (typeof value !== 'object' || value === null || isEmpty(value))
    return `${opening} ${scalar(value, column)}\n`;
  const inner = column + 2;
  const body = Array.isArray(value) ? sequence(value, inner) : mapping(value, inner);
  return `${opening}\n${indent(inner)}${body}`;
}

function sequence(items: readonly JsonValue[], column: number): string {
  const prefix = indent(column);
  let text = '';
  for (const value of items) {
    if (text !== '') text += prefix;
    text += item(value, column);
  }
  return text;
}

function item(value: JsonValue, column: number): string {
  if (typeof value !== 'object' || value === null || isEmpty(value)) return `- ${scalar(value, column)}\n`;
  return `- ${Array.isArray(value) ? sequence(value, column + 2) : mapping(value, column + 2)}`;
}

/** A value without entries of its own; `column` is where its key or dash stands. */
function scalar(value: JsonValue | undefined, column: number): string {
  if (typeof value === 'string')
    return fitsLiteralBlock(value) ? literal(value, column + 2) : renderString(value);
  if (typeof value === 'number' || typeof value === 'bigint') return renderNumber(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) ? '[]' : '{}';
}

/** A literal block without its last line end. Empty lines carry no blanks. */
function literal(text: string, column: number): string {
  const header = literalHeader(text);
  const body = header.endsWith('-') ? text : text.slice(0, -1);
  return `${header}\n${body.replace(/^(?!$)/gm, indent(column))}`;
}
