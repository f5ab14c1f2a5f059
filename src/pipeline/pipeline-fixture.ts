import type { CommitRequest, CursorMark, StoredBlob } from '../commit/commit-request.ts';
import { blobShaOf } from '../git/blob-sha.ts';
import type { LastCommit } from '../git/last-commit.ts';
import type { KubeObject } from '../kube/object.ts';
import { type ApiResource, restPath } from '../kube/resource.ts';
import { silentLog } from '../log.ts';
import { Selection } from '../select/selection.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import {
  CONFIG_MAPS,
  listOf,
  type ScriptedApiServer,
  type ScriptedWatch,
  withScriptedApiServer,
} from '../testing/scripted-api-server.ts';
import { ActiveRule } from './active-rule.ts';
import type { Branch } from './branch.ts';
import { NAMESPACES } from './namespace-index.ts';
import type { Authors } from './observe.ts';
import { Pipeline } from './pipeline.ts';
import { REPLAY_LOOK_MS } from './replays.ts';
import { Target } from './target.ts';

export const SECRETS = { ...CONFIG_MAPS, kind: 'Secret', plural: 'secrets' } as const;
const SERVED: readonly ApiResource[] = [NAMESPACES, CONFIG_MAPS, SECRETS];

/** A branch in memory: commits at once, unless it is stuck; what is queued then is lost with `crash`. */
export interface MemoryBranch extends Branch {
  readonly files: Map<string, string>;
  /** `[UPDATE] a 7`, or `[SNAPSHOT] 2 files`, in order. */
  readonly commits: string[];
  readonly marks: Map<string, string>;
  readonly people: Map<string, LastCommit>;
  /** Contents put in ahead. */
  readonly stored: () => number;
  /** From now on there is no room; requests and marks wait. */
  stick(): void;
  /** Commit what waits, and go on. */
  unstick(): void;
}

export function memoryBranch(): MemoryBranch {
  const files = new Map<string, string>();
  const commits: string[] = [];
  const marks = new Map<string, string>();
  const people = new Map<string, LastCommit>();
  const waiting: (() => void)[] = [];
  let isStuck = false;
  let stored = 0;
  const nameOf = (content: Buffer | StoredBlob) =>
    'blob' in content ? content.blob : blobShaOf(content, 'sha1');
  const applyMarks = (given: readonly CursorMark[]) => {
    for (const { owner, key, position } of given) {
      if (position === null) marks.delete(`${owner} ${key}`);
      else marks.set(`${owner} ${key}`, position);
    }
  };
  const commit = (request: CommitRequest) => {
    const changed = request.files.filter(({ path, content }) =>
      content === null ? files.has(path) : files.get(path) !== nameOf(content),
    );
    for (const { path, content } of changed) {
      if (content === null) files.delete(path);
      else files.set(path, nameOf(content));
    }
    applyMarks(request.marks ?? []);
    if (changed.length > 0) commits.push(subjectOf(request));
    request.onDone?.(
      changed.length === 0
        ? { kind: 'Unchanged', refused: [] }
        : { kind: 'Committed', sha: `c${commits.length}`, filesChanged: changed.length, refused: [] },
    );
  };
  const run = (work: () => void): void | Promise<void> => {
    if (!isStuck) return work();
    return new Promise((resolve) => {
      waiting.push(() => {
        work();
        resolve();
      });
    });
  };
  return {
    files,
    commits,
    marks,
    people,
    stored: () => stored,
    stick: () => {
      isStuck = true;
    },
    unstick: () => {
      isStuck = false;
      for (const go of waiting.splice(0)) go();
    },
    enqueue: (request) => run(() => commit(request)),
    mark: (given) => void run(() => applyMarks(given)),
    cursor: (owner) =>
      new Map(
        [...marks].flatMap(([key, position]) =>
          key.startsWith(`${owner} `) ? [[key.slice(owner.length + 1), position] as const] : [],
        ),
      ),
    store: async (content) => {
      stored++;
      return { blob: nameOf(content), bytes: content.length };
    },
    compare: (path, content) => {
      const standing = files.get(path);
      if (standing === undefined) return 'absent';
      return standing === nameOf(content) ? 'same' : 'different';
    },
    paths: (prefix) => [...files.keys()].filter((path) => path.startsWith(prefix)),
    lastCommits: async (paths) =>
      new Map(paths.flatMap((path) => [[path, people.get(path) ?? ownCommit] as const])),
    tip: async () => (commits.length === 0 ? undefined : `c${commits.length}`),
    contains: async () => true,
    isOwnCommitter: (email) => email === ownCommit.committerEmail,
  };
}

