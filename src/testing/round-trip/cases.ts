import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ExactObject, exactAt, parseExactYaml } from './exact-value.ts';

/** An object as a person wrote it, and the file that has to appear for it. */
export interface Fixture {
  /** Of the file, and the object's place in it: `claim-bound 2`. */
  readonly name: string;
  readonly text: string;
  readonly object: ExactObject;
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for a cluster-scoped object. */
  readonly namespace: string;
  readonly objectName: string;
  /** Where the contract puts the file. */
  readonly path: string;
}

/** The fixtures of a folder: every document of every YAML file, in the order of the names. */
export function readFixtures(folder: string): Fixture[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return files.sort().flatMap((file) => {
    const documents = readFileSync(join(folder, file), 'utf8').split(/^---\n/m);
    return documents.map((text, at) => fixtureOf(documents.length > 1 ? `${file} ${at + 1}` : file, text));
  });
}

function fixtureOf(name: string, text: string): Fixture {
  const [object, ...more] = parseExactYaml(text);
  if (object === undefined || more.length > 0) throw new Error(`${name}: not one document`);
  return fixtureOfObject(name.replace('.yaml', ''), object, text);
}

/** A case that is an object; `text` says the same. */
export function fixtureOfObject(name: string, object: ExactObject, text: string): Fixture {
  const kind = String(object.kind);
  const apiVersion = String(object.apiVersion);
  const namespace = String(exactAt(object, 'metadata', 'namespace') ?? '');
  const objectName = String(exactAt(object, 'metadata', 'name'));
  const scope = namespace === '' ? 'cluster-scoped' : `namespaces/${namespace}`;
  const file = objectName.replaceAll(':', '%3A');
  const path = `${scope}/${folderOf(apiVersion, kind)}/${file}.yaml`;
  return { name, text, object, apiVersion, kind, namespace, objectName, path };
}

/** Kubernetes' own groups go by the kind alone, but for `Event`, which two of them have. */
function folderOf(apiVersion: string, kind: string): string {
  const group = apiVersion.split('/').reverse()[1] ?? '';
  const isOwn = (!group.includes('.') || group.endsWith('.k8s.io')) && group !== 'events.k8s.io';
  return isOwn ? kind : `${kind}.${group}`;
}
