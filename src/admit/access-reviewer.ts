import type { Clock } from '../clock.ts';
import type { KubeClient } from '../kube/client.ts';
import { isJsonObject } from '../kube/json.ts';
import type { UserInfo } from '../server/webhook-review.ts';

/** One right, as RBAC sees it. `*` as group or resource asks for all of them. */
export interface Access {
  readonly verb: 'get' | 'list' | 'watch';
  readonly group: string;
  /** The plural. */
  readonly resource: string;
  /** Absent: in every namespace, and cluster-scoped. */
  readonly namespace?: string;
  /** Absent: every object. */
  readonly name?: string;
}

/** Asks whether somebody has a right. Rejects with `CodedError` when nobody can tell. */
export type AskAccess = (user: UserInfo, access: Access, signal: AbortSignal) => Promise<boolean>;

const PATH = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
/** Questions to the API server at a time, over all reviews. */
const PARALLEL_MAX = 8;
/** A right that was there is believed for this long, a missing one never: it may be granted at any time. */
const GRANTED_MAX_AGE_MS = 5_000;
const GRANTED_REMEMBERED_MAX = 4_096;
const REQUEST_TIMEOUT_MS = 5_000;

/** Asks the API server by SubjectAccessReview, a few at a time. */
export class AccessReviewer {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  /** When a right was granted, by user and right. */
  readonly #granted = new Map<string, number>();
  readonly #waiting: (() => void)[] = [];
  #asking = 0;

  constructor(client: KubeClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Has the user the right? Throws `CodedError`. */
  readonly ask: AskAccess = async (user, access, signal) => {
    const { verb, group, resource, namespace, name } = access;
    const key = JSON.stringify([user, verb, group, resource, namespace ?? null, name ?? null]);
    const isGranted = () =>
      this.#clock.now() - (this.#granted.get(key) ?? Number.NEGATIVE_INFINITY) < GRANTED_MAX_AGE_MS;
    if (isGranted()) return true;
    await this.#turn();
    try {
      if (isGranted()) return true;
      const askedAtMs = this.#clock.now();
      const isAllowed = await this.#review(user, access, signal);
      if (isAllowed) this.#remember(key, askedAtMs);
      return isAllowed;
    } finally {
      this.#asking--;
      this.#waiting.shift()?.();
    }
  };

  async #review(user: UserInfo, access: Access, signal: AbortSignal): Promise<boolean> {
    const { verb, group, resource, namespace, name } = access;
    const answer = await this.#client.request('POST', PATH, {
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: {
          user: user.username,
          groups: user.groups,
          uid: user.uid,
          extra: user.extra,
          resourceAttributes: { verb, group, resource, version: '*', namespace, name },
        },
      },
      timeoutMs: REQUEST_TIMEOUT_MS,
      signal,
    });
    return isJsonObject(answer.status) && answer.status.allowed === true && answer.status.denied !== true;
  }

  async #turn(): Promise<void> {
    while (this.#asking >= PARALLEL_MAX) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#asking++;
  }

  #remember(key: string, atMs: number): void {
    if (this.#granted.size >= GRANTED_REMEMBERED_MAX) this.#granted.clear();
    this.#granted.set(key, atMs);
  }
}

/** The same answers, but each question is asked only once: for one review, whose rule may repeat itself. */
export function askOnce(ask: AskAccess): AskAccess {
  const asked = new Map<string, Promise<boolean>>();
  return (user, access, signal) => {
    const key = JSON.stringify([user, access]);
    const answer = asked.get(key) ?? ask(user, access, signal);
    asked.set(key, answer);
    return answer;
  };
}
