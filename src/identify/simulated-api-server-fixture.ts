import type { JsonObject } from '../kube/json.ts';
import type { KubeObject } from '../kube/object.ts';
import type { Evidence } from './evidence.ts';
import { evidenceOf } from './review.ts';

/** What the watch of one kind tells, with the truth that it does not tell. */
export interface SimulatedEvent {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'STATUS';
  readonly object: KubeObject;
  /** Who really did it, or in a cascade whose deletion it followed from. */
  readonly author: string;
  /** Where that is hidden: who else may rightly be credited, such as the controller that sent the request. */
  readonly executors: readonly string[];
  /** Nobody can know the author: no review was recorded, or two people asked for the very same. */
  readonly isHidden: boolean;
}

interface Simulated {
  object: KubeObject;
  readonly owners: readonly Simulated[];
  /** Whose deletion it was; undefined while it stands. */
  deletion: SimulatedEvent | undefined;
  /** The version in which somebody was refused to delete or scale it, on the record. */
  refusedIn: string;
}

export type Outcome = 'stored' | 'refused' | 'dry-run';

export interface Request {
  readonly users: readonly string[];
  readonly outcome: Outcome;
  /** The webhook is not reached. */
  readonly isLost: boolean;
}

export const COLLECTOR = 'system:serviceaccount:kube-system:generic-garbage-collector';
export const NAMESPACE_CONTROLLER = 'system:serviceaccount:kube-system:namespace-controller';
const TRIES_MAX = 5;

/**
 * An API server as far as authorship goes: versions, optimistic concurrency with retries, reviews before the store,
 * garbage collection, and a watch for each kind whose events a test hands on when it likes.
 */
export class SimulatedApiServer {
  readonly objects: Simulated[] = [];
  readonly watches = new Map<string, SimulatedEvent[]>();
  readonly #review: (evidence: Evidence) => void;
  #version = 1;
  #second = 0;
  #uid = 0;

  constructor(review: (evidence: Evidence) => void) {
    this.#review = review;
  }

  get nowMs(): number {
    return Date.UTC(2025, 0, 31) + this.#second * 1_000;
  }

  /** Each request comes in a second of its own; those that race share it. */
  tick(): void {
    this.#second += 1;
  }

  create(
    kind: string,
    namespace: string,
    owners: readonly Simulated[],
    finalizers: string[],
    request: Request,
  ) {
    const [user = ''] = request.users;
    const uid = `uid-${this.#uid++}`;
    const ownerReferences = owners.map(({ object }) => ({
      apiVersion: object.apiVersion,
      kind: object.kind,
      name: object.metadata.name,
      uid: object.metadata.uid,
    }));
    const name = kind === 'Namespace' ? namespace : uid;
    const metadata = {
      name,
      uid,
      ...(kind === 'Namespace' ? {} : { namespace }),
      ownerReferences,
      finalizers,
      managedFields: this.#managedFields(),
    };
    const object = { apiVersion: 'v1', kind, metadata, spec: { replicas: 1 } };
    this.#ask('CREATE', user, request, object, undefined);
    if (request.outcome !== 'stored') return;
    const stored = this.#stored(object as unknown as KubeObject);
    const made: Simulated = { object: stored, owners, deletion: undefined, refusedIn: '' };
    this.objects.push(made);
    this.#tell('CREATE', made, { author: user, executors: [user], isHidden: request.isLost });
  }

