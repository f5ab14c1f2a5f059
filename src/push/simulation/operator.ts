import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../clock.ts';
import type { CommitOutcome, CommitRequest } from '../../commit/commit-request.ts';
import { type Clone, createClone } from '../../git/clone.ts';
import { silentLog } from '../../log.ts';
import { BranchWorker } from '../branch-worker.ts';
import type { Cluster, Version } from './cluster.ts';
import { addHost, type Host, killHost, removeHost, type Step, settled, type Tamper } from './gate.ts';
import type { Programs } from './programs.ts';
import type { Random } from './random.ts';
import { goneRequest, identify, keyOf, markOf, nameOf, OWNER, placeInto, requestOf } from './requests.ts';

export interface OperatorOptions {
  readonly name: string;
  readonly cluster: Cluster;
  readonly url: string;
  readonly programs: Programs;
  /** Folder of its disks. */
  readonly dir: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Whether what the remote knows of cursors has to be all that was pushed. */
  readonly canCount: () => boolean;
  readonly trace: (line: string) => void;
  readonly broken: BrokenEngine;
  readonly settings: {
    readonly minIntervalMs: number;
    readonly maxCommits: number;
    readonly recallsObjects: boolean;
  };
}

/** How an engine is made wrong, to see that it is noticed. */
export interface BrokenEngine {
  readonly tamper?: Tamper;
  /** Makes other requests of a request. */
  readonly enqueue?: (request: CommitRequest, worker: BranchWorker) => readonly CommitRequest[];
  /** Swallows what was told of a drop. */
  readonly silent?: boolean;
  /** Swallows that somebody took commits away. */
  readonly trusting?: boolean;
}

/** What was told of a version: the fate of its request. */
export interface Told {
  readonly version: Version | null;
  readonly outcome: CommitOutcome;
}

/** What was told of a drop. */
export interface DroppedFile {
  readonly path: string;
  readonly author: string;
  readonly reason: string;
  /** Of the operator's lives, the one that told. */
  readonly life: number;
}

/**
 * One operator: an engine, fed as the pipeline feeds it, on a disk, which can be killed and started again.
 *
 * It keeps what the oracle needs to know: what was told of each version, what was excused by a gap.
 */
export class Operator {
  readonly options: OperatorOptions;
  readonly email: string;
  readonly told: Told[] = [];
  readonly droppedFiles: DroppedFile[] = [];
  /** In which of its lives a version was handed over the last time. */
  readonly handedIn = new Map<number, number>();
  /** Versions that no watch told any more when they were missing: a comparison stands for them. */
  readonly excused = new Set<number>();
  /** Versions that a comparison handed over. */
  readonly compared = new Set<number>();
  readonly problems: string[] = [];
  /** Resumes from before what was committed: right only where somebody took commits away. */
  readonly resumedShort: string[] = [];
  host: Host;
  worker: BranchWorker;
  #clone: Clone;
  #life = 0;
  /** Up to where each resource was handed over; undefined: not known, it has to be compared. */
  #fed = new Map<string, number>();
  /** Resources that are to be compared although no change is missing. */
  #doubted = new Set<string>();
  #isReady = false;
  #isComparing = false;
  #isStopping = false;
  /** Per resource, the newest version that was told committed with its mark: a resume is from there, or later. */
  #durable = new Map<string, number>();
  /** Whether the disk took every line of the journal. Without one, only a resume is lost. */
  #isJournalWhole = true;