const ownCommit = { sha: 'own', committerEmail: 'operator@example.com', committedAtMs: 0 } as LastCommit;

function subjectOf({ files, message }: CommitRequest): string {
  const [subject = ''] = message.split('\n');
  const operation = /^\[\w+\]/.exec(subject)?.[0] ?? subject;
  if (operation === '[SNAPSHOT]') return `${operation} ${files.length}`;
  return `${operation} ${files[0]?.identity.name} ${/Resource Version: (\S+)/.exec(message)?.[1]}`;
}

/** An API server with a history: lists what stands, watches from any version that it still has. */
export interface Cluster {
  readonly server: ScriptedApiServer;
  /** Store an object (a new version of it); returns the version. */
  put(resource: ApiResource, name: string, data: object, metadata?: object): string;
  remove(resource: ApiResource, name: string): string;
  bookmark(): void;
  /** Forget the history before the present version. */
  compact(): void;
  /** Go back to how things stood at a version, as a restored etcd. Watches end. */
  restore(version: number): void;
  /** Lists (not looks at the version or single objects) of a resource so far. */
  lists(resource: ApiResource): number;
  /** Answer lists of a resource with this until told otherwise. */
  failLists(resource: ApiResource, code: number | undefined): void;
  /** Keep lists of a resource waiting until the function that is returned is called. */
  blockLists(resource: ApiResource): () => void;
  /** Keep watches of a resource waiting until the function that is returned is called. */
  blockWatches(resource: ApiResource): () => void;
  /** Called whenever a list or a look-up of a resource was answered, before anything else happens. */
  onListed(resource: ApiResource, call: () => void): void;
  readonly version: () => number;
}

interface Entry {
  readonly version: number;
  readonly resource: string;
  readonly type: string;
  readonly object: KubeObject;
}

const CREATED = '2025-01-31T10:00:00Z';

