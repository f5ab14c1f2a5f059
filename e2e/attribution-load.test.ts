/**
 * Who, under load and when the webhook is away: thousands of changes by several users at once have the right authors;
 * a webhook that is down or silent costs writers its timeout at most; an uninstalled one costs nothing.
 */
import { createServer, type Socket } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../src/errors.ts';
import type { KubeClient, RequestOptions } from '../src/kube/client.ts';
import type { JsonObject } from '../src/kube/json.ts';
import { isNewer } from '../src/kube/resource-version.ts';
import type { LoggedCommit } from '../src/testing/bare-remote.ts';
import { type Impersonation, openImpersonation } from '../src/testing/impersonating-client.ts';
import { secretValue } from '../src/testing/leaks/secret-value.ts';
import { poll } from '../src/testing/poll.ts';
import { gitRepoConfig, type Scenario, watchRule, withScenario } from '../src/testing/scenario.ts';

const CHANGES = 2_000;
const WORKERS_PER_USER = 2;
const ARRIVAL_TIMEOUT_MS = 60_000;
/** The API server does not wait longer for a review; on a machine that is too busy, an author is lost that way. */
const WEBHOOK_TIMEOUT_MS = 1_000;

const USERS = [
  { name: 'ann@example.com', email: 'ann@example.com' },
  { name: 'oidc:ben', email: 'oidc.ben@cluster.local' },
  {
    name: 'system:serviceaccount:load-a:deployer',
    email: 'system.serviceaccount.load-a.deployer@cluster.local',
  },
  { name: 'Dora Doe', email: 'Dora.Doe@cluster.local' },
  { name: 'eve', email: 'eve@cluster.local' },
];
const NAMESPACES = ['load-a', 'load-b', 'load-c'];
const SLOTS_PER_NAMESPACE = 4;

const MERGE = 'application/merge-patch+json';
const JSON_PATCH = 'application/json-patch+json';
const APPLY = 'application/apply-patch+yaml';

const widgetCrd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.load.example.com' },
  spec: {
    group: 'load.example.com',
    scope: 'Namespaced',
    names: { kind: 'Widget', listKind: 'WidgetList', plural: 'widgets', singular: 'widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' },
        },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                default: {},
                properties: {
                  size: { type: 'integer', default: 3 },
                  step: { type: 'integer' },
                  mode: {
                    type: 'object',
                    default: { color: 'red' },
                    properties: { color: { type: 'string' }, depth: { type: 'integer', default: 7 } },
                  },
                },
              },
              status: { type: 'object', properties: { size: { type: 'integer' }, seen: { type: 'string' } } },
            },
          },
        },
      },
    ],
  },
};

/** A kind under load: where it is, what is created, and what an update number `n` sets. */
interface LoadedKind {
  readonly kind: string;
  readonly apiVersion: string;
  readonly plural: string;
  readonly isScalable?: true;
  readonly hasDependents?: true;
  create(n: number): JsonObject;
  update(n: number): JsonObject;
}

const podTemplate = (app: string): JsonObject => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'c', image: 'registry.example.com/app:1' }] },
});

const KINDS: readonly LoadedKind[] = [
  {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    plural: 'configmaps',
    create: (n) => ({ data: { step: `${n}`, kept: 'on' } }),
    update: (n) => ({ data: { step: `${n}` } }),
  },
  {
    kind: 'Secret',
    apiVersion: 'v1',
    plural: 'secrets',
    create: (n) => ({ stringData: { step: secretValue(`created ${n}`), kept: secretValue('kept') } }),
    update: (n) => ({ stringData: { step: secretValue(`updated ${n}`) } }),
  },
  {
    kind: 'Service',
    apiVersion: 'v1',
    plural: 'services',
    create: (n) => ({
      spec: { ...(n % 3 === 0 ? { type: 'NodePort' } : {}), selector: { app: 'x' }, ports: [{ port: 80 }] },
    }),
    update: (n) => ({ spec: { selector: { app: 'x', step: `${n}` } } }),
  },
  {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    plural: 'deployments',
    isScalable: true,
    hasDependents: true,
    create: (n) => ({
      spec: {
        replicas: 1,
        progressDeadlineSeconds: 1_000_000,
        selector: { matchLabels: { app: `d${n}` } },
        template: podTemplate(`d${n}`),
      },
    }),
    update: (n) => ({
      spec:
        n % 4 === 0 ? { template: { metadata: { annotations: { step: `${n}` } } } } : { minReadySeconds: n },
    }),
  },
  {
    kind: 'Job',
    apiVersion: 'batch/v1',
    plural: 'jobs',
    hasDependents: true,
    create: (n) => ({
      spec: {
        ...(n % 2 === 0 ? { suspend: true } : {}),
        template: { spec: { ...(podTemplate('j').spec as JsonObject), restartPolicy: 'Never' } },
      },
    }),
    update: (n) => ({ spec: { activeDeadlineSeconds: 10_000 + n } }),
  },
  {
    kind: 'Widget',
    apiVersion: 'load.example.com/v1',
    plural: 'widgets',
    isScalable: true,
    create: (n) => ({ spec: n % 2 === 0 ? { step: n, pruned: 'x' } : { mode: {} } }),
    update: (n) => ({ spec: { step: n, pruned: `${n}` } }),
  },
];

