import { randomBytes } from 'node:crypto';
import { CodedError } from './errors.ts';
import type { KubeClient } from './kube/client.ts';
import { isJsonObject } from './kube/json.ts';
import { REDACTION_KEY_SECRET } from './own-names.ts';

const KEY_FIELD = 'key';
const KEY_BYTES = 32;

/** Make sure that the operator's own namespace exists. Throws `CodedError` when it cannot be made. */
export async function ensureNamespace(client: KubeClient, namespace: string): Promise<void> {
  await createUnlessThere(client, '/api/v1/namespaces', namespace, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
}

/**
 * The key of the fingerprints that stand for redacted values, from a Secret in the operator's namespace; made on
 * first use. It must outlive restarts: with another key every redacted file changes once.
 * Throws `CodedError`.
 */
export async function ensureRedactionKey(client: KubeClient, namespace: string): Promise<Buffer> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  await createUnlessThere(client, path, REDACTION_KEY_SECRET, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: REDACTION_KEY_SECRET, namespace },
    type: 'Opaque',
    data: { [KEY_FIELD]: randomBytes(KEY_BYTES).toString('base64') },
  });
  const { data } = await client.get(`${path}/${REDACTION_KEY_SECRET}`);
  const encoded = isJsonObject(data) ? data[KEY_FIELD] : undefined;
  const key = Buffer.from(typeof encoded === 'string' ? encoded : '', 'base64');
  if (key.length < KEY_BYTES) {
    throw new CodedError(
      'InvalidSecret',
      `Secret ${namespace}/${REDACTION_KEY_SECRET} holds no "${KEY_FIELD}" of ${KEY_BYTES} bytes: delete it, and it is made again`,
    );
  }
  return key;
}

/**
 * What tells this cluster from others: the uid of its Namespace `kube-system`, which lives as long as the cluster.
 * Throws `CodedError`.
 */
export async function clusterIdOf(client: KubeClient): Promise<string> {
  const { metadata } = await client.get('/api/v1/namespaces/kube-system');
  return isJsonObject(metadata) ? String(metadata.uid) : '';
}

async function createUnlessThere(
  client: KubeClient,
  path: string,
  name: string,
  object: object,
): Promise<void> {
  try {
    await client.get(`${path}/${encodeURIComponent(name)}`);
    return;
  } catch (error) {
    if (!(error instanceof CodedError && error.code === 'NotFound')) throw error;
  }
  try {
    await client.request('POST', path, { body: object });
  } catch (error) {
    // Another replica was quicker.
    if (!(error instanceof CodedError && error.code === 'Conflict')) throw error;
  }
}
