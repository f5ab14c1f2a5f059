import { backoffMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { AUTHORITY_OVERLAP_MS } from './certificate-plan.ts';
import type { CertificateSource, ServingMaterial } from './certificate-source.ts';
import type { KeyAndCertificate } from './serving-certificate.ts';
import { parseBundle, pemOf, validityOf } from './x509.ts';

/** How often certificates are looked at, give or take the jitter. Far below the overlap of authorities. */
const CHECK_INTERVAL_MS = 60_000;
const CHECK_JITTER = 0.2;
const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 60_000;
/** How long API servers get to take notice of a caBundle before something is served that only it trusts. */
const TRUST_SETTLE_MS = 5_000;

/** Who has to follow when certificates change. What throws is tried again. */
export interface CertificateUsers {
  /** Make clients trust these authorities (PEM) and no other; resolves when that is registered. */
  trust(caBundle: string): Promise<void>;
  /** Serve new connections with this. */
  serve(serving: KeyAndCertificate): void | Promise<void>;
}

/**
 * Keeps what is served, and what is trusted, equal to what a source says, without a moment in which the one does not
 * fit the other: what is to be trusted is registered first, and an authority that disappears from the source
 * together with its certificate stays trusted for an hour, for other replicas serve it still.
 */
export class CertificateKeeper {
  readonly #source: CertificateSource;
  readonly #users: CertificateUsers;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #random: () => number;
  readonly #abort = new AbortController();
  #current: ServingMaterial | undefined;
  #trusted: readonly string[] = [];
  #leaving: { readonly authorities: readonly string[]; readonly untilMs: number } | undefined;
  #problem: string | undefined = 'no certificate was loaded yet';
  #checking: Promise<void> = Promise.resolve();
  #running: Promise<void> | undefined;

  constructor(
    source: CertificateSource,
    users: CertificateUsers,
    clock: Clock,
    log: Log,
    random: () => number = Math.random,
  ) {
    this.#source = source;
    this.#users = users;
    this.#clock = clock;
    this.#log = log;
    this.#random = random;
  }

  /** Why certificates are not as they should be, in one sentence; undefined when all is well. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** When what is served expires, in milliseconds since the Unix epoch; undefined before there is a certificate. */
  get expiresAtMs(): number | undefined {
    const [serving] = this.#current === undefined ? [] : parseBundle(this.#current.cert);
    return serving && validityOf(serving).untilMs;
  }

  /** What clients have to trust now; PEM. Empty before the first certificate is there. */
  get caBundle(): string {
    return this.#trusted.join('');
  }

  /**
   * Load certificates, again and again until there are some, and keep looking from then on. Resolves with the first
   * ones, which are not given to `trust` and `serve`; with undefined when it is stopped before.
   */
  async start(): Promise<ServingMaterial | undefined> {
    for (let failures = 0; !this.#abort.signal.aborted; failures++) {
      try {
        this.#current = await this.#source.load();
        this.#trusted = split(this.#current.caBundle);
        this.#problem = undefined;
        this.#running = this.#run();
        return { ...this.#current, caBundle: this.caBundle };
      } catch (error) {
        this.#failed(error);
        await this.#clock.sleep(this.#backoffMs(failures), this.#abort.signal);
      }
    }
    return undefined;
  }

  /** Look now. Rejects with what went wrong; it is tried again by itself then. */
  check(): Promise<void> {
    const checked = this.#checking.then(() => this.#follow());
    this.#checking = checked.then(
      () => {
        this.#problem = undefined;
      },
      (error) => this.#failed(error),
    );
    return checked;
  }

  /** Stop looking. What is served stays served. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
    await this.#checking;
  }

  async #run(): Promise<void> {
    let failures = 0;
    for (;;) {
      const jitter = 1 + CHECK_JITTER * (2 * this.#random() - 1);
      const waitMs = failures === 0 ? CHECK_INTERVAL_MS * jitter : this.#backoffMs(failures - 1);
      await this.#clock.sleep(waitMs, this.#abort.signal);
      if (this.#abort.signal.aborted) return;
      failures = await this.check().then(
        () => 0,
        () => failures + 1,
      );
    }
  }

  async #follow(): Promise<void> {
    const before = this.#current;
    if (before === undefined) return;
    const next = await this.#source.load();
    const isReplaced = next.cert !== before.cert || next.key !== before.key;
    const wanted = split(next.caBundle);
    const lost = split(before.caBundle).filter((authority) => !wanted.includes(authority));
    if (isReplaced && lost.length > 0) {
      this.#leaving = { authorities: lost, untilMs: this.#clock.now() + AUTHORITY_OVERLAP_MS };
    }
    if (this.#leaving !== undefined && this.#clock.now() >= this.#leaving.untilMs) this.#leaving = undefined;
    const leaving = this.#leaving?.authorities ?? [];
    const isNew = await this.#trust([...new Set([...wanted, ...leaving])]);
    if (isReplaced) {
      if (isNew) await this.#clock.sleep(TRUST_SETTLE_MS, this.#abort.signal);
      await this.#users.serve({ key: next.key, cert: next.cert });
      this.#log.info('Webhook serves a new certificate');
    }
    this.#current = next;
  }

  /** Register what is trusted, if it differs. Tells whether there is an authority that was not trusted before. */
  async #trust(authorities: readonly string[]): Promise<boolean> {
    const known = this.#trusted;
    if (authorities.join('') === known.join('')) return false;
    await this.#users.trust(authorities.join(''));
    this.#trusted = authorities;
    return authorities.some((authority) => !known.includes(authority));
  }

  #failed(error: unknown): void {
    const reason = messageOf(error);
    if (reason !== this.#problem)
      this.#log.warn('Webhook certificates are not as they should be', { reason });
    this.#problem = reason;
  }

  #backoffMs(failures: number): number {
    return backoffMs(failures, RETRY_MIN_MS, RETRY_MAX_MS, this.#random);
  }
}

/** The certificates of a bundle, written alike whoever wrote it. */
function split(caBundle: string): string[] {
  return parseBundle(caBundle).map(pemOf);
}
