import { hash } from 'node:crypto';
import type { JsonValue } from '../kube/json.ts';
import { fieldsOfManifest, type Manifest } from './manifest.ts';

/**
 * A fingerprint of the manifest's value: 43 characters, SHA-256 in base64url. The order of keys does not matter;
 * anything else does, the difference between `1` and `"1"` included. Not keyed: whoever knows the manifest can compute
 * it, so it must not be shown for manifests with secrets in them.
 */
export function digestOf(manifest: Manifest): string {
  return digestOfText(canonical(fieldsOfManifest(manifest)));
}

/** SHA-256 of a text's UTF-8, in base64url. */
export function digestOfText(text: string): string {
  return hash('sha256', text, 'base64url');
}

/** JSON with sorted keys and exact integers: equal text if and only if equal value. */
function canonical(value: JsonValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
  if (Array.isArray(value)) {
    let text = '[';
    for (const item of value) text += `${canonical(item)},`;
    return `${text}]`;
  }
  const keys = Object.keys(value);
  keys.sort();
  let text = '{';
  for (const key of keys) {
    const child = value[key];
    if (child !== undefined) text += `${JSON.stringify(key)}:${canonical(child)},`;
  }
  return `${text}}`;
}
