import type { Clock } from '../clock.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Log } from '../log.ts';
import { configurationName } from '../own-names.ts';
import { Mirror } from '../reconcile/mirror.ts';
import { CONFIGURATIONS, ConfigurationKeeper } from './configuration-keeper.ts';
import {
  type ConfigurationOwner,
  type DesiredConfiguration,
  desiredConfiguration,
  reviewedBy,
  type WebhookEndpoint,
} from './desired-configuration.ts';
import { groupPlural, type ReviewedResource } from './reviewed-resources.ts';
import { type ProbeRequest, WebhookProbe } from './webhook-probe.ts';

/**
 * What is not selected any more stays registered for this long. A rule that is put to work anew, a CRD that is
 * replaced, or an operator that starts and has not read its rules yet leaves no gap in which authors are lost.
 */
const LINGER_MS = 15_000;

/** Whoever sets another CA waits at most this long for the API server to use it. */
const TRUST_MAX_MS = 10_000;

export interface RegistrationOptions {
  readonly client: KubeClient;
  /** The operator's own namespace; has to exist. */
  readonly namespace: string;
  readonly endpoint: WebhookEndpoint;
  /** PEM; see `setCaBundle`. */
  readonly caBundle: string;
  /** `isAnswering` or `problem` may have changed. */
  readonly onProgress: () => void;
  /** Default: 15 s. */
  readonly lingerMs?: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Keeps the webhooks registered for what rules select, and knows for which resources reviews really come.
 *
 * Two steps, each with its own word: *registered* is what the API server has stored, *answering* what a probe has
 * seen it use.
 */
export class Registration {
  readonly #options: RegistrationOptions;
  readonly #keeper: ConfigurationKeeper;
  readonly #probe: WebhookProbe;
  readonly #mirror: Mirror;
  readonly #linger = new Map<string, { readonly resource: ReviewedResource; readonly untilMs: number }>();
  #followed: readonly ReviewedResource[] = [];
  #caBundle: string;
  /** The CA of the newest configuration that was seen in use. */
  #trusted: string | undefined;
  readonly #awaitingTrust: (() => void)[] = [];
  #registered:
    | { readonly hash: string; readonly keys: ReadonlySet<string>; readonly caBundle: string }
    | undefined;
  #answering: ReadonlySet<string> = new Set();
  #keeperProblem: string | undefined = 'The webhooks are not registered yet';
  #probeProblem: string | undefined = 'The API server has not called the webhooks yet';
  #sweep = new AbortController();
  #isStopped = false;

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#caBundle = options.caBundle;
    const { client, namespace, clock, log } = options;
    this.#keeper = new ConfigurationKeeper({
      client,
      namespace,
      desire: (owner) => this.#desired(owner),
      events: {
        onRegistered: (desired) => this.#onRegistered(desired),
        onState: (problem) => {
          this.#keeperProblem = problem;
          options.onProgress();
        },
      },
      clock,
      log,
    });
    this.#probe = new WebhookProbe({
      client,
      namespace,
      events: {
        onSeen: (hash) => this.#onSeen(hash),
        onState: (problem) => this.#onProbeState(problem),
      },
      clock,
    });
    const name = configurationName(namespace);
    this.#mirror = new Mirror(
      CONFIGURATIONS,
      (key) => {
        if (key === name) this.#keeper.touch();
      },
      client,
      clock,
      log,
    );
  }

  /**
   * Begin. The server has to answer already, for the webhook of the project's own kinds fails closed. What an earlier
   * run registered stays for a while, until this one knows its rules. Resolves when the watch is up.
   * Throws `CodedError` when the API server cannot be asked what is registered.
   */
  async start(): Promise<void> {
    const { clock, lingerMs = LINGER_MS } = this.#options;
    const stored = await this.#keeper.stored(configurationName(this.#options.namespace));
    const untilMs = clock.now() + lingerMs;
    for (const resource of reviewedBy(stored)) this.#linger.set(groupPlural(resource), { resource, untilMs });
    this.#scheduleSweep();
    this.#keeper.start();
    this.#probe.start();
    await this.#mirror.start();
  }

  /** End. The configuration stays: a restart must not lose authors, and an uninstallation takes it away. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#sweep.abort();
    for (const tell of this.#awaitingTrust.splice(0)) tell();
    await Promise.all([this.#mirror.stop(), this.#probe.stop(), this.#keeper.stop()]);
  }

  /** The union of what all repositories follow now. Cheap when nothing changed. */
  setFollowed(resources: Iterable<ReviewedResource>): void {
    const next = new Map([...resources].map((resource) => [groupPlural(resource), resource]));
    const untilMs = this.#options.clock.now() + (this.#options.lingerMs ?? LINGER_MS);
    let isChanged = next.size !== this.#followed.length;
    for (const resource of this.#followed) {
      const key = groupPlural(resource);
      const followed = next.get(key);
      if (followed === undefined) this.#linger.set(key, { resource, untilMs });
      if (followed?.version !== resource.version || followed.scalable !== resource.scalable) isChanged = true;
    }
    if (!isChanged) return;
    this.#followed = [...next.values()];
    this.#keeper.touch();
    this.#scheduleSweep();
  }

  /**
   * Another CA, or several while one takes over from another. Resolves when the API server was seen to use it, when yet
   * another is set, on `stop`, and after 10 s at the latest: a certificate that has expired keeps the API server from
   * showing anything until another is served.
   */
  async setCaBundle(pem: string): Promise<void> {
    if (pem !== this.#caBundle) {
      this.#caBundle = pem;
      for (const tell of this.#awaitingTrust.splice(0)) tell();
      this.#keeper.touch();
    }
    if (pem === this.#trusted || this.#isStopped) return;
    const isOver = new AbortController();
    this.#awaitingTrust.push(() => isOver.abort());
    await this.#options.clock.sleep(TRUST_MAX_MS, isOver.signal);
  }

  /** A review came on `/probe/<hash>`. The answer is always to allow it. */
  onProbe(hash: string, request: ProbeRequest): void {
    this.#probe.onReview(hash, request);
  }

  /** Do reviews of this resource come, in the version that is followed? */
  isAnswering(resource: ReviewedResource): boolean {
    return this.#probeProblem === undefined && this.#answering.has(keyOf(resource));
  }

  /** What the API server has stored: `group/version/plural` of each resource. */
  get registered(): ReadonlySet<string> {
    return this.#registered?.keys ?? new Set();
  }

  /** Why authors may be lost now, as a sentence; undefined when everything is registered and answers. */
  get problem(): string | undefined {
    return this.#keeperProblem ?? this.#probeProblem;
  }

  #desired(owner: ConfigurationOwner): DesiredConfiguration {
    const { namespace, endpoint } = this.#options;
    return desiredConfiguration({
      namespace,
      resources: this.#wanted(),
      endpoint,
      caBundle: this.#caBundle,
      owner,
    });
  }

  /** What is followed, and what was until a moment ago. */
  #wanted(): readonly ReviewedResource[] {
    const wanted = new Map<string, ReviewedResource>();
    const nowMs = this.#options.clock.now();
    for (const [key, { resource, untilMs }] of this.#linger) {
      if (untilMs > nowMs) wanted.set(key, resource);
      else this.#linger.delete(key);
    }
    for (const resource of this.#followed) wanted.set(groupPlural(resource), resource);
    return [...wanted.values()];
  }

  /** Wake the keeper when the first of what lingers has stayed long enough. */
  #scheduleSweep(): void {
    this.#sweep.abort();
    if (this.#linger.size === 0 || this.#isStopped) return;
    const { clock } = this.#options;
    const sweep = new AbortController();
    this.#sweep = sweep;
    const nextMs = Math.min(...[...this.#linger.values()].map(({ untilMs }) => untilMs));
    void clock.sleep(Math.max(0, nextMs - clock.now()), sweep.signal).then(() => {
      if (sweep.signal.aborted) return;
      this.#wanted();
      this.#keeper.touch();
      this.#scheduleSweep();
    });
  }

  #onRegistered(desired: DesiredConfiguration): void {
    if (this.#registered?.hash === desired.hash) return;
    const keys = new Set(reviewedBy(desired.object).map(keyOf));
    this.#registered = { hash: desired.hash, keys, caBundle: desired.caBundle };
    this.#probe.expect(desired.hash);
    this.#options.onProgress();
  }

  #onSeen(hash: string): void {
    if (hash !== this.#registered?.hash || this.#answering === this.#registered.keys) return;
    this.#answering = this.#registered.keys;
    this.#trusted = this.#registered.caBundle;
    if (this.#trusted === this.#caBundle) for (const tell of this.#awaitingTrust.splice(0)) tell();
    this.#options.onProgress();
  }

  #onProbeState(problem: string | undefined): void {
    // While a new configuration is awaited, the one before still answers for what it had.
    if (problem !== undefined && this.#probeProblem === undefined) {
      this.#options.log.warn('The webhooks are not called', { reason: problem });
    }
    this.#probeProblem = problem;
    this.#options.onProgress();
  }
}

function keyOf({ group, version, plural }: ReviewedResource): string {
  return `${group}/${version}/${plural}`;
}