export function withCluster(use: (cluster: Cluster) => Promise<void>): Promise<void> {
  let version = 100;
  let compactedTo = 0;
  let history: Entry[] = [];
  const failing = new Map<string, number>();
  const blocked = new Map<string, Promise<void>>();
  const lists = new Map<string, number>();
  const listeners = new Map<string, () => void>();
  let watches: { readonly path: string; readonly watch: ScriptedWatch }[] = [];
  const standing = (path: string, at = version) => {
    const objects = new Map<string, KubeObject>();
    for (const entry of history) {
      if (entry.resource !== path || entry.version > at) continue;
      if (entry.type === 'DELETED') objects.delete(entry.object.metadata.name);
      else objects.set(entry.object.metadata.name, entry.object);
    }
    return objects;
  };
  const add = (resource: ApiResource, type: string, object: KubeObject) => {
    const path = restPath(resource);
    history.push({ version, resource: path, type, object });
    for (const one of watches) if (one.path === path) one.watch.send(type, object);
    return String(version);
  };
  const block = (what: string) => {
    let unblock = () => {};
    blocked.set(what, new Promise((resolve) => (unblock = resolve)));
    return () => {
      blocked.delete(what);
      unblock();
    };
  };
  return withScriptedApiServer(
    async ({ path, query }, answer) => {
      if (query.get('watch') === 'true') {
        await blocked.get(`watch ${path}`);
        const from = Number(query.get('resourceVersion'));
        if (from < compactedTo) return answer.status(410, 'too old resource version');
        const watch = answer.watch();
        for (const entry of history)
          if (entry.resource === path && entry.version > from) watch.send(entry.type, entry.object);
        watches.push({ path, watch });
        return;
      }
      if (query.get('limit') === '1') return answer.json(listOf([], String(version)));
      const name = query.get('fieldSelector')?.replace('metadata.name=', '');
      if (name === undefined) lists.set(path, (lists.get(path) ?? 0) + 1);
      await blocked.get(path);
      const code = failing.get(path);
      if (code !== undefined) return answer.status(code, 'failing');
      const plain = path.replace(/\/namespaces\/[^/]+\//, '/');
      const found = [...standing(plain).values()].filter(
        (object) => name === undefined || object.metadata.name === name,
      );
      answer.json(listOf(found, String(version)));
      listeners.get(plain)?.();
    },
    (server) => {
      const cluster: Cluster = {
        server,
        version: () => version,
        put(resource, name, data, metadata = {}) {
          version++;
          const before = standing(restPath(resource)).get(name);
          const object: KubeObject = {
            apiVersion: 'v1',
            kind: resource.kind,
            metadata: {
              name,
              ...(resource.namespaced ? { namespace: 'default' } : {}),
              uid: before?.metadata.uid ?? `uid-${resource.kind}-${name}-${version}`,
              resourceVersion: String(version),
              creationTimestamp: CREATED,
              ...metadata,
            },
            data,
          };
          return add(resource, before === undefined ? 'ADDED' : 'MODIFIED', object);
        },
        remove(resource, name) {
          const before = standing(restPath(resource)).get(name);
          if (before === undefined) throw new Error(`There is no ${name}`);
          version++;
          const metadata = { ...before.metadata, resourceVersion: String(version) };
          return add(resource, 'DELETED', { ...before, metadata });
        },
        bookmark() {
          for (const { watch } of watches) watch.bookmark(String(version));
        },
        compact() {
          compactedTo = version;
        },
        restore(to) {
          history = history.filter((entry) => entry.version <= to);
          version = to;
          compactedTo = to;
          for (const { watch } of watches) watch.cut();
          watches = [];
        },
        blockLists: (resource) => block(restPath(resource)),
        blockWatches: (resource) => block(`watch ${restPath(resource)}`),
        lists: (resource) => lists.get(restPath(resource)) ?? 0,
        onListed: (resource, call) => void listeners.set(restPath(resource), call),
        failLists(resource, code) {
          if (code === undefined) failing.delete(restPath(resource));
          else failing.set(restPath(resource), code);
        },
      };
      cluster.put(NAMESPACES, 'default', {});
      return use(cluster);
    },
  );
}

/** A life of the operator: from `start` to `crash` it works on the cluster and the branches. */
export interface Life {
  readonly pipeline: Pipeline;
  readonly clock: FakeClock;
  /** `Taken`, `Unselected` and `Unchanged`. */
  readonly outcomes: string[];
  /** Put a target with rules to work; a rule resumes if the branch's cursor says so. */
  target(key: string, branch: MemoryBranch, rules: readonly RuleSpec[]): TargetAtWork;
  /** Put one more rule to work on a target. */
  rule(key: string, rule: RuleSpec): TargetAtWork;
  /** End it, whatever is under way. */
  crash(): Promise<void>;
}

export interface TargetAtWork {
  readonly target: Target;
  readonly rules: readonly ActiveRule[];
  isSynced(): boolean;
}

export interface RuleSpec {
  readonly name: string;
  readonly kinds: readonly string[];
  readonly names?: readonly string[];
  readonly namespaceSelector?: { readonly matchLabels: Record<string, string> };
  /** It was at work before, elsewhere. */
  readonly moved?: boolean;
  readonly commitsAll?: boolean;
}

export async function startLife(
  cluster: Cluster,
  attribute: Authors['attribute'] = () => ({ kind: 'unknown' }),
): Promise<Life> {
  const clock = createFakeClock();
  const outcomes: string[] = [];
  // What watches replay comes by a real socket: short waits for it go by themselves.
  const sleep: FakeClock['sleep'] = async (ms, signal) => {
    if (ms > REPLAY_LOOK_MS) return clock.sleep(ms, signal);
    await new Promise((resolve) => setTimeout(resolve, 1));
    await clock.advance(ms);
  };
  const pipeline = new Pipeline(
    cluster.server.client,
    { attribute, namespaceGone: () => {} },
    {
      onEvent: (_, outcome) => void outcomes.push(outcome),
      onFollowed: () => {},
      onProgress: () => {},
    },
    { now: clock.now, sleep },
    silentLog,
  );
  await pipeline.start();
  pipeline.setServed(SERVED);
  const targets = new Map<string, Target>();
  const setRules = (key: string, specs: readonly RuleSpec[]): TargetAtWork => {
    const target = targets.get(key) as Target;
    const rules = specs.map((spec) => ruleOf(spec, target));
    for (const rule of rules) pipeline.setRule(key, rule);
    return { target, rules, isSynced: () => rules.every((rule) => pipeline.isSynced(key, rule)) };
  };
  return {
    pipeline,
    clock,
    outcomes,
    target(key, branch, specs) {
      const target = new Target(key, settings(key), branch, noEvents, silentLog, clock);
      targets.set(key, target);
      pipeline.addTarget(target);
      return setRules(key, specs);
    },
    rule: (key, spec) => setRules(key, [spec]),
    crash: () => pipeline.stop(),
  };
}

/** One life: starts, works, and is over without a farewell. */
export async function live(cluster: Cluster, use: (life: Life) => Promise<void>): Promise<void> {
  const life = await startLife(cluster);
  try {
    await use(life);
  } finally {
    await life.crash();
  }
}

function ruleOf(spec: RuleSpec, target: Target): ActiveRule {
  const { name, kinds, names, namespaceSelector } = spec;
  const selects = JSON.stringify(spec);
  const cursor = target.cursor.resume(`uid-${name}`, selects);
  const rule = new ActiveRule({
    key: `default/${name}`,
    uid: `uid-${name}`,
    generation: 1,
    selection: new Selection({
      resources: kinds.map((kind) => ({ apiVersion: 'v1', kind, ...(names ? { names: [...names] } : {}) })),
      ...(namespaceSelector === undefined ? {} : { namespaceSelector }),
    }),
    excludeFields: { paths: [] },
    commitsAll: spec.commitsAll === true,
    scope:
      cursor === undefined
        ? {
            resourceVersion: '1000000',
            timeMs: Date.UTC(2025, 0, 31, 18, 30),
            resumed: false,
            moved: spec.moved === true,
          }
        : { resourceVersion: '0', timeMs: cursor.snapshotMs, resumed: true },
    selects,
    ...(cursor === undefined ? {} : { resumesAt: cursor.positions }),
  });
  if (cursor !== undefined) rule.snapshot = { kind: 'Committed', timeMs: cursor.snapshotMs };
  return rule;
}

function settings(key: string) {
  return {
    owner: `owner-${key}`,
    prefix: '',
    emailDomain: 'example.com',
    template: undefined,
    committer: { name: 'Operator', email: 'operator@example.com' },
    maxFileBytes: 4 * 1024 * 1024,
    secretsPolicy: 'Redact' as const,
    sensitiveKinds: new Map(),
    redactionKey: Buffer.alloc(32, 1),
  };
}

const nothing = () => {};
const noEvents = {
  onCommitted: nothing,
  onUnchanged: nothing,
  onDropped: nothing,
  onRefused: nothing,
  onNoise: nothing,
  onRecreated: nothing,
  onQuiet: nothing,
  onCoalesced: nothing,
};