/** A name at which objects come and go; all workers change the same few of them. */
interface Slot {
  readonly kind: LoadedKind;
  readonly namespace: string;
  readonly name: string;
  /** Of the object that stands there. */
  uid: string | undefined;
  /** Somebody is creating or deleting it. Two who do the same at once are nobody's fault to tell apart. */
  isTaken: boolean;
}

const ofSlot = ({ kind, namespace, name }: Pick<Slot, 'kind' | 'namespace' | 'name'>) =>
  `${kind.kind}/${name} in ns/${namespace}`;

function pathOf({
  kind,
  namespace,
  name,
}: Pick<Slot, 'kind' | 'namespace'> & { readonly name?: string }): string {
  const root = kind.apiVersion === 'v1' ? '/api/v1' : `/apis/${kind.apiVersion}`;
  return `${root}/namespaces/${namespace}/${kind.plural}${name === undefined ? '' : `/${name}`}`;
}

type Metadata = Record<string, unknown> & { readonly uid: string; readonly resourceVersion: string };
const metadataOf = (object: JsonObject) => object.metadata as unknown as Metadata;

/** What was done, as the API server's answers tell it. */
class Ledger {
  readonly writes = new Map<
    string,
    { readonly by: string; readonly what: string; readonly how: string; readonly uid: string }
  >();
  readonly deletes = new Map<string, string[]>();
  /** The version in which an object's deletion was requested, by uid, where it stays for its finalizers. */
  readonly #requested = new Map<string, string>();
  readonly counts: Record<string, number> = {};
  changes = 0;
  /** Requests that took so long that the webhook may not have been waited for. */
  late = 0;

  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  wrote(
    operation: 'CREATE' | 'UPDATE',
    by: string,
    slot: Pick<Slot, 'kind' | 'namespace' | 'name'>,
    answer: JsonObject,
    how: string,
  ): void {
    const { resourceVersion, deletionTimestamp, uid } = metadataOf(answer);
    // Its file has left already.
    if (deletionTimestamp !== undefined) return this.count('updates of what was being deleted');
    assert.not(this.writes.has(resourceVersion), `version ${resourceVersion} was written twice`);
    this.writes.set(resourceVersion, { by, what: `[${operation}] ${ofSlot(slot)}`, how, uid });
    this.count(`by ${how}`);
    this.#changed(`${operation} ${slot.kind.kind}`);
  }

  deleted(by: string, slot: Pick<Slot, 'kind' | 'namespace' | 'name'>, answer?: JsonObject): void {
    const what = `[DELETE] ${ofSlot(slot)}`;
    const { uid, resourceVersion, deletionTimestamp } = metadataOf(answer ?? { metadata: {} });
    if (deletionTimestamp !== undefined) this.#requested.set(uid, resourceVersion);
    this.deletes.set(what, [...(this.deletes.get(what) ?? []), by]);
    this.#changed(`DELETE ${slot.kind.kind}`);
  }

  /** Was this written to what was being deleted? Its file has left; the answer to a scale does not tell. */
  isAfterDeletion(version: string, uid: string): boolean {
    const requested = this.#requested.get(uid);
    return requested !== undefined && isNewer(version, requested);
  }

