import { backoffMs } from '../backoff.ts';
import { type Clock, systemClock } from '../clock.ts';
import { apiErrorOf, CodedError, messageOf } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { currentVersion, listObjects } from '../kube/list.ts';
import type { KubeObject } from '../kube/object.ts';
import { type ApiResource, apiVersionOf } from '../kube/resource.ts';
import { compareResourceVersions, isNewer } from '../kube/resource-version.ts';
import { type WatchEvent, watchObjects } from '../kube/watch.ts';
import type { Log } from '../log.ts';
import type { Captured, CaptureSink } from './capture-sink.ts';

/** A watch that fails is opened again after this long, doubling. */
const RETRY_MIN_MS = 200;
const RETRY_MAX_MS = 30_000;
/** A watch that the server ends sooner than this, having told nothing, is not opened again at once: no busy loop. */
const WATCH_MIN_MS = 1_000;

/**
 * Follows one resource in all namespaces.
 *
 * Invariants:
 * - Changes reach the sink one at a time, in the server's order.
 * - A list (`list`) and the handling of a change never overlap: a list's version is at least that of every change
 *   that was handed on before, and every later change reaches the sink after the list's items.
 * - The watch starts from the first list or a version given (`rewind`), and resumes where it was after every failure
 *   but a gap.
 * - A watch never begins at a version that the server has not reached: the server would accept that, and say nothing
 *   until it gets there.
 */
export class ResourceCapture {
  readonly resource: ApiResource;
  readonly #client: KubeClient;
  readonly #sink: CaptureSink;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #abort = new AbortController();
  #position: string | undefined;
  /** The version of the list that gave the position: the server is known to have reached it. */
  #listedAt: string | undefined;
  /** An older version to go on from as soon as the change in hand is handled. */
  #rewindTo: string | undefined;
  /** Where the watch was before it was rewound. */
  #reached: string | undefined;
  #watching: AbortController | undefined;
  #wakeUp: (() => void) | undefined;
  #listing: Promise<void> | undefined;
  #handling: Promise<void> | undefined;
  #heardAtMs: number;
  /** While the watch is open: the version that the server was at before. */
  #openedAt: string | undefined;
  #running: Promise<void> | undefined;

  constructor(
    resource: ApiResource,
    client: KubeClient,
    sink: CaptureSink,
    log: Log,
    clock: Clock = systemClock,
  ) {
    this.resource = resource;
    this.#client = client;
    this.#sink = sink;
    this.#log = log.with({ resource: `${apiVersionOf(resource)}/${resource.plural}` });
    this.#clock = clock;
    this.#heardAtMs = clock.now();
  }

  /**
   * When the server last told something that was dealt with, at least that the watch is open or a bookmark, in
   * milliseconds since the Unix epoch; before that, when it all began.
   */
  get heardAtMs(): number {
    return this.#heardAtMs;
  }

  /** The version up to which everything was handed on; undefined before the first list and within a gap. */
  get position(): string | undefined {
    return this.#position;
  }

