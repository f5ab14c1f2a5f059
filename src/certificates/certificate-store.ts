import { CodedError } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../kube/json.ts';
import type { CertificateContents } from './certificate-plan.ts';

/** A Secret as it was read. A key that is missing or not base64 of text is an empty text. */
export interface StoredCertificates {
  readonly contents: CertificateContents;
  /** The whole Secret, to write it back with what else people put into it. */
  readonly secret: JsonObject;
}

/** Names of the Secret's keys, as `kubernetes.io/tls` and cert-manager have them; `ca.key` is our own. */
const KEYS: Readonly<Record<keyof CertificateContents, string>> = {
  cert: 'tls.crt',
  key: 'tls.key',
  caBundle: 'ca.crt',
  caKey: 'ca.key',
};

/** Certificates in a Secret. */
export class CertificateStore {
  readonly #client: KubeClient;
  readonly #namespace: string;
  readonly #name: string;

  constructor(client: KubeClient, namespace: string, name: string) {
    this.#client = client;
    this.#namespace = namespace;
    this.#name = name;
  }

  /** `namespace/name`, for messages. */
  get where(): string {
    return `${this.#namespace}/${this.#name}`;
  }

  /** Read them; undefined when there is no such Secret. Throws `CodedError`. */
  async read(): Promise<StoredCertificates | undefined> {
    try {
      const secret = await this.#client.get(this.#path(this.#name));
      const data = isJsonObject(secret.data) ? secret.data : {};
      const { cert, key, caBundle, caKey } = KEYS;
      return {
        secret,
        contents: {
          cert: decode(data[cert]),
          key: decode(data[key]),
          caBundle: decode(data[caBundle]),
          caKey: decode(data[caKey]),
        },
      };
    } catch (error) {
      if (error instanceof CodedError && error.code === 'NotFound') return undefined;
      throw error;
    }
  }

  /**
   * Write them, if nobody else has since `stored` was read: throws `Conflict` (or `NotFound`, when the Secret is
   * gone by now) otherwise.
   */
  async write(contents: CertificateContents, stored: StoredCertificates | undefined): Promise<void> {
    const data = Object.fromEntries(
      Object.entries(KEYS).map(([field, key]) => [
        key,
        Buffer.from(contents[field as keyof CertificateContents]).toString('base64'),
      ]),
    );
    if (stored === undefined) {
      const metadata = { name: this.#name, namespace: this.#namespace };
      const secret = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/tls', data };
      await this.#client.request('POST', this.#path(), { body: secret });
      return;
    }
    // The resourceVersion that was read goes back with it: the API server refuses if it is no longer the current one.
    const before = isJsonObject(stored.secret.data) ? stored.secret.data : {};
    const secret = { ...stored.secret, data: { ...before, ...data } };
    await this.#client.request('PUT', this.#path(this.#name), { body: secret });
  }

  #path(name?: string): string {
    const collection = `/api/v1/namespaces/${encodeURIComponent(this.#namespace)}/secrets`;
    return name === undefined ? collection : `${collection}/${encodeURIComponent(name)}`;
  }
}

function decode(value: JsonValue | undefined): string {
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : '';
}