  /** All users patch the same version at the same time; who was late tries again. */
  patch(target: Simulated, contents: readonly string[], request: Request): void {
    let waiting = request.users.map((user, index) => ({ user, content: contents[index] ?? '' }));
    for (let attempt = 0; attempt < TRIES_MAX && waiting.length > 0; attempt++) {
      const base = target.object;
      const asked = waiting.map(({ user, content }) => {
        const metadata = { ...base.metadata, managedFields: this.#managedFields() };
        const object = { ...base, metadata, spec: { ...(base.spec as object), content } };
        this.#ask('UPDATE', user, request, object, base);
        return { user, content, object };
      });
      const [winner, ...late] = asked;
      if (winner === undefined || request.outcome !== 'stored') return;
      waiting = late;
      const changes = (base.spec as { content?: string }).content !== winner.content;
      if (!changes) continue;
      const rivals = late.some(({ user, content }) => user !== winner.user && content === winner.content);
      target.object = this.#stored(winner.object as KubeObject);
      const isHidden = request.isLost || rivals;
      this.#tell('UPDATE', target, { author: winner.user, executors: [winner.user], isHidden });
    }
  }

  status(target: Simulated): void {
    target.object = this.#stored({ ...target.object, status: { at: this.#second } });
    this.#tell('STATUS', target, { author: '', executors: [], isHidden: false });
  }

  scale(target: Simulated, replicas: number, request: Request): void {
    const [user = ''] = request.users;
    const base = target.object;
    if (this.#isTrap(target, request) || (base.spec as { replicas: number }).replicas === replicas) return;
    const scaleOf = (count: number) => ({ metadata: base.metadata, spec: { replicas: count } });
    const before = scaleOf((base.spec as { replicas: number }).replicas);
    this.#ask('UPDATE', user, request, scaleOf(replicas), before, 'scale');
    if (request.outcome === 'refused') target.refusedIn = base.metadata.resourceVersion;
    // Two that asked for the same replicas of one version cannot be told apart.
    const isHidden = request.isLost || target.refusedIn === base.metadata.resourceVersion;
    if (request.outcome !== 'stored') return;
    target.object = this.#stored({ ...base, spec: { ...(base.spec as object), replicas } });
    this.#tell('UPDATE', target, { author: user, executors: [user], isHidden });
  }

  /** All users ask at the same time: the first one did it. */
  delete(target: Simulated, request: Request): void {
    const base = target.object;
    if (this.#isTrap(target, request)) return;
    for (const user of request.users) this.#ask('DELETE', user, request, undefined, base);
    if (request.outcome === 'refused') target.refusedIn = base.metadata.resourceVersion;
    if (request.outcome !== 'stored') return;
    const rivals = new Set(request.users).size > 1 || target.refusedIn === base.metadata.resourceVersion;
    const [author = ''] = request.users;
    this.#end(target, { author, executors: [author], isHidden: request.isLost || rivals });
    if (base.kind === 'Namespace') this.#emptyNamespace(target);
    this.#collect();
  }

  /**
   * Known limits of what evidence can tell, left out: a refused request on the record and a like one that no review
   * tells of; and the deletion of a Namespace that no review tells of, while the end of another one of its name is not
   * known yet.
   */
  #isTrap(target: Simulated, request: Request): boolean {
    const { kind, metadata } = target.object;
    const isNextOfItsName =
      kind === 'Namespace' &&
      this.objects.some(
        ({ object, deletion }) =>
          object.kind === 'Namespace' && deletion !== undefined && object.metadata.name === metadata.name,
      );
    return request.isLost && (isNextOfItsName || target.refusedIn !== '');
  }

  #emptyNamespace(namespace: Simulated): void {
    for (const target of this.objects) {
      if (
        target.deletion !== undefined ||
        target.object.metadata.namespace !== namespace.object.metadata.name
      )
        continue;
      const owners = target.owners.filter(({ deletion }) => deletion !== undefined);
      const request = { users: [NAMESPACE_CONTROLLER], outcome: 'stored', isLost: false } as const;
      const base = target.object;
      const isOrphan = owners.length > 0 && owners.length === target.owners.length;
      if (isOrphan) this.#ask('DELETE', COLLECTOR, request, undefined, base);
      this.#ask('DELETE', NAMESPACE_CONTROLLER, request, undefined, base);
      const { author, isHidden } = namespace.deletion as SimulatedEvent;
      // The collector may credit somebody else; and who was refused in this version claims it too.
      const isDisputed =
        target.refusedIn === base.metadata.resourceVersion ||
        (isOrphan && owners.some(({ deletion }) => deletion?.author !== author || deletion.isHidden));
      this.#end(target, { author, executors: [NAMESPACE_CONTROLLER], isHidden: isHidden || isDisputed });
    }
  }

  #collect(): void {
    for (const target of this.objects) {
      if (target.deletion !== undefined || target.owners.length === 0) continue;
      const causes = target.owners.map(({ deletion }) => deletion);
      if (causes.includes(undefined)) continue;
      const base = target.object;
      const request = { users: [COLLECTOR], outcome: 'stored', isLost: false } as const;
      this.#ask('DELETE', COLLECTOR, request, undefined, base);
      const [first] = causes;
      const authors = new Set(causes.map((cause) => cause?.author ?? ''));
      const senders = new Set(causes.flatMap((cause) => cause?.executors ?? []));
      const agree = causes.every((cause) => cause?.author === first?.author && !cause?.isHidden);
      this.#end(target, {
        author: agree ? (first?.author ?? '') : COLLECTOR,
        // An owner that a controller deleted is that controller's deletion, if nobody is known behind it.
        executors: [
          COLLECTOR,
          ...(authors.size === 1 ? authors : []),
          ...(senders.size === 1 ? senders : []),
        ],
        isHidden: !agree || target.refusedIn === base.metadata.resourceVersion,
      });
      return this.#collect();
    }
  }

  #end(target: Simulated, truth: Pick<SimulatedEvent, 'author' | 'executors' | 'isHidden'>): void {
    const isHeld = (target.object.metadata.finalizers ?? []).length > 0;
    const metadata = { ...target.object.metadata, deletionTimestamp: new Date(this.nowMs).toISOString() };
    target.object = this.#stored(isHeld ? { ...target.object, metadata } : target.object);
    target.deletion = this.#tell('DELETE', target, truth);
  }

  #stored(object: KubeObject): KubeObject {
    const resourceVersion = String(this.#version++);
    return { ...object, metadata: { ...object.metadata, resourceVersion } };
  }

  #tell(
    operation: SimulatedEvent['operation'],
    { object }: Simulated,
    truth: Pick<SimulatedEvent, 'author' | 'executors' | 'isHidden'>,
  ): SimulatedEvent {
    const event = { operation, object, ...truth };
    const watch = this.watches.get(object.kind);
    if (watch === undefined) this.watches.set(object.kind, [event]);
    else watch.push(event);
    return event;
  }

  #managedFields() {
    return [{ manager: 'kubectl', operation: 'Update', time: new Date(this.nowMs).toISOString() }];
  }

  #ask(
    operation: string,
    username: string,
    { outcome, isLost }: Pick<Request, 'outcome' | 'isLost'>,
    object: unknown,
    oldObject: unknown,
    subResource?: string,
  ): void {
    if (isLost) return;
    const { kind } = (object ?? oldObject) as { kind?: string };
    const request = {
      operation,
      userInfo: { username },
      kind: { group: '', version: 'v1', kind: kind ?? 'Scale' },
      dryRun: outcome === 'dry-run',
      object: object ?? null,
      oldObject: oldObject ?? null,
      ...(subResource === undefined ? {} : { subResource }),
    };
    const evidence = evidenceOf(structuredClone(request) as unknown as JsonObject, this.nowMs);
    if ('kind' in evidence) this.#review(evidence);
  }
}
