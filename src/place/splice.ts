import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject, type JsonValue } from '../kube/json.ts';
import { keysOf, renderEntry, renderInline, renderItem } from '../render/yaml.ts';
import { parseYamlDocument, type YamlDocument, type YamlEntry, type YamlNode } from './yaml-document.ts';

/**
 * Edits a hand-written document so that it says something else, by cutting and inserting in its source: lines that do
 * not change keep every byte, comments and alignment included.
 *
 * Invariant: the result was parsed again and both YAML 1.1 and YAML 1.2 read the wanted value from it. Where that can
 * not be had, the answer is undefined, never a guess.
 */
export function splice(source: string, document: YamlDocument, wanted: JsonObject): string | undefined {
  if (document.root === undefined) return undefined;
  const [now, before] = document.readings;
  const edits = new Splicer(source).edit(document.root, [now, before], wanted, 'manifest');
  if (edits === undefined) return undefined;
  const result = applied(source, edits);
  const check = parseYamlDocument(result);
  return check.ok && check.document.readings.every((reading) => isDeepStrictEqual(reading, wanted))
    ? result
    : undefined;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

type Readings = readonly [JsonValue | undefined, JsonValue | undefined];
/** Which keys come first in a mapping: as `renderYaml` orders them. */
type Level = 'manifest' | 'metadata' | 'other';

const FIRST_KEYS: Readonly<Record<Level, readonly string[]>> = {
  manifest: ['apiVersion', 'kind', 'metadata'],
  metadata: ['name', 'namespace'],
  other: [],
};

function applied(source: string, edits: readonly Edit[]): string {
  const lineEnd = source.includes('\r\n') ? '\r\n' : '\n';
  let text = '';
  let at = 0;
  // At one place insertions come before cuts, and inner ones before outer ones, as they were found.
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    text += source.slice(at, edit.start) + edit.text.replaceAll('\n', lineEnd);
    at = edit.end;
  }
  return text + source.slice(at);
}

/** Finds the edits; undefined means: not in place, let the one above replace the whole entry or item. */
class Splicer {
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  edit(node: YamlNode, readings: Readings, wanted: JsonValue, level: Level): readonly Edit[] | undefined {
    if (readings.every((reading) => isDeepStrictEqual(reading, wanted))) return [];
    if (node.kind === 'Map')
      return isJsonObject(wanted) ? this.#editMap(node.entries, readings, wanted, level) : undefined;
    if (node.kind === 'Seq')
      return Array.isArray(wanted) ? this.#editSeq(node.items, readings, wanted) : undefined;
    if (node.kind === 'Opaque' || node.block || node.start === node.end) return undefined;
    const text = renderInline(wanted);
    return text === undefined ? undefined : [{ start: node.start, end: node.end, text }];
  }

  #editMap(entries: readonly YamlEntry[], readings: Readings, wanted: JsonObject, level: Level) {
    const edits: Edit[] = [];
    const ends = new Map<string, number>();
    const column = this.#columnOf(entries[0]?.keyStart ?? 0);
    for (const [index, entry] of entries.entries()) {
      const end = this.#endOf(entry.value);
      const prefix = this.#linePrefix(entry.keyStart);
      if (end === undefined || this.#columnOf(entry.keyStart) !== column || !/^ *(?:- +)*$/.test(prefix))
        return undefined;
      const ownLine = prefix.trim() === '';
      if (!ownLine && index > 0) return undefined;
      if (Object.hasOwn(wanted, entry.key)) {
        ends.set(entry.key, end);
        edits.push(...this.#editEntry(entry, end, column, readings, wanted[entry.key] as JsonValue, level));
      } else if (ownLine) edits.push({ start: entry.keyStart - prefix.length, end, text: '' });
      else return undefined;
    }
    if (ends.size === 0) return undefined;
    return [...edits, ...this.#addEntries(ends, wanted, column, level)];
  }

  #editEntry(
    entry: YamlEntry,
    end: number,
    column: number,
    readings: Readings,
    wanted: JsonValue,
    level: Level,
  ) {
    const inner = entry.key === 'metadata' && level === 'manifest' ? 'metadata' : 'other';
    const edits = this.edit(
      entry.value,
      [childOf(readings[0], entry.key), childOf(readings[1], entry.key)],
      wanted,
      inner,
    );
    return edits ?? [{ start: entry.keyStart, end, text: renderEntry(entry.key, wanted, column) }];
  }

  /** New keys, each behind the key that comes before it in the order of `renderYaml`. */
  #addEntries(ends: ReadonlyMap<string, number>, wanted: JsonObject, column: number, level: Level): Edit[] {
    const edits: Edit[] = [];
    const last = Math.max(...ends.values());
    let at: number | undefined;
    for (const key of keysOf(wanted, FIRST_KEYS[level])) {
      const end = ends.get(key);
      if (end !== undefined) at = end;
      if (end !== undefined) continue;
      const start = at ?? last;
      edits.push({
        start,
        end: start,
        text: ' '.repeat(column) + renderEntry(key, wanted[key] as JsonValue, column),
      });
    }
    return edits;
  }

