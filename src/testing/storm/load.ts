import { CodedError } from '../../errors.ts';
import type { KubeClient, RequestOptions } from '../../kube/client.ts';
import type { JsonObject } from '../../kube/json.ts';
import type { Impersonation } from '../impersonating-client.ts';
import { Ledger, type Span } from './ledger.ts';
import {
  apiPathOf,
  filePathOf,
  type LoadKind,
  type LoadObject,
  loadKinds,
  MARKER,
  NAME_PREFIX,
} from './load-kinds.ts';
import { makeRandom, type Random } from './random.ts';

export interface LoadOptions {
  readonly people: Impersonation;
  readonly users: readonly string[];
  /** They exist. */
  readonly namespaces: readonly string[];
  readonly seed: number;
  /** Names at which objects come and go, for each kind and namespace. */
  readonly namesPerKind: number;
  /** Wait of each user after each write. Default: 0 ms. */
  readonly pauseMs?: number;
}

/** A load: users that write until they are stopped, and a ledger of what they did. */
export interface Load {
  readonly ledger: Ledger;
  /** Begin, or go on. */
  start(): void;
  /** Resolves when the last answer is there. Throws what a user's request failed with, if it should not have. */
  stop(): Promise<void>;
  /** Run until the ledger holds so many changes more. */
  run(changes: number): Promise<void>;
  /** Write one object of each kind as the first user; returns what is to be seen of it in Git. */
  fence(): Promise<readonly { readonly path: string; readonly marker: string }[]>;
}

const MERGE = 'application/merge-patch+json';
/** A request that is not answered within this time is in doubt. */
const REQUEST_TIMEOUT_MS = 10_000;
/** After a request that was not answered. */
const UNANSWERED_PAUSE_MS = 50;
const FENCE_ATTEMPTS_MAX = 200;

type Answer =
  | { readonly kind: 'Answered'; readonly body: JsonObject }
  | { readonly kind: 'Refused' | 'Doubt' };

/** Make a load; it writes nothing before `start`. */
export function makeLoad(options: LoadOptions): Load {
  const ledger = new Ledger();
  const objects = loadKinds.flatMap((kind) =>
    (kind.isNamespaced ? options.namespaces : ['']).flatMap((namespace) =>
      Array.from({ length: options.namesPerKind }, (_, at) => ({
        kind,
        namespace,
        name: `${NAME_PREFIX}${at}`,
      })),
    ),
  );
  const deleting = new Set<string>();
  const writers = options.users.map(
    (user, at) => new Writer(options.people.as(user), user, ledger, makeRandom(options.seed + at), deleting),
  );
  let running: { isStopped: boolean; readonly done: Promise<unknown> } | undefined;

  const start = () => {
    if (running !== undefined) return;
    const run = { isStopped: false, done: Promise.resolve() as Promise<unknown> };
    run.done = Promise.all(
      writers.map(async (writer) => {
        while (!run.isStopped) {
          await writer.write(objects);
          await pause(options.pauseMs ?? 0);
        }
      }),
    );
    // Told by stop().
    run.done.catch(() => {});
    running = run;
  };
  const stop = async () => {
    const run = running;
    running = undefined;
    if (run === undefined) return;
    run.isStopped = true;
    await run.done;
  };
  return {
    ledger,
    start,
    stop,
    async run(changes) {
      const until = ledger.size + changes;
      start();
      // A writer that failed ends the wait.
      while (ledger.size < until && running !== undefined) {
        await Promise.race([running.done, pause(5)]);
      }
      await stop();
    },
    fence: () => {
      const [writer] = writers as [Writer];
      const [namespace = ''] = options.namespaces;
      return Promise.all(loadKinds.map((kind) => writer.fence(kind, kind.isNamespaced ? namespace : '')));
    },
  };
}

/** One user, who does one thing after the other. */
class Writer {
  readonly #client: KubeClient;
  readonly #user: string;
  readonly #ledger: Ledger;
  readonly #random: Random;
  /** Two who delete the same object at once cannot be told apart by anybody: they take turns. */
  readonly #deleting: Set<string>;

  constructor(client: KubeClient, user: string, ledger: Ledger, random: Random, deleting: Set<string>) {
    this.#client = client;
    this.#user = user;
    this.#ledger = ledger;
    this.#random = random;
    this.#deleting = deleting;
  }

