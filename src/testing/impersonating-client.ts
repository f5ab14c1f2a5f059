import { KubeClient } from '../kube/client.ts';
import { openConnection } from '../kube/connection.ts';

/** Clients that act as anybody, over the keep-alive connections of one administrator. */
export interface Impersonation {
  /** A client of this user, who may do everything. Source: Kubernetes' user impersonation headers. */
  as(user: string): KubeClient;
  close(): void;
}

/** Open connections as the administrator of this kubeconfig. Whoever opens them closes them. */
export async function openImpersonation(adminKubeconfig: string): Promise<Impersonation> {
  const connection = await openConnection(adminKubeconfig);
  return {
    as: (user) =>
      new KubeClient({
        ...connection,
        headers: async () => ({
          ...(await connection.headers()),
          'Impersonate-User': user,
          'Impersonate-Group': 'system:masters',
        }),
      }),
    close: () => connection.agent.destroy(),
  };
}
