import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type ParsedNode,
  parseDocument,
} from 'yaml';
import type { JsonValue } from '../kube/json.ts';

/** One YAML document of a hand-written file: where its parts stand in the source, and what readers understand. */
export interface YamlDocument {
  /** Undefined for a document without content. */
  readonly root: YamlNode | undefined;
  /** As YAML 1.2 and YAML 1.1 read it: they differ where a person wrote `yes` or `0777` without quotes. */
  readonly readings: readonly [JsonValue | undefined, JsonValue | undefined];
}

/** Offsets are in UTF-16 units of the source; `end` is exclusive. */
export type YamlNode =
  | { readonly kind: 'Scalar'; readonly start: number; readonly end: number; readonly block: boolean }
  | {
      readonly kind: 'Map';
      readonly start: number;
      readonly end: number;
      readonly entries: readonly YamlEntry[];
    }
  | {
      readonly kind: 'Seq';
      readonly start: number;
      readonly end: number;
      readonly items: readonly YamlNode[];
    }
  /** Whatever is not edited in place: flow collections, anchors, aliases, tags, merge keys, keys that are no text. */
  | { readonly kind: 'Opaque'; readonly start: number; readonly end: number };

export interface YamlEntry {
  readonly key: string;
  readonly keyStart: number;
  readonly value: YamlNode;
}

export type ParsedYaml =
  | { readonly ok: true; readonly document: YamlDocument }
  /** Line counted from 1; -1 when unknown. Nothing of the source is in it, because that may be a Secret. */
  | { readonly ok: false; readonly line: number };

const OPTIONS = {
  prettyErrors: false,
  logLevel: 'silent',
  strict: true,
  uniqueKeys: true,
  intAsBigInt: true,
} as const;

/** Parse one document. Never throws, and never quotes the source. */
export function parseYamlDocument(source: string): ParsedYaml {
  try {
    const document = parseDocument(source, { ...OPTIONS, version: '1.2', schema: 'core' });
    const old = parseDocument(source, { ...OPTIONS, version: '1.1', schema: 'yaml-1.1', merge: true });
    const error = document.errors[0];
    if (error !== undefined) return { ok: false, line: lineAt(source, error.pos[0]) };
    const root = isAbsent(document.contents) ? undefined : nodeOf(document.contents);
    const reading = root === undefined ? undefined : plain(document.toJS());
    const oldReading = root === undefined || old.errors.length > 0 ? undefined : plain(old.toJS());
    return { ok: true, document: { root, readings: [reading, oldReading] } };
  } catch {
    // Nesting too deep for the parser's recursion, or aliases that grow beyond its bound.
    return { ok: false, line: -1 };
  }
}

/** Nothing but comments and markers, which the library reads as an empty null. */
function isAbsent(contents: ParsedNode | null): contents is null {
  return contents === null || (isScalar(contents) && contents.value === null && contents.source === '');
}

function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length;
}

function nodeOf(node: ParsedNode | Node): YamlNode {
  const [start, end] = node.range ?? [0, 0];
  const opaque: YamlNode = { kind: 'Opaque', start, end };
  if (isAlias(node) || node.tag !== undefined || ('anchor' in node && node.anchor !== undefined))
    return opaque;
  if (isScalar(node)) {
    return {
      kind: 'Scalar',
      start,
      end,
      block: node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED',
    };
  }
  if (!isCollection(node) || node.flow) return opaque;
  if (isSeq(node))
    return { kind: 'Seq', start, end, items: node.items.map((item) => nodeOf(item as ParsedNode)) };
  if (!isMap(node)) return opaque;
  const entries: YamlEntry[] = [];
  for (const { key, value } of node.items) {
    if (!isScalar(key) || typeof key.value !== 'string' || key.value === '<<' || !key.range) return opaque;
    if (key.anchor !== undefined || key.tag !== undefined || !value) return opaque;
    entries.push({ key: key.value, keyStart: key.range[0], value: nodeOf(value as ParsedNode) });
  }
  return { kind: 'Map', start, end, entries };
}

/** Integers as numbers where these are exact; a Date or a Set of YAML 1.1 stays and equals no JSON value. */
function plain(value: unknown): JsonValue {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, plain(child)]));
  }
  return value as JsonValue;
}
