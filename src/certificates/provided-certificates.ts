import type { Clock } from '../clock.ts';
import { CodedError, messageOf } from '../errors.ts';
import type { CertificateSource, ServingMaterial } from './certificate-source.ts';
import type { CertificateStore } from './certificate-store.ts';
import type { HostNames } from './host-names.ts';
import { servingProblem } from './serving-certificate.ts';
import { parseBundle } from './x509.ts';

/**
 * Certificates that somebody else (cert-manager, a person) keeps in a Secret of type `kubernetes.io/tls` with a
 * `ca.crt`. They are read and judged, never written.
 */
export class ProvidedCertificates implements CertificateSource {
  readonly #store: CertificateStore;
  readonly #names: HostNames;
  readonly #clock: Clock;

  constructor(store: CertificateStore, names: HostNames, clock: Clock) {
    this.#store = store;
    this.#names = names;
    this.#clock = clock;
  }

  async load(): Promise<ServingMaterial> {
    const stored = await this.#store.read();
    const { where } = this.#store;
    if (stored === undefined) {
      throw new CodedError(
        'SecretNotFound',
        `Secret ${where} with the webhook's certificate does not exist`,
        {
          retry: true,
        },
      );
    }
    const { cert, key, caBundle } = stored.contents;
    const problem = this.#problemOf({ cert, key, caBundle });
    if (problem !== undefined) {
      throw new CodedError('InvalidSecret', `Secret ${where} cannot serve the webhook: ${problem}`, {
        retry: true,
      });
    }
    return { cert, key, caBundle };
  }

  #problemOf(material: ServingMaterial): string | undefined {
    const { cert, key, caBundle } = material;
    for (const [name, text] of Object.entries({ 'tls.crt': cert, 'tls.key': key, 'ca.crt': caBundle })) {
      if (text === '') return `"${name}" is missing`;
    }
    try {
      return servingProblem(material, parseBundle(caBundle), this.#names, this.#clock.now());
    } catch (error) {
      return `"ca.crt": ${messageOf(error)}`;
    }
  }
}
