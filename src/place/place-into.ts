import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject, type JsonValue } from '../kube/json.ts';
import { groupOf, type ObjectIdentity } from '../kube/object.ts';
import { splice } from './splice.ts';
import { parseYamlDocument, type YamlDocument } from './yaml-document.ts';

/** What to do with a file that stands where an object's file belongs. */
export type PlacedInto =
  | { readonly kind: 'Write'; readonly content: Buffer }
  | { readonly kind: 'Delete' }
  | { readonly kind: 'Unchanged' }
  /** The file is not touched. One sentence for a person, with what mends it; nothing of the file's values. */
  | { readonly kind: 'Refused'; readonly reason: string };

/** Larger files are left alone: no object of Kubernetes is that large. */
export const EXISTING_FILE_BYTES_MAX = 8 * 1024 * 1024;
export const EXISTING_DOCUMENTS_MAX = 500;

/**
 * Bring an object's content (or its absence: null) into a file that this program may not have written.
 *
 * The file is recognised when it is YAML and exactly one of its documents is the object: same group, kind and name, and
 * same namespace or none. Then that document is edited in place; comments, layout and the other documents survive. A
 * file that already says the same is not changed. Any other file is refused, for deletion too.
 */
export function placeInto(
  existing: Buffer,
  file: { readonly identity: ObjectIdentity; readonly content: Buffer | null },
): PlacedInto {
  if (file.content?.equals(existing)) return { kind: 'Unchanged' };
  const text = decode(existing);
  if (text === undefined) {
    return refused('is too large or not UTF-8 text; move or remove it');
  }
  if (text.trim() === '')
    return file.content === null ? { kind: 'Delete' } : { kind: 'Write', content: file.content };
  const parts = partsOf(text);
  if (!Array.isArray(parts)) return parts;
  const ours = parts.filter((part) => describes(part.document, file.identity));
  const part = ours[0];
  if (part === undefined || ours.length > 1) return refused(whatElse(parts, ours.length, file.identity));
  const siblings = parts.filter((each) => each !== part && each.document.root !== undefined);
  if (file.content === null) {
    if (siblings.length === 0) return { kind: 'Delete' };
    return written(existing, parts.map((each) => (each === part ? '' : each.source)).join(''));
  }
  const wanted = parseYamlDocument(file.content.toString('utf8'));
  if (!wanted.ok) throw new Error('The rendered object is not YAML');
  const value = wanted.document.readings[0] as JsonObject;
  if (part.document.readings.every((reading) => isDeepStrictEqual(reading, value)))
    return { kind: 'Unchanged' };
  if (isJsonObject(part.document.readings[0]) && Object.hasOwn(part.document.readings[0], 'sops')) {
    return refused('is encrypted with SOPS, and would lose its values; move or remove it');
  }
  const replaced = edited(part, value, file.content.toString('utf8'));
  return written(existing, parts.map((each) => (each === part ? replaced : each.source)).join(''));
}

/** One document with the marker line before it; all parts together are the file. */
interface Part {
  readonly source: string;
  readonly document: YamlDocument;
}

function decode(bytes: Buffer): string | undefined {
  if (bytes.length > EXISTING_FILE_BYTES_MAX) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function partsOf(text: string): Part[] | Extract<PlacedInto, { kind: 'Refused' }> {
  // At the start of a line `---` always begins a document: no scalar may hold it there.
  const sources = text.split(/^(?=---(?:[ \t\r\n]|$))/m);
  if (sources.length > EXISTING_DOCUMENTS_MAX) {
    return refused(`has more than ${EXISTING_DOCUMENTS_MAX} documents; move or remove it`);
  }
  if (sources.length > 1 && /^(?:%|\.\.\.(?:[ \t\r\n]|$))/m.test(text)) {
    return refused('has several documents with directives or end markers; move it or take those out');
  }
  const parts: Part[] = [];
  let line = 0;
  for (const source of sources) {
    const parsed = parseYamlDocument(source);
    if (!parsed.ok) {
      const where = parsed.line < 0 ? '' : ` (line ${line + parsed.line})`;
      return refused(`is not YAML that can be read${where}; mend or remove it`);
    }
    parts.push({ source, document: parsed.document });
    line += source.split('\n').length - 1;
  }
  return parts;
}

function describes(document: YamlDocument, identity: ObjectIdentity): boolean {
  const [value] = document.readings;
  if (!isJsonObject(value) || typeof value.apiVersion !== 'string' || !isJsonObject(value.metadata))
    return false;
  if (groupOf(value.apiVersion) !== identity.group || value.kind !== identity.kind) return false;
  const { name, namespace } = value.metadata;
  return (
    name === identity.name &&
    (namespace === undefined || namespace === null || namespace === identity.namespace)
  );
}

function whatElse(parts: readonly Part[], matches: number, identity: ObjectIdentity): string {
  const wanted = `${identity.kind}/${identity.name}`;
  if (matches > 1) return `holds ${wanted} ${matches} times; leave it in once`;
  const other = parts.map((part) => nameOf(part.document.readings[0])).find((name) => name !== undefined);
  return `holds ${other ?? 'something else'}, not ${wanted}; move or remove it`;
}

function nameOf(value: JsonValue | undefined): string | undefined {
  if (!isJsonObject(value) || typeof value.kind !== 'string') return undefined;
  const name = isJsonObject(value.metadata) ? value.metadata.name : undefined;
  return `${value.kind}/${typeof name === 'string' ? name : '?'}`.replace(/[^\x20-\x7e]/g, '?').slice(0, 300);
}

/** The part with the wanted value: edited in place, or written afresh below its marker line and its first comment. */
function edited(part: Part, value: JsonObject, fresh: string): string {
  const closed = part.source.endsWith('\n') ? part.source : `${part.source}\n`;
  const parsed = closed === part.source ? part.document : reparsed(closed);
  const spliced = parsed === undefined ? undefined : splice(closed, parsed, value);
  if (spliced !== undefined) return spliced;
  const marker =
    /^\ufeff?---[ \t]*(?:#.*)?\r?\n/.exec(closed)?.[0] ?? (closed.startsWith('---') ? '---\n' : '');
  const start = closed.startsWith('---') ? closed.indexOf('\n') + 1 : 0;
  const comment = /^(?:\ufeff?[ \t]*(?:#.*)?\r?\n)*/.exec(closed.slice(start))?.[0] ?? '';
  return marker + comment + fresh;
}

function reparsed(source: string): YamlDocument | undefined {
  const parsed = parseYamlDocument(source);
  return parsed.ok ? parsed.document : undefined;
}

function written(existing: Buffer, text: string): PlacedInto {
  const content = Buffer.from(text, 'utf8');
  return content.equals(existing) ? { kind: 'Unchanged' } : { kind: 'Write', content };
}

function refused(what: string): Extract<PlacedInto, { kind: 'Refused' }> {
  return { kind: 'Refused', reason: `The file in the repository ${what}.` };
}
