import { backoffMs } from '../backoff.ts';
import type { Captured } from '../capture/capture-sink.ts';
import type { ResourceCapture } from '../capture/resource-capture.ts';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { KubeObject } from '../kube/object.ts';
import type { Log } from '../log.ts';
import { NAMESPACES, type NamespaceIndex } from './namespace-index.ts';
import type { Authors } from './observe.ts';
import type { TargetJoins } from './target-joins.ts';

/** A list of the namespaces that failed is tried again after this long, doubling. */
const RELIST_MIN_MS = 500;
const RELIST_MAX_MS = 30_000;

export interface NamespaceChangesContext {
  readonly index: NamespaceIndex;
  readonly capture: ResourceCapture;
  readonly targets: () => Iterable<TargetJoins>;
  readonly authors: Authors;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
}

/** Keeps the index of namespaces current, and lists what comes into scope with a namespace. */
export class NamespaceChanges {
  readonly #context: NamespaceChangesContext;

  constructor(context: NamespaceChangesContext) {
    this.#context = context;
  }

  /** A namespace whose labels change moves in or out of scope, with everything in it. */
  note({ type, object }: Captured): void {
    const { index, authors, targets, clock } = this.#context;
    const { name, resourceVersion } = object.metadata;
    if (!index.isNews(object)) return;
    if (type === 'DELETED') {
      authors.namespaceGone(object);
      return index.delete(name);
    }
    const before = index.set(object);
    if (before === undefined) return;
    for (const joins of targets()) {
      const entering = joins.target.rules.filter(
        ({ selection }) =>
          selection.dependsOnNamespaces &&
          selection.selectsNamespace(object.metadata.labels ?? {}) &&
          !selection.selectsNamespace(before),
      );
      joins.enter(entering, name, { resourceVersion, timeMs: clock.now(), resumed: false });
    }
  }

  /** The watch of the namespaces lost its place: list them, with what their changes bring about. */
  async relist(): Promise<void> {
    const { index, capture, signal, clock, log } = this.#context;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        const listed: KubeObject[] = [];
        await capture.list({
          onItem: (object) => void listed.push(object),
          onRestart: () => void listed.splice(0),
        });
        const names = new Set(listed.map(({ metadata }) => metadata.name));
        index.keep(names);
        index.forgetVersions();
        for (const object of listed) {
          this.note({
            resource: NAMESPACES,
            type: 'MODIFIED',
            object,
            seenAtMs: clock.now(),
          });
        }
        return;
      } catch (error) {
        log.warn('Cannot list namespaces', { reason: messageOf(error) });
        await clock.sleep(backoffMs(failures, RELIST_MIN_MS, RELIST_MAX_MS), signal);
      }
    }
  }
}
