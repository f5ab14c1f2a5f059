import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitOpsReverserProps } from '../../infra/gitops-reverser.ts';
import { CodedError } from '../errors.ts';
import { NAME, NAMESPACE_DEFAULT } from '../own-names.ts';
import type { ControlPlane } from './control-plane/control-plane.ts';
import { kubeconfigText } from './control-plane/credentials.ts';
import { isRole } from './rights.ts';
import { type ManifestOfAccess, synthesizeAccess } from './synthesize-access.ts';
import { openUserClients } from './user-clients.ts';

/** Longer than anybody looks at a demo. */
const TOKEN_SECONDS = 24 * 60 * 60;

/**
 * Give the operator what the installation would: its namespace, its account, and the roles that are bound to it. As
 * admin, and without kubectl, since every end-to-end test begins so. Objects that are there already stay as they are.
 * Returns the path of a kubeconfig with a token of the account. Throws when the API server refuses something.
 */
export async function installAccount(plane: ControlPlane, props: GitOpsReverserProps = {}): Promise<string> {
  const manifests = await synthesizeAccess(props);
  const people = await openUserClients(plane);
  const post = (path: string, body: object) => people.as('admin').request('POST', path, { body });
  try {
    // One after the other: a RoleBinding needs its namespace, and they are few.
    for (const manifest of manifests) {
      await post(collectionOf(manifest), manifest).catch((error: unknown) => {
        if (!(error instanceof CodedError && error.code === 'Conflict')) throw error;
      });
    }
    plane.rights.grant(manifests.filter(isRole));
    const answer = await post(`/api/v1/namespaces/${NAMESPACE_DEFAULT}/serviceaccounts/${NAME}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: TOKEN_SECONDS },
    });
    const { token } = answer.status as { readonly token: string };
    const kubeconfig = join(plane.dir, 'account.kubeconfig');
    const access = { url: plane.url, ca: people.ca, user: NAME, token };
    await writeFile(kubeconfig, kubeconfigText(access), { mode: 0o600 });
    return kubeconfig;
  } finally {
    people.close();
  }
}

const RBAC = '/apis/rbac.authorization.k8s.io/v1';

/** Where an object of the installation is created. */
function collectionOf({ kind, metadata }: ManifestOfAccess): string {
  const at = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  const plural = `${kind.toLowerCase()}s`;
  return `${/Role/.test(kind) ? RBAC : '/api/v1'}${at}/${plural}`;
}