  #changed(what: string): void {
    this.changes += 1;
    this.count(what);
  }
}

/** Numbers below `max`, the same in every run; what the workers make of them depends on who comes first. */
function makeRandom(seed: number): (max: number) => number {
  let state = seed;
  return (max) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * max);
  };
}

/** One of a user's workers: picks a slot and changes it in some way, until enough was changed. */
class Worker {
  readonly #client: KubeClient;
  readonly #user: string;
  readonly #userIndex: number;
  readonly #slots: readonly Slot[];
  readonly #ledger: Ledger;
  readonly #nextNumber: () => number;
  readonly #random: (max: number) => number;

  constructor(
    client: KubeClient,
    userIndex: number,
    slots: readonly Slot[],
    ledger: Ledger,
    nextNumber: () => number,
    seed: number,
  ) {
    this.#client = client;
    this.#userIndex = userIndex;
    this.#user = (USERS[userIndex] as { name: string }).name;
    this.#slots = slots;
    this.#ledger = ledger;
    this.#nextNumber = nextNumber;
    this.#random = makeRandom(seed);
  }

  async run(changes: number): Promise<void> {
    while (this.#ledger.changes < changes) {
      const slot = this.#slots[this.#random(this.#slots.length)] as Slot;
      if (slot.uid === undefined) await this.#create(slot);
      else await this.#change(slot);
    }
  }

  async #change(slot: Slot): Promise<void> {
    const at = this.#random(100);
    if (at < 30) await this.#mergePatch(slot);
    else if (at < 50) await this.#getAndPut(slot);
    else if (at < 60) await this.#jsonPatch(slot);
    else if (at < 68) await this.#apply(slot);
    else if (at < 80) await (slot.kind.isScalable ? this.#scale(slot) : this.#mergePatch(slot));
    else if (at < 90) await this.#delete(slot);
    else if (at < 91) await this.#deleteCollection(slot);
    else await this.#leaveNothing(slot);
  }

