import { CodedError } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { isJsonObject, type JsonObject } from '../kube/json.ts';
import { restPath } from '../kube/resource.ts';
import { hasList, sortedText, threeWayPatch } from './three-way-patch.ts';

const OWN_GROUP = 'configbutler.ai';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const QUERY = { fieldManager: 'kubectl-client-side-apply', fieldValidation: 'Strict' };

/** A kind that is served at `restPath`. */
interface Kind {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
}

const kindOf = (group: string, version: string, plural: string, isNamespaced: boolean): Kind => ({
  group,
  version,
  plural,
  isNamespaced,
});

/** The kinds that tests make most often. */
const kinds: Readonly<Record<string, Kind>> = {
  'v1 ConfigMap': kindOf('', 'v1', 'configmaps', true),
  'v1 Namespace': kindOf('', 'v1', 'namespaces', false),
  'v1 Secret': kindOf('', 'v1', 'secrets', true),
  'apiextensions.k8s.io/v1 CustomResourceDefinition': kindOf(
    'apiextensions.k8s.io',
    'v1',
    'customresourcedefinitions',
    false,
  ),
  'configbutler.ai/v1alpha1 GitRepoConfig': kindOf(OWN_GROUP, 'v1alpha1', 'gitrepoconfigs', true),
  'configbutler.ai/v1alpha1 WatchRule': kindOf(OWN_GROUP, 'v1alpha1', 'watchrules', true),
};

/**
 * Do what `kubectl apply -f -` does with an object, with the same requests and without its process, which takes as much
 * processor time as the API server and the operator together need for the change. `false`: this is not known to come
 * to the same, and nothing was done. Throws `CodedError` when the API server refuses.
 */
export async function applyObject(client: KubeClient, given: object): Promise<boolean> {
  const object = JSON.parse(JSON.stringify(given)) as JsonObject;
  const { metadata } = object;
  const kind = kinds[`${object.apiVersion} ${object.kind}`];
  if (kind === undefined || !isJsonObject(metadata) || typeof metadata.name !== 'string') return false;
  const at = kind.isNamespaced ? { namespace: String(metadata.namespace ?? 'default') } : {};
  const wanted = annotated({ ...object, metadata: { ...metadata, ...at } });
  const path = restPath(kind, { ...at, name: metadata.name });
  const live = await orNothing(client.get(path));
  if (live === undefined) {
    await client.request('POST', restPath(kind, at), { body: wanted, query: QUERY });
    return true;
  }
  const applied = lastApplied(live);
  const isCustom = kind.group === OWN_GROUP;
  // Of the lists of its own kinds the API server knows more than a merge patch says.
  if (applied === undefined || (!isCustom && (hasList(object) || hasList(applied)))) return false;
  const patch = threeWayPatch(live, wanted, applied);
  if (Object.keys(patch).length === 0) return true;
  const contentType = `application/${isCustom ? '' : 'strategic-'}merge-patch+json`;
  await client.request('PATCH', path, { body: patch, query: QUERY, contentType });
  return true;
}

/** The object with the annotation that tells the next application what this one wanted. */
function annotated(object: JsonObject): JsonObject {
  const metadata = object.metadata as JsonObject;
  const annotations = isJsonObject(metadata.annotations) ? metadata.annotations : {};
  const text = `${sortedText({ ...object, metadata: { ...metadata, annotations } })}\n`;
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [LAST_APPLIED]: text } } };
}

function lastApplied({ metadata }: JsonObject): JsonObject | undefined {
  const annotations = isJsonObject(metadata) ? metadata.annotations : undefined;
  const text = isJsonObject(annotations) ? annotations[LAST_APPLIED] : undefined;
  if (typeof text !== 'string') return undefined;
  return JSON.parse(text) as JsonObject;
}

async function orNothing(answer: Promise<JsonObject>): Promise<JsonObject | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof CodedError && error.code === 'NotFound') return undefined;
    throw error;
  });
}
