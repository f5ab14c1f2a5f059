import type { Clock } from '../clock.ts';
import { CodedError } from '../errors.ts';
import type { Log } from '../log.ts';
import { planCertificates } from './certificate-plan.ts';
import type { CertificateSource, ServingMaterial } from './certificate-source.ts';
import type { CertificateStore } from './certificate-store.ts';
import type { HostNames } from './host-names.ts';

/** Losing a race against another replica is normal; losing that many in a row is not. */
const ATTEMPTS_MAX = 5;

/**
 * Certificates that the operator makes itself: an authority and a serving certificate in a Secret that all replicas
 * share. Loading creates what is missing, repairs what cannot be used, and rotates what is due.
 *
 * The authority's key is kept beside the rest. Without it every rotation would need a new authority, and with it a
 * change of the webhooks' caBundle that has to reach every API server first. It widens no right: who reads the
 * Secret can pose as the webhook by `tls.key` already, and nothing but our webhook trusts the authority.
 */
export class OwnCertificates implements CertificateSource {
  readonly #store: CertificateStore;
  readonly #names: HostNames;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(store: CertificateStore, names: HostNames, clock: Clock, log: Log) {
    this.#store = store;
    this.#names = names;
    this.#clock = clock;
    this.#log = log;
  }

  async load(): Promise<ServingMaterial> {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const stored = await this.#store.read();
      const plan = planCertificates(stored?.contents, this.#names, this.#clock.now());
      if (plan.kind === 'Keep' && stored !== undefined) return stored.contents;
      if (plan.kind === 'Keep') continue;
      try {
        await this.#store.write(plan.contents, stored);
      } catch (error) {
        // Another replica was quicker, or the Secret was deleted meanwhile: look again.
        if (error instanceof CodedError && (error.code === 'Conflict' || error.code === 'NotFound')) continue;
        throw error;
      }
      this.#log.info('Webhook certificates written', { secret: this.#store.where, because: plan.reasons });
      return plan.contents;
    }
    throw new CodedError(
      'Conflict',
      `Secret ${this.#store.where} changes all the time: ${ATTEMPTS_MAX} attempts to write certificates into it failed`,
      { retry: true },
    );
  }
}