  /**
   * Is the watch open, and did it tell what it had to tell at once: everything up to where the server was, or nothing
   * for `quietMs`? The server does not say where what it replays ends.
   */
  hasReplayed(quietMs: number): boolean {
    const upTo = this.#openedAt;
    if (upTo === undefined || this.#rewindTo !== undefined || this.#position === undefined) return false;
    return !isNewer(upTo, this.#position) || this.#clock.now() - this.#heardAtMs >= quietMs;
  }

  /** Begin to follow. Nothing is read before the first `list`. */
  start(): void {
    this.#running ??= this.#run();
  }

  /**
   * Go on from this version where that is older than the present one, or where there is none: changes after it come
   * (again). Whoever needs each change once tells by their versions.
   */
  rewind(position: string): void {
    const standing = this.#rewindTo ?? this.#position;
    if (standing === undefined) {
      this.#position = position;
      this.#wakeUp?.();
    } else if (isNewer(standing, position)) {
      this.#rewindTo = position;
      this.#watching?.abort();
    }
  }

  /** Stop following; resolves when nothing more reaches the sink. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#wakeUp?.();
    await this.#running;
  }

  /**
   * List the resource (in one namespace or all) while changes wait. `onItem` gets each object, `onListed` the
   * list's version before any later change is handed on; `onRestart` says that an expired list begins again.
   * Throws `CodedError`.
   */
  async list(options: {
    readonly namespace?: string;
    readonly onItem: (object: KubeObject) => void | Promise<void>;
    readonly onRestart?: () => void;
    readonly onListed?: (version: string) => void;
  }): Promise<void> {
    while (this.#listing !== undefined) await this.#listing;
    let release = () => {};
    this.#listing = new Promise((resolve) => {
      release = resolve;
    });
    try {
      await this.#handling;
      const version = await listObjects(this.#client, this.resource, options.onItem, {
        ...options,
        signal: this.#abort.signal,
      });
      if (this.#position === undefined && options.namespace === undefined) {
        this.#position = version;
        this.#listedAt = version;
        this.#wakeUp?.();
      }
      options.onListed?.(version);
    } finally {
      this.#listing = undefined;
      release();
    }
  }

