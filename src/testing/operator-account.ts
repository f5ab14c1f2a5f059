import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitOpsReverserProps } from '../../infra/gitops-reverser.ts';
import { NAME, NAMESPACE_DEFAULT } from '../own-names.ts';
import { apiRequest } from './control-plane/api-request.ts';
import type { ControlPlane } from './control-plane/control-plane.ts';
import { kubeconfigText } from './control-plane/credentials.ts';
import { isRole } from './rights.ts';
import { type ManifestOfAccess, synthesizeAccess } from './synthesize-access.ts';

/** Longer than anybody looks at a demo. */
const TOKEN_SECONDS = 24 * 60 * 60;

/**
 * Give the operator what the installation would: its namespace, its account, and the roles that are bound to it. As
 * admin, and without kubectl, since every end-to-end test begins so. Returns the path of a kubeconfig with a token of
 * the account. Throws when the API server takes something not.
 */
export async function installAccount(plane: ControlPlane, props: GitOpsReverserProps = {}): Promise<string> {
  const manifests = await synthesizeAccess(props);
  const post = await poster(plane);
  // One after the other: a RoleBinding needs its namespace, and they are few.
  for (const manifest of manifests) await post(collectionOf(manifest), manifest);
  plane.rights.grant(manifests.filter(isRole));
  return writeAccountKubeconfig(plane);
}

/** The path of a kubeconfig with a fresh token of the operator's account, which has to be there. */
export async function writeAccountKubeconfig(plane: ControlPlane): Promise<string> {
  const post = await poster(plane);
  const spec = { expirationSeconds: TOKEN_SECONDS };
  const { status } = await post<{ readonly status: { readonly token: string } }>(
    `/api/v1/namespaces/${NAMESPACE_DEFAULT}/serviceaccounts/${NAME}/token`,
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec },
  );
  const path = join(plane.dir, 'account.kubeconfig');
  const access = { url: plane.url, ca: await authorityOf(plane), user: NAME, token: status.token };
  await writeFile(path, kubeconfigText(access), { mode: 0o600 });
  return path;
}

async function poster(plane: ControlPlane) {
  const ca = await authorityOf(plane);
  return async <T>(path: string, body: object): Promise<T> => {
    const url = `${plane.url}${path}`;
    const { status, text } = await apiRequest({ url, ca, token: plane.token('admin'), method: 'POST', body });
    // What a former run on the same data left is good enough.
    if (status !== 201 && status !== 409) throw new Error(`POST ${path}: ${status} ${text}`);
    return JSON.parse(text) as T;
  };
}

/** The CA of the API server. */
async function authorityOf(plane: ControlPlane): Promise<Buffer> {
  const config = JSON.parse(await readFile(plane.kubeconfig('admin'), 'utf8'));
  return Buffer.from(config.clusters[0].cluster['certificate-authority-data'], 'base64');
}

const RBAC = '/apis/rbac.authorization.k8s.io/v1';

/** Where an object of the installation is created. */
function collectionOf({ kind, metadata }: ManifestOfAccess): string {
  const at = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  const plural = `${kind.toLowerCase()}s`;
  return `${/Role/.test(kind) ? RBAC : '/api/v1'}${at}/${plural}`;
}
