import { isJsonObject } from '../kube/json.ts';
import { groupOf, type ObjectIdentity } from '../kube/object.ts';
import { renderYaml } from '../render/yaml.ts';
import { manifestOfFields } from '../sanitize/manifest.ts';
import { EXISTING_FILE_BYTES_MAX } from './place-into.ts';
import { parseYamlDocument } from './yaml-document.ts';

/**
 * The object that a file holds, when it holds nothing else: byte for byte what is rendered of that object, so no
 * comment, no layout and no second document of anybody. Else null. Never throws.
 */
export function identifyFile(content: Buffer): ObjectIdentity | null {
  if (content.length > EXISTING_FILE_BYTES_MAX) return null;
  const parsed = parseYamlDocument(content.toString('utf8'));
  const value = parsed.ok ? parsed.document.readings[0] : undefined;
  if (!isJsonObject(value) || !isJsonObject(value.metadata)) return null;
  const { apiVersion, kind, metadata } = value;
  const { name, namespace = '' } = metadata;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return null;
  if (typeof name !== 'string' || typeof namespace !== 'string') return null;
  try {
    const rendered = renderYaml(manifestOfFields(value));
    return Buffer.from(rendered).equals(content)
      ? { group: groupOf(apiVersion), kind, namespace, name }
      : null;
  } catch {
    return null;
  }
}