  /** Send a request; undefined when somebody else was faster. */
  async #send(method: string, path: string, options: RequestOptions): Promise<JsonObject | undefined> {
    const startedAtMs = performance.now();
    try {
      return await this.#client.request(method, path, options);
    } catch (error) {
      const code = error instanceof CodedError ? error.code : '';
      if (code !== 'Conflict' && code !== 'NotFound') throw error;
      this.#ledger.count(code);
      return undefined;
    } finally {
      if (performance.now() - startedAtMs >= WEBHOOK_TIMEOUT_MS) this.#ledger.late += 1;
    }
  }

  #body({ kind, namespace, name }: Slot, n: number): JsonObject {
    return {
      apiVersion: kind.apiVersion,
      kind: kind.kind,
      metadata: { name, namespace, annotations: this.#mark(n) },
    };
  }

  /** No two requests ask for the same content. */
  #mark = (n: number): JsonObject => ({ 'test/by': `${this.#user} ${n}` });

  async #create(slot: Slot): Promise<void> {
    if (slot.isTaken) return;
    slot.isTaken = true;
    const n = this.#nextNumber();
    const body = { ...this.#body(slot, n), ...slot.kind.create(n) };
    // A predecessor that is still being deleted is a conflict.
    const made = await this.#send('POST', pathOf({ kind: slot.kind, namespace: slot.namespace }), { body });
    if (made !== undefined) {
      this.#ledger.wrote('CREATE', this.#user, slot, made, 'POST');
      slot.uid = metadataOf(made).uid;
    }
    slot.isTaken = false;
  }

  async #mergePatch(slot: Slot): Promise<void> {
    const n = this.#nextNumber();
    const body = { metadata: { annotations: this.#mark(n) }, ...slot.kind.update(n) };
    await this.#update('PATCH', slot, { body, contentType: MERGE });
  }

  async #jsonPatch(slot: Slot): Promise<void> {
    const value = `${this.#user} ${this.#nextNumber()}`;
    const body = [{ op: 'add', path: '/metadata/annotations/test~1by', value }];
    await this.#update('PATCH', slot, { body, contentType: JSON_PATCH });
  }

  async #apply(slot: Slot): Promise<void> {
    const n = this.#nextNumber();
    const { metadata, ...rest } = this.#body(slot, n);
    const update = slot.kind.update(n);
    // Unlike the other ways to write, it refuses what would be pruned.
    if ('spec' in update) delete (update.spec as { pruned?: string }).pruned;
    // With its uid it is not made anew where somebody deleted it.
    const body = {
      ...rest,
      metadata: { ...(metadata as JsonObject), uid: slot.uid as string },
      ...update,
    };
    const query = { fieldManager: `applier-${this.#userIndex}`, force: 'true' };
    await this.#update('PATCH', slot, { body, query, contentType: APPLY });
  }

  async #getAndPut(slot: Slot): Promise<void> {
    for (let tries = 0; tries < 3; tries++) {
      const read = await this.#send('GET', pathOf(slot), {});
      if (read === undefined) return;
      const n = this.#nextNumber();
      const update = slot.kind.update(n);
      const metadata = metadataOf(read);
      const annotations = { ...(metadata.annotations as JsonObject), ...this.#mark(n) };
      const body: JsonObject = { ...read, metadata: { ...(read.metadata as JsonObject), annotations } };
      for (const [field, value] of Object.entries(update)) {
        body[field] = { ...(read[field] as JsonObject), ...(value as JsonObject) };
        // A template has more than its annotations.
        if (field === 'spec' && 'template' in (value as JsonObject))
          body.spec = { ...(read.spec as JsonObject), minReadySeconds: n };
      }
      if (await this.#update('PUT', slot, { body })) return;
    }
  }

  async #update(method: string, slot: Slot, options: RequestOptions): Promise<boolean> {
    const answer = await this.#send(method, pathOf(slot), options);
    if (answer === undefined) return false;
    this.#ledger.wrote('UPDATE', this.#user, slot, answer, `${method} ${options.contentType ?? ''}`.trim());
    return true;
  }

  /** To a number of replicas that only this user chooses. */
  async #scale(slot: Slot): Promise<void> {
    const path = `${pathOf(slot)}/scale`;
    const read = await this.#send('GET', path, {});
    if (read === undefined) return;
    const replicas = this.#userIndex;
    if (((read.spec as JsonObject).replicas ?? 0) === replicas) return;
    const { resourceVersion } = metadataOf(read);
    const patch = { metadata: { resourceVersion }, spec: { replicas } };
    const answer =
      this.#random(2) === 0
        ? await this.#send('PUT', path, { body: { ...read, spec: { replicas } } })
        : await this.#send('PATCH', path, { body: patch, contentType: MERGE });
    if (answer === undefined) return;
    this.#ledger.wrote('UPDATE', this.#user, slot, answer, 'scale');
  }

  async #delete(slot: Slot): Promise<void> {
    if (slot.isTaken) return;
    slot.isTaken = true;
    const propagationPolicy = ['Background', 'Foreground'][this.#random(2)] as string;
    const options = slot.kind.hasDependents ? { body: { propagationPolicy } } : {};
    const answer = await this.#send('DELETE', pathOf(slot), options);
    if (answer !== undefined) {
      this.#ledger.deleted(this.#user, slot, answer);
      if (slot.kind.hasDependents) this.#ledger.count(`by ${propagationPolicy} deletion`);
    }
    slot.uid = undefined;
    slot.isTaken = false;
  }

  /** Some objects of the same label, which go together while one of them is being changed. */
  async #deleteCollection({ kind, namespace }: Slot): Promise<void> {
    if (kind.hasDependents || kind.kind === 'Service') return;
    const batch = `batch-${this.#nextNumber()}`;
    const made: Slot[] = [];
    for (let at = 0; at < 4; at++) {
      const n = this.#nextNumber();
      const metadata = { generateName: `${batch}-`, labels: { batch }, annotations: this.#mark(n) };
      const body = { apiVersion: kind.apiVersion, kind: kind.kind, metadata, ...kind.create(n) };
      const answer = (await this.#send('POST', pathOf({ kind, namespace }), { body })) as JsonObject;
      const { name, uid } = metadataOf(answer) as unknown as { name: string; uid: string };
      const slot = { kind, namespace, name, uid, isTaken: true };
      this.#ledger.wrote('CREATE', this.#user, slot, answer, 'generateName');
      made.push(slot);
    }
    const query = { labelSelector: `batch=${batch}` };
    await Promise.all([
      this.#send('DELETE', pathOf({ kind, namespace }), { query }),
      this.#mergePatch(made[3] as Slot),
    ]);
    for (const slot of made) this.#ledger.deleted(this.#user, slot);
    this.#ledger.count('deletecollections');
  }

  /** What is reviewed, or stored, and is no commit. */
  async #leaveNothing(slot: Slot): Promise<void> {
    const n = this.#nextNumber();
    const marked = { metadata: { annotations: this.#mark(n) }, ...slot.kind.update(n) };
    switch (this.#random(3)) {
      case 0:
        await this.#send('PATCH', pathOf(slot), {
          body: marked,
          contentType: MERGE,
          query: { dryRun: 'All' },
        });
        return this.#ledger.count('dry-runs');
      case 1:
        await this.#send('PATCH', pathOf(slot), { body: {}, contentType: MERGE });
        return this.#ledger.count('no-ops');
      default:
        if (slot.kind.kind !== 'Widget') return;
        await this.#send('PATCH', `${pathOf(slot)}/status`, {
          body: { status: { seen: `${n}` } },
          contentType: MERGE,
        });
        return this.#ledger.count('status writes');
    }
  }
}

