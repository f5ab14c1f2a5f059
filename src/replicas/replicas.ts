import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Clock } from '../clock.ts';
import type { ElectionTiming } from '../elect/election-timing.ts';
import { LeaderElector } from '../elect/leader-elector.ts';
import { LEADER_LEASE } from '../elect/lease.ts';
import { LeaseBoard } from '../elect/lease-board.ts';
import type { CodedError } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Log } from '../log.ts';
import type { EventRecorder } from '../report/event-recorder.ts';
import type { Metrics } from '../report/metrics.ts';
import type { ListenAddress } from '../server/listen-address.ts';
import type { Term } from './last-term.ts';
import { replicaAddress } from './replica-address.ts';
import { type ReplicaMessage, replicaToken } from './replica-message.ts';
import { ReplicaPresence } from './replica-presence.ts';
import { ReplicaRelay } from './replica-relay.ts';

/** How replicas share the work; without, this process is the only one. */
export interface ReplicaOptions {
  readonly timing: ElectionTiming;
  /** Where other replicas reach `--listen`. Default: where it listens, or else the address of this machine's name. */
  readonly address?: ListenAddress;
}

export interface ReplicasContext {
  readonly client: KubeClient;
  readonly namespace: string;
  /** The key that all replicas read from one Secret. */
  readonly key: Buffer;
  readonly recorder: EventRecorder;
  readonly metrics: Pick<Metrics, 'relayed' | 'observeLeader'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the replicas need of the webhooks. */
export interface SharedWebhooks {
  readonly listen: ListenAddress;
  readonly caBundle: string;
  readonly serverName: string;
}

/** After the Lease is given away, the webhooks still answer so long: until nobody is led here any more. */
export const RETIRED_MS = 3_000;
const IDENTITY_CHARS_MAX = 60;

/** This process as one of several: who of them leads, and what the webhooks of each heard. */
export class Replicas {
  /** What the webhooks need to take messages of other replicas. */
  readonly token: string;
  readonly #context: ReplicasContext;
  readonly #options: ReplicaOptions;
  readonly #elector: LeaderElector;
  readonly #board: LeaseBoard;
  #presence: ReplicaPresence | undefined;
  #relay: ReplicaRelay | undefined;
  #peers: ReadonlyMap<string, string> = new Map();

  /** Throws `InvalidSpec` for timing that cannot work. */
  constructor(options: ReplicaOptions, context: ReplicasContext) {
    this.#options = options;
    this.#context = context;
    this.token = replicaToken(context.key);
    const { client, namespace, clock, log } = context;
    const identity = newIdentity();
    this.#elector = new LeaderElector({
      client,
      namespace,
      identity,
      timing: options.timing,
      clock,
      monotonicMs: () => performance.now(),
      onHolder: (leader) =>
        leader === '' ? undefined : log.info('Leader', { leader, isThis: leader === identity }),
      log,
    });
    this.#board = new LeaseBoard({
      client,
      namespace,
      onLease: (name, lease) => {
        if (name === LEADER_LEASE) this.#elector.observe(lease);
        else this.#presence?.onLease(name, lease);
      },
      clock,
      log,
    });
    context.metrics.observeLeader(() => this.isLeader);
  }

  /** May this replica write, now? */
  get isLeader(): boolean {
    return this.#elector.isLeader;
  }

  /** Are there other replicas, as far as is known? */
  get hasOthers(): boolean {
    return this.#peers.size > 0;
  }

  /** Resolves with the reason once this replica leads no more, other than by `release`: it has to end, at once. */
  get lost(): Promise<CodedError> {
    return this.#elector.lost;
  }

  /** Tell the other replicas; undefined: there is nobody to wait for. */
  share(message: ReplicaMessage): Promise<unknown> | undefined {
    return this.#relay?.share(message);
  }

  /**
   * Stand by: know the other replicas and be known to them, and stand for election. `signal` ends that, also while it
   * begins. Throws `CodedError`.
   */
  async standBy(webhooks: SharedWebhooks | undefined, signal: AbortSignal): Promise<void> {
    const { client, namespace, metrics, clock, log } = this.#context;
    if (webhooks !== undefined) {
      const relay = new ReplicaRelay({
        token: this.token,
        caBundle: () => webhooks.caBundle,
        serverName: webhooks.serverName,
        onOutcome: (outcome, messages) => metrics.relayed(messages, { outcome }),
        clock,
        log,
      });
      this.#relay = relay;
      this.#presence = new ReplicaPresence({
        client,
        namespace,
        identity: this.#elector.identity,
        address: await replicaAddress(this.#options.address ?? webhooks.listen),
        onPeers: (peers) => {
          this.#peers = peers;
          relay.setPeers(peers);
        },
        clock,
        monotonicMs: () => performance.now(),
        signal,
        log,
      });
    }
    signal.addEventListener('abort', () => void this.#board.stop(), { once: true });
    await this.#board.start();
    await this.#presence?.start();
    await this.#relay?.greeted();
    if (signal.aborted) return;
    this.#elector.start();
  }

  /** Resolves with the term when this replica leads; undefined when `signal` aborts before. */
  async elected(signal: AbortSignal): Promise<Term | undefined> {
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    if (signal.aborted) return undefined;
    await Promise.race([this.#elector.elected, aborted]);
    const { lease } = this.#elector;
    if (signal.aborted || lease === undefined) return undefined;
    this.#record(`${this.#elector.identity} became leader`);
    return { leaseUid: lease.uid, transitions: lease.record.transitions };
  }

  /** Give the Lease away; nothing may be written any more. Then wait until nobody is led to the webhooks here. */
  async release(): Promise<void> {
    const wasLeader = this.isLeader;
    await this.#elector.stop();
    if (wasLeader) this.#record(`${this.#elector.identity} stopped leading`);
    await this.#presence?.leave();
    if (this.hasOthers) await this.#context.clock.sleep(RETIRED_MS);
  }

  /** End, after the webhooks. */
  async stop(): Promise<void> {
    await this.#board.stop();
    await this.#relay?.stop();
  }

  #record(note: string): void {
    const { recorder, namespace } = this.#context;
    const { lease } = this.#elector;
    if (lease === undefined) return;
    const { name, uid } = lease;
    const regarding = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace, name, uid };
    recorder.record(regarding, 'Normal', 'LeaderElection', note);
  }
}

/** The name of the Pod or machine, and what tells this process from others there; fit for the name of an object. */
function newIdentity(): string {
  const name = hostname()
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, IDENTITY_CHARS_MAX);
  return `${name}-${randomBytes(4).toString('hex')}`;
}