  /** List the resource while changes go on: what is listed may be behind them. Throws `CodedError`. */
  survey(options: {
    readonly onItem: (object: KubeObject) => void | Promise<void>;
    readonly onRestart?: () => void;
  }): Promise<string> {
    return listObjects(this.#client, this.resource, options.onItem, {
      ...options,
      signal: this.#abort.signal,
    });
  }

  /**
   * Read one object by name; undefined when the server says that there is none. Throws `CodedError`.
   *
   * Asks with a list of one name, which every resource supports: the right to `get` on everything would include
   * subresources such as `pods/exec` and `nodes/proxy`, which nobody should hand to an operator.
   */
  async get(namespace: string, name: string): Promise<KubeObject | undefined> {
    let found: KubeObject | undefined;
    await listObjects(
      this.#client,
      this.resource,
      (object) => {
        if (object.metadata.name === name) found = object;
      },
      {
        fieldSelector: `metadata.name=${name}`,
        signal: this.#abort.signal,
        ...(namespace === '' ? {} : { namespace }),
      },
    );
    return found;
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#abort.signal.aborted) {
      this.#takeRewind();
      if (this.#position === undefined) {
        await new Promise<void>((resolve) => {
          this.#wakeUp = resolve;
        });
        this.#wakeUp = undefined;
        continue;
      }
      const openedAtMs = this.#clock.now();
      try {
        const from = this.#position;
        await this.#watch(from);
        if (this.#rewindTo !== undefined) continue;
        const isShort = this.#position === from && this.#clock.now() - openedAtMs < WATCH_MIN_MS;
        failures = isShort ? failures + 1 : 0;
        if (isShort) {
          await this.#clock.sleep(backoffMs(failures, RETRY_MIN_MS, RETRY_MAX_MS), this.#abort.signal);
        }
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        if (this.#rewindTo !== undefined) continue;
        const coded = apiErrorOf(error);
        if (coded.code === 'Gone') {
          this.#loseExpired(coded.message);
          continue;
        }
        failures = this.#clock.now() - openedAtMs > RETRY_MAX_MS ? 0 : failures + 1;
        const level = error instanceof CodedError ? 'debug' : 'error';
        this.#log[level]('Watch failed', { code: coded.code, reason: coded.message });
        this.#sink.onState(this.resource, { kind: 'Failing', error: coded });
        await this.#clock.sleep(backoffMs(failures, RETRY_MIN_MS, RETRY_MAX_MS), this.#abort.signal);
      }
    }
  }

  #takeRewind(): void {
    const to = this.#rewindTo;
    if (to === undefined) return;
    this.#rewindTo = undefined;
    // A gap came first: what it is closed with may be newer, and who asked needs the older.
    if (this.#position !== undefined && !isNewer(this.#position, to)) return;
    const reached = this.#position;
    if (reached !== undefined && (this.#reached === undefined || isNewer(reached, this.#reached))) {
      this.#reached = reached;
    }
    this.#position = to;
  }

  #loseExpired(reason: string): void {
    const reached = this.#reached;
    const isRewound =
      reached !== undefined && this.#position !== undefined && isNewer(reached, this.#position);
    this.#reached = undefined;
    this.#log.warn('Watch lost its place, listing again', { reason });
    this.#position = isRewound ? reached : undefined;
    this.#sink.onGap(this.resource, { kind: 'Expired', ...(isRewound ? { upTo: reached } : {}) });
  }

  /**
   * Where the server is, if it has reached this version. If not, its storage was restored, and there is nothing to go
   * on from: undefined.
   */
  async #serverAt(version: string, signal: AbortSignal): Promise<string | undefined> {
    if (version === this.#listedAt) return version;
    const current = await currentVersion(this.#client, this.resource, signal);
    const order = compareResourceVersions(current, version);
    if (order === undefined || order >= 0) return current;
    this.#log.warn('The API server is at an older version than before: listing again', { current, version });
    this.#position = undefined;
    this.#reached = undefined;
    this.#rewindTo = undefined;
    this.#sink.onGap(this.resource, { kind: 'HistoryLost' });
    return undefined;
  }

  async #watch(from: string): Promise<void> {
    this.#watching = new AbortController();
    const signal = AbortSignal.any([this.#abort.signal, this.#watching.signal]);
    try {
      const current = await this.#serverAt(from, signal);
      if (current === undefined) return;
      this.#listedAt = undefined;
      const events = watchObjects(this.#client, this.resource, from, {
        signal,
        onOpen: () => {
          this.#heardAtMs = this.#clock.now();
          this.#openedAt = current;
          this.#sink.onState(this.resource, { kind: 'Watching' });
        },
      });
      for await (const event of events) {
        while (this.#listing !== undefined) await this.#listing;
        if (signal.aborted) return;
        const pending = this.#handle(event);
        if (pending === undefined) continue;
        this.#handling = pending;
        try {
          await pending;
        } finally {
          this.#handling = undefined;
        }
      }
    } finally {
      this.#watching = undefined;
      this.#openedAt = undefined;
    }
  }

  #handle(event: WatchEvent): Promise<void> | undefined {
    if (event.type === 'BOOKMARK') {
      this.#position = event.resourceVersion;
      this.#heardAtMs = this.#clock.now();
      this.#sink.onBookmark?.(this.resource, event.resourceVersion);
      return undefined;
    }
    const { type, object } = event;
    const done = () => {
      this.#position = object.metadata.resourceVersion;
      this.#heardAtMs = this.#clock.now();
    };
    const pending = this.#offer({ resource: this.resource, type, object, seenAtMs: this.#clock.now() });
    if (pending === undefined) {
      done();
      return undefined;
    }
    return pending.then(done);
  }

  #offer(captured: Captured): Promise<void> | undefined {
    try {
      const pending = this.#sink.onCaptured(captured);
      return pending === undefined ? undefined : pending.catch((error) => this.#skip(captured.object, error));
    } catch (error) {
      this.#skip(captured.object, error);
      return undefined;
    }
  }

  /**
   * An expected failure is tried again; anything else is a bug that this one object brings out, and it must not keep
   * the others back.
   */
  #skip({ metadata }: KubeObject, error: unknown): void {
    if (error instanceof CodedError) throw error;
    const { namespace, name, resourceVersion } = metadata;
    const stack = error instanceof Error ? error.stack : undefined;
    this.#log.error('Change left out: it could not be dealt with', {
      namespace,
      name,
      resourceVersion,
      reason: messageOf(error),
      stack,
    });
  }
}
