import { CodedError } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { isJsonObject } from '../kube/json.ts';
import { restPath } from '../kube/resource.ts';

/** What a Secret holds, decoded; null when the configuration names none. */
export type SecretData = Readonly<Record<string, Buffer>> | null;

/** The Secret that gives access to a repository. */
export class RepositorySecret {
  readonly #client: KubeClient;
  readonly #namespace: string;
  readonly #name: string | undefined;
  readonly #signal: AbortSignal;
  #version = '';

  /** `name` undefined: the repository needs none. */
  constructor(client: KubeClient, namespace: string, name: string | undefined, signal: AbortSignal) {
    this.#client = client;
    this.#namespace = namespace;
    this.#name = name;
    this.#signal = signal;
  }

  /** Its data. Throws `SecretNotFound`, or what the API server answers. */
  async read(): Promise<SecretData> {
    const { version, data } = await this.#get();
    this.#version = version;
    return data;
  }

  /** Its data, if that is another than was read last; undefined if not. Throws as `read` does. */
  async readChange(): Promise<SecretData | undefined> {
    const { version, data } = await this.#get();
    if (version === this.#version) return undefined;
    this.#version = version;
    return data;
  }

  async #get(): Promise<{ readonly version: string; readonly data: SecretData }> {
    const namespace = this.#namespace;
    const name = this.#name;
    if (name === undefined) return { version: 'none', data: null };
    const path = restPath({ group: '', version: 'v1', plural: 'secrets' }, { namespace, name });
    try {
      const secret = await this.#client.get(path, { signal: this.#signal });
      const data: Record<string, Buffer> = {};
      for (const [key, value] of Object.entries(isJsonObject(secret.data) ? secret.data : {})) {
        data[key] = Buffer.from(String(value), 'base64');
      }
      const version = isJsonObject(secret.metadata)
        ? `${secret.metadata.uid}/${secret.metadata.resourceVersion}`
        : '';
      return { version, data };
    } catch (error) {
      if (!(error instanceof CodedError && error.code === 'NotFound')) throw error;
      throw new CodedError(
        'SecretNotFound',
        `There is no Secret "${name}" in namespace ${namespace}: create it, or mend spec.secretRef.name.`,
      );
    }
  }
}