  #editSeq(items: readonly YamlNode[], readings: Readings, wanted: readonly JsonValue[]) {
    const places = items.map((item) => this.#placeOf(item));
    const dashes = places.filter((place): place is Place => place !== undefined);
    const first = dashes[0];
    if (first === undefined || dashes.length < items.length || wanted.length === 0) return undefined;
    if (dashes.some((place) => place.column !== first.column)) return undefined;
    const partners = matched(valuesOf(readings[0]), wanted);
    if (partners === undefined) return undefined;
    const edits: Edit[] = [];
    for (const [index, place] of dashes.entries()) {
      const partner = partners[index];
      if (partner === undefined) {
        edits.push({ start: place.dash - place.column, end: place.end, text: '' });
        continue;
      }
      const value = wanted[partner] as JsonValue;
      const inner: Readings = [valuesOf(readings[0])[index], valuesOf(readings[1])[index]];
      const edit = this.edit(items[index] as YamlNode, inner, value, 'other');
      edits.push(...(edit ?? [{ start: place.dash, end: place.end, text: renderItem(value, place.column) }]));
    }
    let at = first.dash - first.column;
    for (const [index, value] of wanted.entries()) {
      const existing = partners.indexOf(index);
      if (existing >= 0) at = (dashes[existing] as Place).end;
      else
        edits.push({ start: at, end: at, text: ' '.repeat(first.column) + renderItem(value, first.column) });
    }
    return edits;
  }

  /** Where the item's dash stands, if it is the first thing on the line where the item begins. */
  #placeOf(item: YamlNode): Place | undefined {
    const prefix = this.#linePrefix(item.start);
    const end = this.#endOf(item);
    if (end === undefined || !/^ *- +$/.test(prefix)) return undefined;
    const column = prefix.indexOf('-');
    return { dash: item.start - prefix.length + column, column, end };
  }

  /** The end of the last line of a node, if nothing but a comment follows on that line. */
  #endOf(node: YamlNode): number | undefined {
    if (node.kind === 'Map') {
      const last = node.entries.at(-1);
      return last === undefined ? undefined : this.#endOf(last.value);
    }
    if (node.kind === 'Seq') {
      const last = node.items.at(-1);
      return last === undefined ? undefined : this.#endOf(last);
    }
    if (node.kind === 'Scalar' && node.block && this.#source[node.end - 1] === '\n') return node.end;
    const newline = this.#source.indexOf('\n', node.end);
    if (newline < 0) return undefined;
    return /^[ \t]*(?:#.*)?\r?$/.test(this.#source.slice(node.end, newline)) ? newline + 1 : undefined;
  }

  #linePrefix(offset: number): string {
    return this.#source.slice(this.#source.lastIndexOf('\n', offset - 1) + 1, offset);
  }

  #columnOf(offset: number): number {
    return this.#linePrefix(offset).length;
  }
}

interface Place {
  readonly dash: number;
  readonly column: number;
  readonly end: number;
}

/**
 * For each item that is there, which wanted item it becomes (undefined: none, it goes). Items are told apart by their
 * `name`, or by their value. Undefined as a whole when the order changed or two look the same.
 */
function matched(
  existing: readonly JsonValue[],
  wanted: readonly JsonValue[],
): (number | undefined)[] | undefined {
  const here = existing.map(idOf);
  const there = wanted.map(idOf);
  const named = [...here, ...there].some((id) => id.startsWith('name:'));
  const aligned = here.length === there.length && (!named || here.every((id, index) => id === there[index]));
  if (aligned) return here.map((_, index) => index);
  if (new Set(here).size < here.length || new Set(there).size < there.length) return undefined;
  const partners = here.map((id) => (there.includes(id) ? there.indexOf(id) : undefined));
  const kept = partners.filter((partner): partner is number => partner !== undefined);
  const inOrder = kept.every((partner, index) => index === 0 || partner > (kept[index - 1] as number));
  return kept.length > 0 && inOrder ? partners : undefined;
}

function idOf(value: JsonValue): string {
  if (isJsonObject(value) && typeof value.name === 'string') return `name:${value.name}`;
  return `value:${renderItem(value instanceof Date ? String(value) : value, 0)}`;
}

function childOf(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function valuesOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