  /** Change one of the objects in some way; somebody else may be quicker, then nothing happens. */
  async write(objects: readonly LoadObject[]): Promise<void> {
    const object = objects[this.#random(objects.length)] as LoadObject;
    const dice = this.#random(100);
    if (dice < 15) return this.#delete(object);
    if (dice < 25 && object.kind.hasStatus) return this.#writeStatus(object);
    if (dice < 35) {
      // A new life under the same name.
      await this.#delete(object);
      await this.#create(object);
      return;
    }
    if (!(await this.#patch(object))) await this.#create(object);
  }

  /** Write until it is done, whatever is in the way. */
  async fence(kind: LoadKind, namespace: string): Promise<{ path: string; marker: string }> {
    const object = { kind, namespace, name: `${NAME_PREFIX}fence` };
    for (let attempt = 0; attempt < FENCE_ATTEMPTS_MAX; attempt += 1) {
      const marker = (await this.#patch(object)) || (await this.#create(object));
      if (marker) return { path: filePathOf(object), marker };
    }
    throw new Error(`No fence could be written: ${filePathOf(object)}`);
  }

  async #create(object: LoadObject): Promise<string | false> {
    const { kind, name } = object;
    const marker = this.#ledger.nextMarker();
    const body = {
      apiVersion: kind.apiVersion,
      kind: kind.kind,
      metadata: { name, annotations: { [MARKER]: marker } },
      ...kind.content(marker),
    };
    return this.#change('CREATE', 'POST', apiPathOf(object), object, marker, { body });
  }

  /** Returns the marker, or false where there is nothing to patch. */
  async #patch(object: LoadObject): Promise<string | false> {
    const marker = this.#ledger.nextMarker();
    const body = { metadata: { annotations: { [MARKER]: marker } }, ...object.kind.content(marker) };
    const path = apiPathOf(object, object.name);
    return this.#change('UPDATE', 'PATCH', path, object, marker, { body, contentType: MERGE });
  }

  async #change(
    operation: 'CREATE' | 'UPDATE',
    method: string,
    url: string,
    object: LoadObject,
    marker: string,
    options: RequestOptions,
  ): Promise<string | false> {
    const path = filePathOf(object);
    const user = this.#user;
    const { answer, span } = await this.#send(method, url, options);
    if (answer.kind === 'Doubt') this.#ledger.doubts.push({ path, user, marker, ...span });
    if (answer.kind !== 'Answered') return false;
    const { uid, resourceVersion } = answer.body.metadata as { uid: string; resourceVersion: string };
    this.#ledger.versions.push({ path, uid, operation, resourceVersion, user, marker, ...span });
    return marker;
  }

  async #writeStatus(object: LoadObject): Promise<void> {
    const body = { status: { seen: this.#ledger.nextMarker() } };
    const url = `${apiPathOf(object, object.name)}/status`;
    const { answer } = await this.#send('PATCH', url, { body, contentType: MERGE });
    if (answer.kind !== 'Answered') return;
    const { resourceVersion } = answer.body.metadata as { resourceVersion: string };
    this.#ledger.statusWrites.add(`${filePathOf(object)} ${resourceVersion}`);
  }

  async #delete(object: LoadObject): Promise<void> {
    const path = filePathOf(object);
    const user = this.#user;
    if (this.#deleting.has(path)) return;
    this.#deleting.add(path);
    const { answer, span } = await this.#send('DELETE', apiPathOf(object, object.name), {});
    this.#deleting.delete(path);
    if (answer.kind === 'Doubt') this.#ledger.doubts.push({ path, user, marker: undefined, ...span });
    if (answer.kind !== 'Answered') return;
    // A Status that names what was deleted, or the object itself.
    const { details, metadata } = answer.body as { details?: { uid: string }; metadata?: { uid: string } };
    const uid = details?.uid ?? metadata?.uid;
    if (uid === undefined) throw new Error(`The answer to a delete of ${path} names no uid`);
    this.#ledger.deletions.push({ path, uid, user, ...span });
  }

  async #send(
    method: string,
    url: string,
    options: RequestOptions,
  ): Promise<{ readonly answer: Answer; readonly span: Span }> {
    const fromMs = Date.now();
    const answered = (answer: Answer) => ({ answer, span: { fromMs, toMs: Date.now() } });
    try {
      const body = await this.#client.request(method, url, { timeoutMs: REQUEST_TIMEOUT_MS, ...options });
      return answered({ kind: 'Answered', body });
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      if (error.code === 'Conflict' || error.code === 'NotFound') return answered({ kind: 'Refused' });
      // An API server that is not there, or starts, or loses etcd: what it did is not known.
      if (!error.retry && error.code !== 'Forbidden') throw error;
      const doubt = answered({ kind: 'Doubt' });
      await pause(UNANSWERED_PAUSE_MS);
      return doubt;
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