interface ToldCommit {
  readonly commit: LoggedCommit;
  readonly what: string;
  readonly version: string;
}

function told(commit: LoggedCommit): ToldCommit {
  const what = /^(\[\w+\] \S+ in ns\/\S+) by user\//.exec(commit.subject)?.[1] ?? commit.subject;
  const version = /^- Resource Version: (\d+)$/m.exec(commit.message)?.[1] ?? '';
  return { commit, what, version };
}

/** Everything in which the commits, oldest first, differ from what was done. */
function differences(ledger: Ledger, commits: readonly LoggedCommit[]): string[] {
  const wrong: string[] = [];
  const writes = new Map(ledger.writes);
  const deletes = new Map([...ledger.deletes].map(([what, by]) => [what, [...by]]));
  for (const { commit, what, version } of commits.map(told)) {
    if (commit.subject.startsWith('[SNAPSHOT]')) continue;
    const isDelete = what.startsWith('[DELETE]');
    const write = writes.get(version);
    const by = isDelete ? deletes.get(what)?.shift() : write?.what === what ? write.by : undefined;
    if (!isDelete) writes.delete(version);
    const expected = USERS.find(({ name }) => name === by);
    if (expected === undefined) wrong.push(`nobody did this: ${commit.message}`);
    else if (commit.author.name !== expected.name || commit.author.email !== expected.email)
      wrong.push(`by ${by} with ${write?.how}, not by ${commit.author.name}: ${commit.message}`);
    else if (!commit.message.includes(`\n- User: ${by}\n`)) wrong.push(`no User line: ${commit.message}`);
  }
  for (const [version, { by, what, how, uid }] of writes) {
    if (how === 'scale' && ledger.isAfterDeletion(version, uid)) {
      ledger.count('scales of what was being deleted');
      continue;
    }
    wrong.push(`missing: ${what} by ${by} with ${how}, version ${version}`);
  }
  for (const [what, by] of deletes) if (by.length > 0) wrong.push(`missing: ${what} by ${by}`);
  return wrong;
}

