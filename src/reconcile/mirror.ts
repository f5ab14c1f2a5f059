import { backoffMs } from '../backoff.ts';
import type { Captured, CaptureSink, CaptureState } from '../capture/capture-sink.ts';
import { ResourceCapture } from '../capture/resource-capture.ts';
import type { Clock } from '../clock.ts';
import { CodedError, messageOf } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import { type ApiResource, groupResource } from '../kube/resource.ts';
import type { Log } from '../log.ts';

const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 5_000;
const INSTALL_CRDS = 'gitops-reverser crds | kubectl apply -f -';

/**
 * All objects of a kind, kept current by list and watch, for kinds of which there are few.
 *
 * `onChange` gets each object when it first appears or changes, and `undefined` when it is gone. Level-based: a
 * change that is overtaken by the next may be left out.
 */
export class Mirror implements CaptureSink {
  readonly #capture: ResourceCapture;
  readonly #onChange: (key: string, object: KubeObject | undefined) => void;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #abort = new AbortController();
  readonly #objects = new Map<string, KubeObject>();
  #problem: string | undefined;

  constructor(
    resource: ApiResource,
    onChange: (key: string, object: KubeObject | undefined) => void,
    client: KubeClient,
    clock: Clock,
    log: Log,
  ) {
    this.#capture = new ResourceCapture(resource, client, this, log, clock);
    this.#onChange = onChange;
    this.#clock = clock;
    this.#log = log;
  }

  /** List and watch. Resolves when the first list is through; keeps trying until then, and says why. */
  async start(): Promise<void> {
    this.#capture.start();
    await this.#list();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#capture.stop();
  }

  get objects(): ReadonlyMap<string, KubeObject> {
    return this.#objects;
  }

  /** Why they cannot be listed, in words for a person; undefined: the last list went through, or none was tried. */
  get problem(): string | undefined {
    return this.#problem;
  }

  onCaptured({ type, object }: Captured): void {
    if (type === 'DELETED') this.#remove(keyOf(object));
    else this.#set(object);
  }

  onGap(): void {
    void this.#list();
  }

  onState(resource: ApiResource, state: CaptureState): void {
    if (state.kind === 'Failing') {
      this.#log.warn('Cannot watch', { resource: groupResource(resource), reason: state.error.message });
    }
  }

  async #list(): Promise<void> {
    for (let failures = 0; !this.#abort.signal.aborted; failures++) {
      const listed = new Map<string, KubeObject>();
      try {
        await this.#capture.list({
          onItem: (object) => void listed.set(keyOf(object), object),
          onRestart: () => listed.clear(),
        });
      } catch (error) {
        const resource = groupResource(this.#capture.resource);
        const reason = messageOf(error).trim();
        const hint = error instanceof CodedError && error.code === 'NotFound' ? INSTALL_CRDS : undefined;
        this.#problem = `cannot list ${resource}: ${reason}${hint === undefined ? '' : ` (${hint})`}`;
        if (failures % 10 === 0) {
          this.#log.warn('Cannot list', { resource, reason, ...(hint === undefined ? {} : { hint }) });
        }
        await this.#clock.sleep(backoffMs(failures, RETRY_MIN_MS, RETRY_MAX_MS), this.#abort.signal);
        continue;
      }
      this.#problem = undefined;
      for (const object of listed.values()) this.#set(object);
      for (const key of this.#objects.keys()) if (!listed.has(key)) this.#remove(key);
      return;
    }
  }

  #set(object: KubeObject): void {
    const key = keyOf(object);
    this.#objects.set(key, object);
    this.#onChange(key, object);
  }

  #remove(key: string): void {
    if (this.#objects.delete(key)) this.#onChange(key, undefined);
  }
}

/** `namespace/name`, or the name alone. */
export function keyOf(object: KubeObject): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}
