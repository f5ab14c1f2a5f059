import { isDeepStrictEqual } from 'node:util';
import { backoffMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { CodedError, messageOf } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { isJsonObject, type JsonObject } from '../kube/json.ts';
import type { ApiResource } from '../kube/resource.ts';
import { restPath } from '../kube/resource.ts';
import type { Log } from '../log.ts';
import type { ConfigurationOwner, DesiredConfiguration } from './desired-configuration.ts';

/** What the keeper keeps. */
export const CONFIGURATIONS: ApiResource = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  namespaced: false,
  preferred: true,
};

/** Changes that come together are written together. */
const COALESCE_MS = 100;
/** Without any sign of a change, the stored configuration is looked at again this often. */
const CHECK_MS = 30_000;
const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 10_000;
/** Somebody who keeps undoing what the keeper does is answered ever more slowly, at most this. */
const REPAIR_DELAY_MIN_MS = 100;
const REPAIR_DELAY_MAX_MS = 60_000;
/** Repairs further apart than this have nothing to do with each other. */
const REPAIRS_APART_MS = 300_000;

export interface KeeperEvents {
  /** The API server has stored this configuration, or it stood there already. */
  onRegistered(desired: DesiredConfiguration): void;
  /** Whether it can be kept as it ought to be; the reason if not. */
  onState(problem: string | undefined): void;
}

/**
 * Keeps one ValidatingWebhookConfiguration as it ought to be: makes it, changes it, repairs it. Level-based: it does
 * not matter what happened, only what is. It never removes it; the garbage collector does, with the owner.
 *
 * The owner is the operator's own Namespace. While that does not exist or is being deleted, the installation is
 * going away, and nothing is made.
 */
export class ConfigurationKeeper {
  readonly #client: KubeClient;
  readonly #namespace: string;
  readonly #desire: (owner: ConfigurationOwner) => DesiredConfiguration | undefined;
  readonly #events: KeeperEvents;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #abort = new AbortController();
  #nap = new AbortController();
  #isDirty = true;
  #running: Promise<void> | undefined;
  /** As it was told last; null before anything was. */
  #problem: string | undefined | null = null;
  #writtenHash: string | undefined;
  #repairs = 0;
  #repairedAtMs = Number.NEGATIVE_INFINITY;