/** The sum of a counter's values in the exposition text; 0 when it was never counted. */
async function metric({ operator }: Scenario, name: string, label = ''): Promise<number> {
  const text = await (await fetch(`${operator().statusUrl}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(name) && line.includes(label));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

async function withImpersonation(
  use: (scenario: Scenario, people: Impersonation) => Promise<void>,
): Promise<void> {
  await withScenario(async (scenario) => {
    const people = await openImpersonation(scenario.controlPlane.kubeconfig('admin'));
    await use(scenario, people).finally(() => people.close());
  });
}

test('attribution: thousands of changes by five users on six kinds have their authors', () =>
  withImpersonation(async (scenario, people) => {
    const { apply, kubectl, remote, waitFor } = scenario;
    await apply('admin', widgetCrd);
    for (const namespace of NAMESPACES) await kubectl('admin', ['create', 'namespace', namespace]);
    await kubectl('admin', [
      'wait',
      '--for=condition=Established',
      '--timeout=30s',
      'crd/widgets.load.example.com',
    ]);
    for (const namespace of NAMESPACES)
      await kubectl('admin', [
        'wait',
        '-n',
        namespace,
        '--for=create',
        '--timeout=30s',
        'serviceaccount/default',
      ]);
    await apply('admin', gitRepoConfig(remote));
    await apply('admin', watchRule('everything', { resources: [{ apiVersion: '*', kind: '*' }] }));
    await waitFor('default watchrule/everything');

    const slots: Slot[] = KINDS.flatMap((kind) =>
      NAMESPACES.flatMap((namespace) =>
        Array.from({ length: SLOTS_PER_NAMESPACE }, (_, at) => ({
          kind,
          namespace,
          name: `slot-${at}`,
          uid: undefined,
          isTaken: false,
        })),
      ),
    );
    const ledger = new Ledger();
    let number = 0;
    const workers = USERS.flatMap(({ name }, at) =>
      Array.from(
        { length: WORKERS_PER_USER },
        (_, nth) =>
          new Worker(people.as(name), at, slots, ledger, () => ++number, 1 + at * WORKERS_PER_USER + nth),
      ),
    );
    const startedAtMs = performance.now();
    await Promise.all(workers.map((worker) => worker.run(CHANGES)));
    const writtenMs = performance.now() - startedAtMs;
    // A last change of each kind: when it is on the remote, everything before it is.
    for (const kind of KINDS) {
      const user = USERS[0] as { readonly name: string };
      const slot = { kind, namespace: 'load-a', name: 'last' };
      const body = {
        apiVersion: kind.apiVersion,
        kind: kind.kind,
        metadata: { name: 'last' },
        ...kind.create(2),
      };
      ledger.wrote(
        'CREATE',
        user.name,
        slot,
        await people.as(user.name).request('POST', pathOf({ kind, namespace: 'load-a' }), { body }),
        'POST',
      );
    }
    const log = async () => (await remote.log()).reverse();
    const isThere = async () => {
      const subjects = (await remote.git('log', '--format=%s', 'main')).split('\n');
      return KINDS.every(({ kind }) =>
        subjects.some((subject) => subject.startsWith(`[CREATE] ${kind}/last `)),
      );
    };
    await poll(isThere, {
      timeoutMs: ARRIVAL_TIMEOUT_MS,
      intervalMs: 200,
      what: 'the last change of each kind',
    });
    const doneMs = performance.now() - startedAtMs;
    const wrong = differences(ledger, await log());
    const reviews = await metric(scenario, 'gitops_reverser_review_duration_seconds_count', 'path="/who"');
    const unattributed = await metric(scenario, 'gitops_reverser_unattributed_total');
    console.log(
      `${ledger.changes} changes written in ${Math.round(writtenMs)} ms, commits after ${Math.round(doneMs)} ms; ` +
        `${reviews} reviews, ${ledger.late} answered late, ${unattributed} unattributed, ${wrong.length} wrong\n${JSON.stringify(ledger.counts)}`,
    );
    const lost = wrong.filter((text) => text.includes(', not by unknown: '));
    assert.is(wrong.length, lost.length, `${wrong.length} differences:\n${wrong.slice(0, 20).join('\n')}`);
    assert.ok(
      lost.length <= ledger.late,
      `${ledger.late} answered late, but:\n${lost.slice(0, 20).join('\n')}`,
    );
    assert.is(unattributed, lost.length, 'unattributed in the metrics');
    assert.ok(ledger.changes >= CHANGES);
    for (const kind of [
      'Conflict',
      'by scale',
      'by Foreground deletion',
      'deletecollections',
      'dry-runs',
      'no-ops',
      'status writes',
    ])
      assert.ok((ledger.counts[kind] ?? 0) > 0, `the load had ${kind}`);
  }));

const PEOPLE = '/api/v1/namespaces/people/configmaps';
/** What an API server adds to the time of a slow machine; the webhook's timeout is 1 s. */
const WRITE_MS_MAX = 1_900;
const QUICK_MS_MAX = 900;
/** Each takes a second. */
const SILENT = 3;
/** What was made while the webhook was up. */
const REVIEWED_UP = /^\[CREATE\] ConfigMap\/up-/;
const REVIEWED_BACK = /^\[CREATE\] ConfigMap\/back-/;
const PATCHED_AT_ONCE = '[UPDATE] ConfigMap/up-0 hand-patch or hand-tool';

/** Make ConfigMaps one after the other; returns how long each took, in milliseconds, ascending. */
async function timedCreates(client: KubeClient, prefix: string, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let at = 0; at < count; at++) {
    const body = { metadata: { name: `${prefix}-${at}` }, data: { a: '1' } };
    const startedAtMs = performance.now();
    await client.request('POST', PEOPLE, { body, query: { fieldManager: 'hand-tool' } });
    times.push(Math.round(performance.now() - startedAtMs));
  }
  return times.sort((a, b) => a - b);
}

/** Of times in ascending order: what a write usually takes, whatever else the machine does at some moment. */
const median = (times: readonly number[]): number => times[Math.floor(times.length / 2)] ?? 0;

/** The port of 127.0.0.1 that the evidence webhook is registered with. */
async function webhookPort({ kubectl }: Scenario): Promise<number> {
  const path = '{.webhooks[?(@.failurePolicy=="Ignore")].clientConfig.url}';
  const url = await kubectl('admin', ['get', CONFIGURATION, '-o', `jsonpath=${path}`]);
  return Number(new URL(url).port);
}

const CONFIGURATION = 'validatingwebhookconfiguration/gitops-reverser';

/** Takes connections and never says anything on them. */
async function listenSilently(
  port: number,
): Promise<{ readonly connections: () => number; close(): Promise<void> }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.on('error', () => {}).resume()));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    connections: () => sockets.length,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A rule that captures the ConfigMaps of the tests below, and is ready. */
async function givenRule({ apply, kubectl, remote, waitFor }: Scenario): Promise<void> {
  await kubectl('admin', ['create', 'namespace', 'people']);
  await kubectl('admin', ['create', 'configmap', 'first-0', '-n', 'people']);
  await apply('admin', gitRepoConfig(remote));
  const resources = [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      names: ['first-*', 'up-*', 'refused-*', 'silent-*', 'back-*', 'after-*'],
    },
  ];
  await apply('admin', watchRule('people', { resources }));
  await waitFor('default watchrule/people');
  // A restart goes on from the snapshot that the status names.
  const snapshot = ['get', 'watchrule/people', '-o', 'jsonpath={.status.lastSnapshotCommit}'];
  await poll(async () => (await kubectl('admin', snapshot)) !== '', { what: 'the snapshot in the status' });
}

/** Every commit is this person's, but for writes so late that the webhook may not have been waited for. */
async function assertAuthor({ remote }: Scenario, subject: RegExp, author: string, times: readonly number[]) {
  const commits = (await remote.log()).filter((commit) => subject.test(commit.subject));
  const others = commits.map((commit) => commit.author.name).filter((name) => name !== author);
  const late = times.filter((ms) => ms >= WEBHOOK_TIMEOUT_MS).length;
  assert.is(commits.length, times.length);
  assert.ok(others.length <= late && others.every((name) => name === 'unknown'), `${others}, ${late} late`);
}

/** Without its namespace, the webhooks are gone with it. */
async function uninstall({ kubectl, apply }: Scenario, writer: KubeClient): Promise<void> {
  assert.match(await kubectl('admin', ['get', CONFIGURATION, '-o', 'name']), 'gitops-reverser');
  await kubectl('admin', ['delete', 'namespace', 'gitops-reverser-system', '--timeout=30s']);
  const isGone = async () =>
    (await kubectl('admin', ['get', 'validatingwebhookconfigurations', '-o', 'name'])) === '';
  await poll(isGone, { what: 'the webhooks to go' });
  const times = await timedCreates(writer, 'after', 10);
  assert.ok(median(times) < QUICK_MS_MAX, `${times}`);
  // Changes of the project's own kinds would fail if their webhook were left.
  const isFree = () =>
    apply('admin', watchRule('people', { suspend: true, resources: [{ apiVersion: 'v1', kind: 'Pod' }] }));
  await poll(
    () =>
      isFree().then(
        () => true,
        () => false,
      ),
    { what: 'rules to be writable', timeoutMs: 5_000 },
  );
  await kubectl('admin', [
    'delete',
    'watchrule/people',
    'gitrepoconfig/audit-repo',
    '-n',
    'default',
    '--timeout=10s',
  ]);
}

test('webhook down: writers wait its timeout at most, and authors are back by themselves; uninstalled, it costs nothing', () =>
  withImpersonation(async (scenario, people) => {
    const { commit, folder, kubeconfig, kubectl, operator, remote, waitFor } = scenario;
    await givenRule(scenario);
    const ann = people.as('ann@example.com');
    const up = await timedCreates(ann, 'up', 30);
    await commit(/^\[CREATE\] ConfigMap\/up-29 in ns\/people by user\/ann@example\.com$/);

    await operator().kill();
    const port = await webhookPort(scenario);
    const refused = await timedCreates(ann, 'refused', 30);
    await ann.request('PATCH', `${PEOPLE}/up-0`, {
      body: { data: { a: '2' } },
      contentType: MERGE,
      query: { fieldManager: 'hand-patch' },
    });
    await ann.request('DELETE', `${PEOPLE}/up-1`);
    const listener = await listenSilently(port);
    const silent = await timedCreates(ann, 'silent', SILENT);
    assert.ok(listener.connections() > 0, 'the API server connected');
    await listener.close();
    console.log(`write ms up: ${up}; refused: ${refused}; silent: ${silent}`);
    assert.ok(median(refused) < QUICK_MS_MAX, `refused: ${refused}`);
    assert.ok((silent[0] as number) >= 950, `the API server asked: ${silent}`);
    assert.ok(median(silent) < WRITE_MS_MAX, `silent: ${silent}`);

    // On the same address, as a Pod that is started again behind its Service.
    const address = `127.0.0.1:${port}`;
    const again = await folder.start({
      kubeconfig,
      args: ['--listen', address, '--webhook-url', `https://${address}`],
    });
    try {
      await waitFor('default watchrule/people');
      const back = await timedCreates(people.as('oidc:ben'), 'back', 10);
      console.log(`write ms back: ${back}`);
      await ann.request('PATCH', `${PEOPLE}/refused-0`, { body: { data: { a: '3' } }, contentType: MERGE });
      await ann.request('DELETE', `${PEOPLE}/silent-0`);
      const updated = await commit(
        /^\[UPDATE\] ConfigMap\/refused-0 in ns\/people by user\/ann@example\.com$/,
      );
      assert.equal(updated.author, { name: 'ann@example.com', email: 'ann@example.com' });
      await commit(/^\[DELETE\] ConfigMap\/silent-0 in ns\/people by user\/ann@example\.com$/);

      const meanwhile = (await remote.log()).filter(
        ({ subject, message }) =>
          message.includes('\n- User: unknown\n') &&
          !REVIEWED_UP.test(subject) &&
          !REVIEWED_BACK.test(subject),
      );
      const told = meanwhile.map(({ subject, message }) => {
        const manager = /^- Field Manager: (.*)$/m.exec(message)?.[1];
        return `${subject.replace(/ in ns.*/, '')} ${manager ?? ''}`.trim();
      });
      const expected = [
        ...refused.map((_, at) => `[CREATE] ConfigMap/refused-${at} hand-tool`),
        // Created and patched in the same second, the grain of managers' times, nothing tells who wrote later.
        told.includes(PATCHED_AT_ONCE) ? PATCHED_AT_ONCE : '[UPDATE] ConfigMap/up-0 hand-patch',
        // The watch goes on where it was, and tells of it as if it were live.
        '[DELETE] ConfigMap/up-1 hand-tool',
        ...silent.map((_, at) => `[CREATE] ConfigMap/silent-${at} hand-tool`),
      ];
      assert.equal(told.sort(), expected.sort());
      for (const { author } of meanwhile)
        assert.equal(author, { name: 'unknown', email: 'unknown@cluster.local' });
      await assertAuthor(scenario, REVIEWED_UP, 'ann@example.com', up);
      await assertAuthor(scenario, REVIEWED_BACK, 'oidc:ben', back);
      assert.match(await kubectl('admin', ['get', CONFIGURATION, '-o', 'yaml']), `https://${address}/who`);

      assert.is(await again.stop(), 0);
      await uninstall(scenario, ann);
    } finally {
      await again.kill();
    }
  }));

test.run();
