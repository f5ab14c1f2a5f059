import { readFile } from 'node:fs/promises';
import https from 'node:https';
import { KubeClient } from '../kube/client.ts';
import type { ControlPlane } from './control-plane/control-plane.ts';
import type { User } from './control-plane/users.ts';

/** Clients of the users of a control plane, over keep-alive connections. Whoever opens them closes them. */
export interface UserClients {
  /** The CA of the API server, PEM. */
  readonly ca: Buffer;
  as(user: User): KubeClient;
  close(): void;
}

/** What kubectl says it is: tests whose objects it could have made look the same. */
const USER_AGENT = 'kubectl/test';

/** Open connections to a control plane. Without the client library, which takes a quarter of a second to load. */
export async function openUserClients(plane: ControlPlane): Promise<UserClients> {
  const config = JSON.parse(await readFile(plane.kubeconfig('admin'), 'utf8'));
  const ca = Buffer.from(config.clusters[0].cluster['certificate-authority-data'], 'base64');
  const agent = new https.Agent({ ca, keepAlive: true, scheduling: 'lifo' });
  return {
    ca,
    as(user) {
      const headers = { Authorization: `Bearer ${plane.token(user)}`, 'User-Agent': USER_AGENT };
      return new KubeClient({ server: new URL(plane.url), agent, headers: async () => headers });
    },
    close: () => agent.destroy(),
  };
}