  /** `desire` is asked each time; undefined while nothing can be desired yet. */
  constructor(options: {
    readonly client: KubeClient;
    readonly namespace: string;
    readonly desire: (owner: ConfigurationOwner) => DesiredConfiguration | undefined;
    readonly events: KeeperEvents;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#client = options.client;
    this.#namespace = options.namespace;
    this.#desire = options.desire;
    this.#events = options.events;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** End without touching what is registered. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#nap.abort();
    await this.#running;
  }

  /** Something may have changed: what is desired, or what is stored. */
  touch(): void {
    this.#isDirty = true;
    this.#nap.abort();
  }

  /** The configuration as it is stored; undefined when there is none. Throws `CodedError`. */
  async stored(name: string): Promise<JsonObject | undefined> {
    return this.#get(restPath(CONFIGURATIONS, { name }));
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#abort.signal.aborted; ) {
      await this.#clock.sleep(COALESCE_MS, this.#abort.signal);
      if (this.#abort.signal.aborted) return;
      this.#isDirty = false;
      let waitMs = CHECK_MS;
      try {
        await this.#reconcile();
        failures = 0;
        this.#setProblem(undefined);
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        // Somebody else wrote in between: look again, at once.
        const isConflict = error instanceof CodedError && error.code === 'Conflict';
        if (!isConflict || failures > 0) this.#setProblem(messageOf(error));
        waitMs = backoffMs(failures++, RETRY_MIN_MS, RETRY_MAX_MS);
      }
      this.#nap = new AbortController();
      if (!this.#isDirty && !this.#abort.signal.aborted) await this.#clock.sleep(waitMs, this.#nap.signal);
    }
  }

  async #reconcile(): Promise<void> {
    const desired = this.#desire(await this.#owner());
    if (desired === undefined) return;
    const path = restPath(CONFIGURATIONS, { name: desired.name });
    const stored = await this.#get(path);
    if (stored !== undefined && isAsDesired(stored, desired.object)) {
      this.#writtenHash = desired.hash;
      return this.#events.onRegistered(desired);
    }
    if (this.#writtenHash === desired.hash) await this.#holdBack(desired.name);
    if (this.#abort.signal.aborted) return;
    const options = { signal: this.#abort.signal };
    if (stored === undefined) {
      const collection = restPath(CONFIGURATIONS);
      await this.#client.request('POST', collection, { ...options, body: desired.object });
    } else {
      const body = merged(stored, desired.object);
      await this.#client.request('PUT', path, { ...options, body });
    }
    this.#log.info('Webhooks registered', { configuration: desired.name, hash: desired.hash });
    this.#writtenHash = desired.hash;
    this.#events.onRegistered(desired);
  }

  /** Somebody else changed what was right. The first time that is mended at once. */
  async #holdBack(configuration: string): Promise<void> {
    const nowMs = this.#clock.now();
    if (nowMs - this.#repairedAtMs > REPAIRS_APART_MS) this.#repairs = 0;
    this.#repairedAtMs = nowMs;
    this.#log.warn('Webhook configuration was changed or deleted by somebody else; repairing it', {
      configuration,
      repairs: this.#repairs,
    });
    const waitMs = backoffMs(this.#repairs, REPAIR_DELAY_MIN_MS, REPAIR_DELAY_MAX_MS);
    if (this.#repairs++ > 0) await this.#clock.sleep(waitMs, this.#abort.signal);
  }

  async #owner(): Promise<ConfigurationOwner> {
    const name = this.#namespace;
    const namespace = await this.#get(`/api/v1/namespaces/${encodeURIComponent(name)}`);
    const metadata = isJsonObject(namespace?.metadata) ? namespace.metadata : undefined;
    if (metadata === undefined || metadata.deletionTimestamp !== undefined) {
      const what = metadata === undefined ? 'does not exist' : 'is being deleted';
      throw new CodedError(
        'NotFound',
        `No webhooks are registered: the operator's namespace ${name} ${what}, and they would go with it`,
      );
    }
    return { apiVersion: 'v1', kind: 'Namespace', name, uid: String(metadata.uid) };
  }

  async #get(path: string): Promise<JsonObject | undefined> {
    try {
      return await this.#client.get(path, { signal: this.#abort.signal });
    } catch (error) {
      if (error instanceof CodedError && error.code === 'NotFound') return undefined;
      throw error;
    }
  }

  #setProblem(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    if (problem !== undefined) this.#log.warn('Cannot register the webhooks', { reason: problem });
    this.#events.onState(problem);
  }
}

type ConfigurationObject = DesiredConfiguration['object'];

/** Is everything that is desired stored? Labels and annotations of others may stand beside it. */
function isAsDesired(stored: JsonObject, desired: ConfigurationObject): boolean {
  const [is, ought] = [metadataOf(stored), metadataOf(desired)];
  return (
    isDeepStrictEqual(stored.webhooks, desired.webhooks) &&
    isDeepStrictEqual(is.ownerReferences, ought.ownerReferences) &&
    (['labels', 'annotations'] as const).every((field) =>
      Object.entries(ought[field] ?? {}).every(([key, value]) => is[field]?.[key] === value),
    )
  );
}

/** The stored object with what is desired; labels and annotations of others stay. */
function merged(stored: JsonObject, desired: ConfigurationObject): object {
  const [is, ought] = [metadataOf(stored), metadataOf(desired)];
  const { name, uid, resourceVersion } = is;
  return {
    ...desired,
    metadata: {
      name,
      uid,
      resourceVersion,
      labels: { ...is.labels, ...ought.labels },
      annotations: { ...is.annotations, ...ought.annotations },
      ...(ought.ownerReferences === undefined ? {} : { ownerReferences: ought.ownerReferences }),
    },
  };
}

interface Metadata {
  readonly name: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly unknown[];
}

function metadataOf(object: JsonObject | ConfigurationObject): Metadata {
  return object.metadata as unknown as Metadata;
}
