import type { JsonValue } from '../kube/json.ts';
import type { KubeObject } from '../kube/object.ts';
import { digestOf, digestOfText } from '../sanitize/digest.ts';
import { fieldsOfManifest, type Manifest, manifestOfFields } from '../sanitize/manifest.ts';

/**
 * Digest of a sanitized object that is the same for the reviewed and for the stored one.
 *
 * Built-in kinds are stored as protocol buffers, which know no difference between an empty list and none: a Role that
 * is reviewed with `rules: []` is stored with `rules: null`. So null and what is empty count as absent here. That can
 * only make two requests look the same which are not, and then nobody is credited.
 */
export function contentDigestOf(manifest: Manifest): string {
  return digestOfText(fullText(fieldsOfManifest(manifest)) ?? '');
}

/** Digest of an object's managedFields, as reviewed and as stored. */
export function fieldsDigestOf(object: KubeObject): string {
  const managedFields = (object.metadata.managedFields ?? null) as unknown as JsonValue;
  return digestOf(manifestOfFields({ managedFields }));
}

/**
 * JSON with sorted keys and exact integers, without what is empty; undefined for what is empty itself. Equal text if
 * and only if equal value, but for what is empty.
 */
function fullText(value: JsonValue): string | undefined {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null) return undefined;
  if (typeof value !== 'object') return Object.is(value, -0) ? '-0' : String(value);
  let text = '';
  if (Array.isArray(value)) {
    // The items of a list stay, empty or not: their places count.
    for (const item of value) text += `${fullText(item) ?? 'null'},`;
    return text === '' ? undefined : `[${text}]`;
  }
  const keys = Object.keys(value);
  keys.sort();
  for (const key of keys) {
    const child = value[key];
    const full = child === undefined ? undefined : fullText(child);
    if (full !== undefined) text += `${JSON.stringify(key)}:${full},`;
  }
  return text === '' ? undefined : `{${text}}`;
}
