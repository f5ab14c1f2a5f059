import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ApiAnswer, apiRequest } from './api-request.ts';
import { ControlPlaneError } from './control-plane-error.ts';
import { type Credentials, kubeconfigText } from './credentials.ts';
import { controllerManagerUser, type User, users } from './users.ts';

/** How each user reaches the API server. */
export interface Access {
  readonly url: string;
  readonly controllerManagerKubeconfig: string;
  /** The path of the user's kubeconfig. Throws `UnknownUser`. */
  kubeconfig(user: User): string;
  token(user: User): string;
  /** Write every kubeconfig; `ca` is known once the API server has started. */
  writeKubeconfigs(ca: Buffer): Promise<void>;
  /** GET, or POST when there is an object, as admin. */
  asAdmin(path: string, object?: unknown): Promise<ApiAnswer>;
}

/** Access by the credentials of one control plane; kubeconfigs go into its folder. */
export function makeAccess(dir: string, url: string, credentials: Credentials): Access {
  const pathOf = (user: string) => join(dir, `${user.replaceAll(':', '-')}.kubeconfig`);
  const tokenOf = (user: string) => credentials.tokens.get(user) ?? '';
  const known = (user: User) => {
    if (!users.includes(user)) {
      throw new ControlPlaneError('UnknownUser', `No user "${user}"; there are ${users.join(', ')}`);
    }
    return user;
  };
  return {
    url,
    controllerManagerKubeconfig: pathOf(controllerManagerUser),
    kubeconfig: (user) => pathOf(known(user)),
    token: (user) => tokenOf(known(user)),
    writeKubeconfigs: async (ca) => {
      const names = [...users, controllerManagerUser];
      const write = (user: string) =>
        writeFile(pathOf(user), kubeconfigText({ url, ca, user, token: tokenOf(user) }), { mode: 0o600 });
      await Promise.all(names.map(write));
    },
    asAdmin: async (path, object) => {
      const ca = await readFile(credentials.certificateFile);
      const body = object === undefined ? {} : { method: 'POST' as const, body: object };
      return apiRequest({ url: `${url}${path}`, ca, token: tokenOf('admin'), ...body });
    },
  };
}