  constructor(options: OperatorOptions) {
    this.options = options;
    this.email = `${options.name}@operators.example.com`;
    ({ host: this.host, worker: this.worker, clone: this.#clone } = this.#make(this.#dirOf(0)));
    mkdirSync(this.host.dir, { recursive: true });
  }

  start(): void {
    const { worker } = this;
    let doubts = 0;
    worker.onChange((state) => {
      if (worker !== this.worker || state.branch === 'Unknown') return;
      if (!this.#isReady) {
        this.#isReady = true;
        this.#resume();
      }
      // As the reconciler does when somebody took commits away: what is on the branch is not known any more.
      if (state.rewrites + state.losses === doubts || this.options.broken.trusting === true) return;
      doubts = state.rewrites + state.losses;
      for (const resource of this.options.cluster.resources) this.#doubted.add(resource);
    });
    void worker.open();
  }

  /** Everything handed over so far is on the remote, and nothing is on its way. */
  get isQuiet(): boolean {
    const { state } = this.worker;
    return (
      this.#isReady &&
      !this.canFeed &&
      !this.#isComparing &&
      !this.#isStopping &&
      this.host.steps.length === 0 &&
      state.queued === 0 &&
      state.pendingCommits === 0 &&
      state.error === null
    );
  }

  /** Whether it was told to stop, and is not over yet. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Whether there is something to hand over. */
  get canFeed(): boolean {
    if (!this.#isReady || this.#isComparing || this.#isStopping) return false;
    return this.options.cluster.resources.some(
      (resource) => this.#pending(resource).length > 0 || this.#isLost(resource),
    );
  }

  /** Hands over the next changes of a resource, or compares when its watch lost its place. */
  feed(): void {
    const { random, cluster, trace, name } = this.options;
    const resource = random.pick(
      cluster.resources.filter((one) => this.#pending(one).length > 0 || this.#isLost(one)),
    );
    if (this.#isLost(resource)) {
      void this.#compare(resource);
      return;
    }
    const next = this.#pending(resource).slice(0, 1 + random.below(3));
    for (const version of next) {
      trace(`${name}: hands over ${nameOf(version)}`);
      this.#fed.set(resource, version.version);
      const mark = markOf(resource, version.version);
      const apart = random.chance(0.2);
      this.#enqueue(version, requestOf(version, this.email, apart ? [] : [mark]));
      if (apart) this.worker.mark([mark]);
    }
  }

  /** A bookmark: all up to now is handed over. */
  mark(): void {
    const { cluster } = this.options;
    if (!this.#isReady || this.#isComparing || this.#isStopping) return;
    for (const resource of cluster.resources) {
      if (this.#pending(resource).length > 0 || this.#fed.get(resource) === undefined) continue;
      this.#fed.set(resource, cluster.version);
      this.worker.mark([markOf(resource, cluster.version)]);
    }
  }

  /** A step of this operator failed because of its disk. */
  diskFailed(step: Step): void {
    if (step.label.includes('cursors-')) this.#isJournalWhole = false;
  }

  /** kill -9, and a new process: on the same disk, or on an empty one. */
  async restart(disk: 'Same' | 'Lost', fate: Parameters<typeof killHost>[1]): Promise<void> {
    const before = this.host;
    await this.end(fate);
    if (disk === 'Lost') this.#durable = new Map();
    this.#begin(before, disk);
  }

  /**
   * SIGTERM, and a new process: what there is gets committed and pushed for at most `drainMs`. Goes on while the
   * world does; ends early where the process is killed meanwhile.
   */
  stop(disk: 'Same' | 'Lost', drainMs: number): void {
    if (this.#isStopping || !this.#isReady) return;
    this.#isStopping = true;
    const { host, worker } = this;
    const clone = this.#clone;
    const { trace, name } = this.options;
    const handedOver = new Map(this.#fed);
    const over = async () => {
      const isDrained = await worker.drain(drainMs);
      await worker.close();
      await clone.close();
      return isDrained;
    };
    const begin = (isDrained: boolean) => {
      if (host.dead) return;
      trace(`${name}: is over, ${isDrained ? 'everything is pushed' : 'not everything is pushed'}`);
      host.dead = true;
      removeHost(host);
      const counts = isDrained && this.options.canCount();
      if (disk === 'Lost' && !counts) this.#durable = new Map();
      // Also what was handed over without a commit is known, where there is a branch that it can be known of.
      if (counts && worker.state.branch !== 'Missing')
        for (const [resource, version] of handedOver) this.#durable.set(resource, version);
      this.#begin(host, disk);
    };
    over().then(begin, (error) => {
      // A killed one does not end well.
      if (!host.dead) this.problems.push(`a drained engine does not end: ${error}`);
    });
  }

  #begin(before: Host, disk: 'Same' | 'Lost'): void {
    this.#life += 1;
    const dir = this.#dirOf(this.#life);
    if (disk === 'Same') renameSync(before.dir, dir);
    else {
      rmSync(before.dir, { recursive: true, force: true });
      mkdirSync(dir, { recursive: true });
      this.#isJournalWhole = true;
    }
    this.#isReady = false;
    this.#isComparing = false;
    this.#isStopping = false;
    this.#fed = new Map();
    this.#doubted = new Set();
    ({ host: this.host, worker: this.worker, clone: this.#clone } = this.#make(dir));
    this.start();
  }

  /** Kills the engine, and lets what is left of it in memory come to its end. */
  async end(fate: (step: Step) => 'Never' | 'Whole' | { readonly part: number }): Promise<void> {
    const { host, worker } = this;
    const clone = this.#clone;
    await killHost(host, fate);
    const over = Promise.all([worker.close().catch(() => {}), clone.close().catch(() => {})]);
    let isOver = false;
    void over.then(() => {
      isOver = true;
    });
    for (let round = 0; round < 100 && !isOver; round += 1) await settled();
    if (!isOver) this.problems.push('a killed engine does not end');
    removeHost(host);
  }

  #dirOf(life: number): string {
    return join(this.options.dir, `${this.options.name}-${life}`);
  }

  #make(dir: string): { host: Host; worker: BranchWorker; clone: Clone } {
    const { url, clock, random, cluster, settings, broken, name, trace, programs } = this.options;
    const host = addHost(dir, programs, broken.tamper);
    const clone = createClone({ dir: join(dir, 'clone.git') });
    const worker = new BranchWorker({
      url,
      branch: 'main',
      clone,
      secretData: null,
      allowLocalRepositories: true,
      privateDir: dir,
      committer: { name: 'GitOps Reverser', email: this.email },
      minIntervalMs: settings.minIntervalMs,
      maxCommits: settings.maxCommits,
      prefixes: [cluster.prefix],
      cursorId: createHash('sha256').update(name).digest('hex').slice(0, 16),
      placeInto,
      ...(settings.recallsObjects ? { identify } : {}),
      onDropped: ({ path, author, reason }) => {
        if (host.dead || broken.silent === true) return;
        trace(`${name}: drops ${path} of ${author.name}: ${reason}`);
        this.droppedFiles.push({ path, author: author.name, reason, life: this.#life });
      },
      clock,
      log: silentLog,
      random: () => random.next(),
    });
    return { host, worker, clone };
  }

  #pending(resource: string): readonly Version[] {
    const fed = this.#fed.get(resource);
    return fed === undefined ? [] : this.options.cluster.after(resource, fed);
  }

  /** Has the watch of this resource no place, or one that the API server forgot? */
  #isLost(resource: string): boolean {
    const fed = this.#fed.get(resource);
    if (fed === undefined) return true;
    // A watch that is up to date goes on whatever is compacted.
    const isUpToDate = this.#pending(resource).length === 0;
    return isUpToDate ? this.#doubted.has(resource) : fed < this.options.cluster.compacted;
  }

  #resume(): void {
    const { cluster, trace, name } = this.options;
    const cursor = this.worker.cursor(OWNER);
    trace(`${name}: resumes from ${JSON.stringify(Object.fromEntries(cursor))}`);
    for (const resource of cluster.resources) {
      const position = cursor.get(keyOf(resource));
      const durable = this.#durable.get(resource);
      if (durable !== undefined && this.#isJournalWhole && !(Number(position) >= durable))
        this.resumedShort.push(
          `${name}: resumes ${resource} from ${position}, and v${durable} was committed`,
        );
      if (position === undefined || Number(position) < cluster.compacted) continue;
      this.#fed.set(resource, Number(position));
    }
  }

  /** The pipeline's `join`, in short: list, compare with the tree, commit the difference. */
  async #compare(resource: string): Promise<void> {
    const { cluster, clock, trace, name } = this.options;
    const { worker, host } = this;
    this.#isComparing = true;
    this.#doubted.delete(resource);
    try {
      await worker.whenCommitted();
      if (host.dead) return;
      const fed = this.#fed.get(resource);
      const upTo = cluster.version;
      const listed = cluster.list(resource);
      const different = listed.filter(
        ({ path, content }) => worker.compare(path, Buffer.from(content ?? '')) !== 'same',
      );
      const folder = `${cluster.prefix}/${resource}`;
      const gone = [...worker.treePaths(folder)].filter((path) => !listed.some((one) => one.path === path));
      const isAbsent = ({ path }: Version) => worker.compare(path, Buffer.alloc(0)) === 'absent';
      const absent = different.filter(isAbsent);
      const standing = different.filter((version) => !isAbsent(version));
      // As the pipeline asks: of what does not stand, a shallow clone tells nothing by itself.
      const last = new Map([
        ...(await worker.lastCommitsOf([...standing.map(({ path }) => path), ...gone])),
        ...(await worker.lastCommitsOf(
          absent.map(({ path }) => path),
          Math.min(...absent.map(({ atMs }) => atMs)),
        )),
      ]);
      if (host.dead || this.#isStopping) return;
      trace(`${name}: compares ${resource} at ${upTo}: ${different.length} differ, ${gone.length} gone`);
      for (const { version } of cluster.after(resource, fed ?? 0)) {
        if (version <= upTo) this.excused.add(version);
      }
      for (const version of different.sort((a, b) => a.version - b.version)) {
        const by = last.get(version.path);
        const isForeign = by !== undefined && by.committerEmail !== this.email;
        // Also a deletion is a change that stays.
        if (isForeign && by.committedAtMs >= Math.floor(version.atMs / 1000) * 1000) continue;
        this.compared.add(version.version);
        this.#enqueue(version, requestOf(version, this.email, []));
      }
      for (const path of gone) {
        if (last.get(path)?.committerEmail !== this.email) continue;
        this.#enqueue(null, goneRequest(path, upTo, this.email, clock.now()));
      }
      this.#fed.set(resource, upTo);
      worker.mark([markOf(resource, upTo)]);
    } catch (error) {
      trace(`${name}: comparing failed: ${error}`);
      if (worker === this.worker) this.#doubted.add(resource);
    } finally {
      if (worker === this.worker) this.#isComparing = false;
    }
  }

  #enqueue(version: Version | null, request: CommitRequest): void {
    const { worker, host } = this;
    const { broken, trace, name } = this.options;
    const told = (outcome: CommitOutcome) => {
      if (host.dead) return;
      const sha = outcome.kind === 'Committed' ? ` ${outcome.sha.slice(0, 7)}` : '';
      trace(`${name}: ${version === null ? 'gone' : nameOf(version)} is ${outcome.kind}${sha}`);
      this.told.push({ version, outcome });
      if (version !== null && outcome.kind === 'Committed' && (request.marks ?? []).length > 0)
        this.#durable.set(version.resource, version.version);
    };
    if (version !== null) this.handedIn.set(version.version, this.#life);
    const whole = { ...request, onDone: told };
    for (const one of broken.enqueue?.(whole, worker) ?? [whole]) void worker.enqueue(one);
  }
}
