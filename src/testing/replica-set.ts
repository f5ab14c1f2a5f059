import { copyFile } from 'node:fs/promises';
import { isLeading } from './is-leading.ts';
import { makeOperatorFolder, type OperatorFolder, type OperatorProcess } from './operator-process.ts';
import { poll } from './poll.ts';
import type { ServiceFront } from './service-front.ts';

const STATE_LINES = 40;
const LEADER_TIMEOUT_MS = 20_000;
const LEADER_LOOK_MS = 20;

/** A time in which a replica was gone and the front may still have led to it. */
export interface Gone {
  readonly name: string;
  readonly fromMs: number;
  toMs: number;
}

interface Replica {
  readonly name: string;
  readonly process: OperatorProcess;
  /** How it is started again; undefined: not by us. */
  readonly args: readonly string[] | undefined;
  isToEnd: boolean;
}

export interface ReplicaSetOptions {
  readonly kubeconfig: string;
  readonly front: ServiceFront;
}

/**
 * Replicas of the operator behind a front, each on a disk of its own, kept as a kubelet keeps the containers of a Pod:
 * one that ends without being told to is started again on its disk. That happens: a leader that can't renew its Lease
 * in time, on a machine that is too busy, ends.
 */
export class ReplicaSet {
  /** When replicas ended that nobody had told to, until the front knew. */
  readonly gone: Gone[] = [];
  readonly #options: ReplicaSetOptions;
  readonly #folders = new Map<string, OperatorFolder>();
  readonly #running = new Map<string, Replica>();
  readonly #restarts = new Set<Promise<void>>();
  #isOver = false;
  #failure: unknown;

  constructor(options: ReplicaSetOptions) {
    this.#options = options;
  }

  get names(): readonly string[] {
    return [...this.#running.keys()];
  }

  get processes(): readonly OperatorProcess[] {
    return [...this.#running.values()].map(({ process }) => process);
  }

  /** Folders of the replicas that were started here. */
  get folders(): readonly OperatorFolder[] {
    return [...this.#folders.values()];
  }

  /** The process that is this replica now. */
  get(name: string): OperatorProcess {
    return this.#replica(name).process;
  }

  /** Take in a replica that somebody else started, and that is not started again. */
  adopt(name: string, process: OperatorProcess): void {
    this.#running.set(name, { name, process, args: undefined, isToEnd: true });
    this.#tellFront();
  }

  /** Start a replica, on the disk that one of this name had before. Resolves when reviews are led to it. */
  async start(name: string, args: readonly string[]): Promise<void> {
    const folder = this.#folders.get(name) ?? (await makeOperatorFolder());
    this.#folders.set(name, folder);
    const { kubeconfig, front } = this.#options;
    const url = `--webhook-url=https://127.0.0.1:${front.port}`;
    const process = await folder.start({ kubeconfig, args: [...args, url], awaitReady: false });
    const replica = { name, process, args, isToEnd: false };
    this.#running.set(name, replica);
    void process.exited().then(() => this.#ended(replica));
    await process.ready();
    this.#tellFront();
    await this.isLedTo(name, true);
  }

  /** Wait until new reviews are led to a replica, or are not. */
  async isLedTo(name: string, isLed: boolean): Promise<void> {
    const { front } = this.#options;
    await poll(() => front.ready().includes(this.get(name).webhookPort) === isLed, {
      intervalMs: 5,
      what: `reviews ${isLed ? '' : 'not '}to be led to ${name}`,
    });
  }

  /** Wait until one of these replicas leads; tells which, and when it said so. */
  async leader(names: readonly string[] = this.names): Promise<{ name: string; atMs: number }> {
    return poll(
      async () => {
        if (this.#failure !== undefined) throw this.#failure;
        const looks = await Promise.all(
          names.map(async (name) => (await isLeading(this.get(name)).catch(() => false)) && name),
        );
        const name = looks.find((found) => found !== false);
        return name !== undefined && { name, atMs: Date.now() };
      },
      {
        intervalMs: LEADER_LOOK_MS,
        timeoutMs: LEADER_TIMEOUT_MS,
        what: `one of ${names.join(', ')} to lead`,
      },
    );
  }

  /** From now on the replica may end, and is not started again. */
  mayEnd(name: string): OperatorProcess {
    const replica = this.#replica(name);
    replica.isToEnd = true;
    return replica.process;
  }

  /** End a replica with SIGTERM; resolves with the exit code when it is gone. */
  async stopOne(name: string): Promise<number | null> {
    const code = await this.mayEnd(name).stop();
    this.#forget(name);
    return code;
  }

  /** End a replica with SIGKILL; tells when nobody was led to it any more. */
  async kill(name: string): Promise<number> {
    const killing = this.mayEnd(name).killAlone();
    const notLed = this.isLedTo(name, false).then(() => Date.now());
    const [notLedAtMs] = await Promise.all([notLed, killing]);
    this.#forget(name);
    return notLedAtMs;
  }

  /** How each ended, if it did, and the last that it logged. */
  async state(): Promise<string> {
    const states = [...this.#running.values()].map(async ({ name, process }) => {
      const lines = (await process.logs()).trimEnd().split('\n').slice(-STATE_LINES);
      return [`${name}: ${JSON.stringify(process.exit() ?? 'runs')}`, ...lines].join('\n');
    });
    return (await Promise.all(states)).join('\n');
  }

  /** End all; none is started again. */
  async killAll(): Promise<void> {
    this.#isOver = true;
    await Promise.allSettled(this.#restarts);
    await Promise.all(this.processes.map((process) => process.kill()));
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** End all and remove their folders, but keep their logs where `GITOPS_REVERSER_TEST_LOG` says. */
  async remove(): Promise<void> {
    await this.killAll().catch(() => {});
    const logFile = process.env.GITOPS_REVERSER_TEST_LOG;
    for (const [name, folder] of this.#folders) {
      if (logFile !== undefined) await copyFile(folder.logFile, `${logFile}.${name}`).catch(() => {});
      await folder.remove();
    }
  }

  #replica(name: string): Replica {
    const replica = this.#running.get(name);
    if (replica === undefined) throw new Error(`There is no replica ${name}`);
    return replica;
  }

  #forget(name: string): void {
    this.#running.delete(name);
    this.#tellFront();
  }

  #ended(replica: Replica): void {
    if (replica.isToEnd || this.#isOver) return;
    const restart = this.#restart(replica)
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => this.#restarts.delete(restart));
    this.#restarts.add(restart);
  }

  async #restart({ name, process, args = [] }: Replica): Promise<void> {
    const gone: Gone = { name, fromMs: Date.now(), toMs: Number.POSITIVE_INFINITY };
    this.gone.push(gone);
    console.log(`${name} ended by itself (${JSON.stringify(process.exit())}), and is started again`);
    await this.isLedTo(name, false);
    gone.toMs = Date.now();
    if (!this.#isOver) await this.start(name, args);
  }

  #tellFront(): void {
    this.#options.front.setBackends(
      this.processes.map(({ webhookPort, statusUrl }) => ({
        port: webhookPort,
        readyUrl: `${statusUrl}/readyz`,
      })),
    );
  }
}
