import type { CaptureSink, CaptureState } from '../capture/capture-sink.ts';
import { ObjectStates } from '../capture/object-states.ts';
import { ResourceCapture } from '../capture/resource-capture.ts';
import type { Clock } from '../clock.ts';
import type { CodedError } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { type ApiResource, groupResource, resourceKey } from '../kube/resource.ts';
import type { Log } from '../log.ts';

export interface WatchesContext {
  readonly client: KubeClient;
  /** Hears of everything that the watches tell. */
  readonly sink: CaptureSink;
  readonly clock: Clock;
  readonly log: Log;
}

/** The resources that are watched: one capture each, how it does, and what is known of its objects. */
export class Watches {
  readonly #context: WatchesContext;
  readonly #captures = new Map<string, ResourceCapture>();
  readonly #captureStates = new Map<string, CaptureState>();
  readonly #objectStates = new Map<string, ObjectStates>();
  readonly #stopping = new Set<Promise<void>>();
  #isStopped = false;

  constructor(context: WatchesContext) {
    this.#context = context;
  }

  /** The watches, and when each last told something. */
  *told(): Iterable<{ resource: string; isFailing: boolean; heardAtMs: number }> {
    for (const [key, { resource, heardAtMs }] of this.#captures) {
      yield { resource: groupResource(resource), isFailing: this.failureOf(key) !== undefined, heardAtMs };
    }
  }

  /** A capture of a resource that is not watched yet; to be started by the caller. */
  add(resource: ApiResource): ResourceCapture {
    const { client, sink, log, clock } = this.#context;
    const capture = new ResourceCapture(resource, client, sink, log, clock);
    this.#captures.set(resourceKey(resource), capture);
    return capture;
  }

  /** The capture of a resource, which is watched from now on; undefined after `stop`. */
  captureOf(resource: ApiResource): ResourceCapture | undefined {
    if (this.#isStopped) return undefined;
    let capture = this.#captures.get(resourceKey(resource));
    if (capture === undefined) {
      capture = this.add(resource);
      capture.start();
    }
    return capture;
  }

  /** What is known of a resource's objects. */
  objectStatesOf(resource: ApiResource): ObjectStates {
    const key = resourceKey(resource);
    let states = this.#objectStates.get(key);
    if (states === undefined) {
      states = new ObjectStates();
      this.#objectStates.set(key, states);
    }
    return states;
  }

  /** Nothing that is known of a resource's objects holds any more. */
  forgetObjects(resource: ApiResource): void {
    this.#objectStates.delete(resourceKey(resource));
  }

  /** Note how the watch of a resource does; true when that is news. */
  setState(resource: ApiResource, state: CaptureState): boolean {
    const key = resourceKey(resource);
    const before = this.#captureStates.get(key);
    this.#captureStates.set(key, state);
    return before?.kind !== state.kind;
  }

  /** Why a resource cannot be watched now. */
  failureOf(key: string): CodedError | undefined {
    const state = this.#captureStates.get(key);
    return state?.kind === 'Failing' ? state.error : undefined;
  }

  /** Stop watching all other resources. */
  keep(needed: ReadonlySet<string>): void {
    for (const [key, capture] of this.#captures) {
      if (needed.has(key)) continue;
      this.#captures.delete(key);
      this.#captureStates.delete(key);
      this.#objectStates.delete(key);
      const stopping = capture.stop().finally(() => this.#stopping.delete(stopping));
      this.#stopping.add(stopping);
    }
  }

  /** Stop watching; resolves when no further change is handed on. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const capture of this.#captures.values()) this.#stopping.add(capture.stop());
    await Promise.all(this.#stopping);
  }
}
