import { join } from 'node:path';
import { messageOf } from '../../errors.ts';
import { gitLimits } from '../../git/git-limits.ts';
import type { FakeClock } from '../fake-clock-fixture.ts';
import { pushLimits } from '../push-limits.ts';
import { Cluster } from './cluster.ts';
import { answerStep, enabledSteps, type Step, settled } from './gate.ts';
import { type BrokenEngine, Operator } from './operator.ts';
import { judge } from './oracle.ts';
import { type Deed, push } from './people.ts';
import { type Profile, profileOf } from './profile.ts';
import type { Programs } from './programs.ts';
import type { EmptyRepository } from './quick-git/empty-repository.ts';
import { createRandom, type Random } from './random.ts';
import { SimulatedRemote } from './remote.ts';
import { faultsIn, refsOf, strangeRefs } from './repositories-check.ts';

export interface WorldResult {
  readonly seed: number;
  readonly problems: readonly string[];
  readonly trace: readonly string[];
  /** Steps that engines made. */
  readonly steps: number;
  /** Where all refs of all repositories stand in the end. */
  readonly refs: readonly string[];
}

export interface WorldOptions {
  readonly seed: number;
  /** An empty folder. */
  readonly dir: string;
  readonly template: EmptyRepository;
  /** What answers for git. `rollsUp`: packs are rolled up. */
  readonly programsFor: (rollsUp: boolean) => Programs;
  readonly clock: FakeClock;
  readonly broken: BrokenEngine;
  /** Default: as the seed says. */
  readonly length?: 'Short' | 'Long' | undefined;
}

/** Of forty seeds that follow one another, those whose repositories are checked by git at the end: it takes long. */
const FSCK_OF_FORTY: readonly number[] = [5, 30];

const realLimits = { ...pushLimits };
const realGitLimits = { ...gitLimits };

/** Steps of engines, and waits, after which calm ends. */
const CALM_STEPS_MAX = 200;

/** Steps of engines after which a run that does not come to rest is given up. */
const STEPS_MAX = 6_000;

/**
 * One run: clusters, their operators, people, a remote and faults, all driven by one seed.
 *
 * Repositories are real ones on disk, on both sides. In a part of the runs git itself works on them, in most of them
 * `QuickGit`, without a process.
 *
 * Simulated: interleavings of everything an engine asks git and the disk for with changes, pushes of people and of a
 * second operator, rewritten and deleted branches, kills between any two steps, stops with a drain, lost and full
 * disks, 410s, a network that is down or loses answers, hosts that refuse pushes, refs or atomic pushes, shallow
 * clones and their deepening, packs that are rolled up.
 *
 * Not simulated: a git process that is killed in the middle of its work (e2e/storm-kill does that), a machine that
 * loses what was not synced to disk, several branches or GitRepoConfigs in one clone, contents stored ahead of their
 * commits, the collection of unreachable objects and the cut of local history, SHA-256 repositories, credentials and
 * transports (everything goes through `file://`), commits too large or too many for memory.
 */
export class World {
  readonly #options: WorldOptions;
  readonly #programs: Programs;
  readonly #random: Random;
  readonly #profile: Profile;
  readonly #remote: SimulatedRemote;
  readonly #clusters: readonly Cluster[];
  readonly #operators: readonly Operator[];
  readonly #trace: string[] = [];
  readonly #ahead = new Set<string>();
  /** Who pushed, so far. */
  #people = 0;
  #network: 'Up' | 'Down' | 'Lossy' = 'Up';
  #isDiskFull = false;
  #isHealing = false;
  #steps = 0;

  constructor(options: WorldOptions) {
    const { seed, dir, template, programsFor, clock, broken } = options;
    this.#options = options;
    this.#random = createRandom(seed);
    this.#profile = profileOf(this.#random, options.length);
    const { second, settings, limits, isAtomic } = this.#profile;
    this.#programs = programsFor(this.#profile.gitLimits.packsPerRollUp !== undefined);
    Object.assign(pushLimits, realLimits, limits);
    Object.assign(gitLimits, realGitLimits, this.#profile.gitLimits);
    this.#remote = new SimulatedRemote(template, join(dir, 'remote.git'), this.#programs, isAtomic);
    const prefixes = second === 'None' ? ['one'] : ['one', second === 'Overlapping' ? 'one' : 'two'];
    this.#clusters = prefixes.map((prefix) => new Cluster(prefix));
    this.#operators = this.#clusters.map(
      (cluster, at) =>
        new Operator({
          name: at === 0 ? 'first' : 'second',
          cluster,
          url: this.#remote.url,
          programs: this.#programs,
          dir,
          clock,
          random: this.#random,
          trace: (line) => this.#note(line),
          broken,
          settings,
          canCount: () => this.#canCount(),
        }),
    );
    this.#note(`profile ${JSON.stringify(this.#profile)}`);
  }

  async run(): Promise<WorldResult> {
    const { seed } = this.#options;
    const problems: string[] = [];
    try {
      await this.#live();
      problems.push(...(await this.#heal()));
      problems.push(...judge(this.#remote, this.#operators, this.#ahead));
    } catch (error) {
      problems.push(`bug: ${error instanceof Error ? error.stack : messageOf(error)}`);
    }
    for (const operator of this.#operators) await operator.end(() => 'Never');
    this.#remote.objects.close();
    problems.push(...strangeRefs(this.#remote.dir));
    if (FSCK_OF_FORTY.includes(seed % 40)) problems.push(...faultsIn(this.#programs, this.#repositories()));
    return { seed, problems, trace: this.#trace, steps: this.#steps, refs: refsOf(this.#repositories()) };
  }

  /** The remote, and all clones. */
  #repositories(): readonly string[] {
    return [this.#remote.dir, ...this.#operators.map(({ host }) => join(host.dir, 'clone.git'))];
  }

  /** What happens, until there is nothing left to happen. */
  async #live(): Promise<void> {
    const { clock } = this.#options;
    const random = this.#random;
    const profile = this.#profile;
    for (let before = profile.history; before > 0; before -= 1) this.#person('Edit');
    for (const cluster of this.#clusters) {
      for (let count = random.below(3); count > 0; count -= 1) cluster.change(random, clock.now());
    }
    clock.advance(random.below(3_000));
    if (profile.refusesRefs) this.#remote.refuse('Refs');
    for (const operator of this.#operators) operator.start();
    for (let { events: left } = profile; left > 0; ) {
      await settled();
      const steps = this.#enabled();
      const isEngine = steps.length > 0 && random.next() < profile.engineShare;
      if (isEngine) await this.#step(steps);
      else {
        left -= 1;
        await this.#event();
      }
    }
  }

  /** Faults end, everybody goes on until all is quiet. */
  async #heal(): Promise<readonly string[]> {
    const { clock } = this.#options;
    this.#isHealing = true;
    this.#network = 'Up';
    this.#isDiskFull = false;
    this.#remote.refuse(this.#profile.refusesRefs ? 'Refs' : 'Nothing');
    this.#note('all faults end');
    for (const cluster of this.#clusters) cluster.close(clock.now());
    for (;;) {
      await settled();
      const steps = this.#enabled();
      if (steps.length > 0) await this.#step(steps);
      else if (this.#operators.some((operator) => operator.canFeed)) this.#feed();
      else if (this.#operators.every((operator) => operator.isQuiet)) return [];
      else if (clock.left() > 0 && this.#steps < STEPS_MAX) clock.advance(clock.left());
      else if (this.#steps < STEPS_MAX) clock.advance(1_000);
      if (this.#steps >= STEPS_MAX) {
        const states = this.#operators.map(({ worker }) => JSON.stringify(worker.state)).join(' ');
        return [`no rest after ${this.#steps} steps: ${states}`];
      }
      this.#steps += 1;
    }
  }

  #enabled(): (Step & { readonly of: Operator })[] {
    return this.#operators.flatMap((of) => enabledSteps(of.host).map((step) => Object.assign(step, { of })));
  }

  /** Lets one engine make one step, or hear of one that it made. */
  async #step(steps: (Step & { readonly of: Operator })[]): Promise<void> {
    const random = this.#random;
    const step = random.pick(steps);
    this.#steps += 1;
    const { of } = step;
    if (!step.done) {
      const fault = this.#faultOf(step);
      if (fault === 'Disk') of.diskFailed(step);
      if (fault === 'Disk' || fault === 'Network') step.fail(fault);
      else await step.run();
      if (fault === 'AnswerLost') step.fail('Network');
      const moved = step.kind === 'network' && this.#remote.note(of.options.name);
      const how = fault ?? step.failure;
      this.#note(
        `${of.options.name}: ${step.label}${how === undefined ? '' : ` (${how})`}${moved ? ` → ${this.#remote.tip?.slice(0, 7)}` : ''}`,
      );
      if (random.chance(0.5)) return;
    }
    answerStep(of.host, step);
  }

  #faultOf(step: Step): 'Disk' | 'Network' | 'AnswerLost' | null {
    if (this.#isHealing) return null;
    const random = this.#random;
    if (step.kind === 'network') {
      if (this.#network === 'Down') return 'Network';
      if (this.#network === 'Lossy' && random.chance(0.5))
        return random.chance(0.5) ? 'Network' : 'AnswerLost';
      return null;
    }
    return step.kind === 'write' && this.#isDiskFull && random.chance(0.4) ? 'Disk' : null;
  }

  async #event(): Promise<void> {
    const random = this.#random;
    const { clock } = this.#options;
    const event = random.pick(this.#profile.weights);
    switch (event) {
      case 'Change': {
        const cluster = random.pick(this.#clusters);
        const version = cluster.change(random, clock.now());
        this.#note(
          `cluster ${this.#clusters.indexOf(cluster) + 1}: v${version.version} ${version.content === null ? 'DELETE' : 'PUT'} ${version.path}`,
        );
        break;
      }
      case 'Feed':
        this.#feed();
        break;
      case 'Time':
        this.#advance(random.chance(0.3) ? Math.max(1, clock.left()) : 1 + random.below(1_500));
        break;
      case 'Person':
        this.#person(random.chance(0.75) ? 'Edit' : 'Merge');
        break;
      case 'TakeAway':
        this.#person(random.chance(0.6) ? 'Rewrite' : 'Delete');
        break;
      case 'Compact': {
        const cluster = random.pick(this.#clusters);
        cluster.compact();
        this.#note(`cluster ${this.#clusters.indexOf(cluster) + 1}: compacted to ${cluster.compacted}`);
        break;
      }
      case 'Crash':
        await this.#crash('Same');
        break;
      case 'LoseDisk':
        await this.#crash('Lost');
        break;
      case 'Stop':
        await this.#stop();
        break;
      case 'Network':
        this.#network = random.pick(['Up', 'Down', 'Lossy', 'Lossy'] as const);
        this.#note(`network ${this.#network}`);
        break;
      case 'Hook': {
        const refuses = random.chance(0.5);
        this.#remote.refuse(refuses ? 'Pushes' : this.#profile.refusesRefs ? 'Refs' : 'Nothing');
        this.#note(refuses ? 'the host refuses pushes' : 'the host takes pushes');
        break;
      }
      case 'DiskFull':
        this.#isDiskFull = random.chance(0.5);
        this.#note(`disk ${this.#isDiskFull ? 'full' : 'has room'}`);
        break;
      case 'Mark':
        for (const operator of this.#operators) operator.mark();
        break;
    }
  }

  #feed(): void {
    const hungry = this.#operators.filter((operator) => operator.canFeed);
    if (hungry.length > 0) this.#random.pick(hungry).feed();
  }

  #advance(ms: number): void {
    const { clock } = this.#options;
    clock.advance(ms);
    this.#note(`${ms} ms later (${new Date(clock.now()).toISOString().slice(11, 23)})`);
  }

  #person(deed: Deed): void {
    const { clock } = this.#options;
    this.#people += 1;
    const paths = this.#clusters.flatMap((cluster) =>
      cluster.resources.flatMap((resource) => ['x', 'y'].map((name) => cluster.pathOf(resource, name))),
    );
    const done = push(deed, this.#remote, paths, this.#random, clock.now(), this.#people);
    if (done.isAhead) this.#ahead.add(`person${this.#people}@example.com`);
    this.#note(`${done.about} → ${this.#remote.tip?.slice(0, 7) ?? 'no branch'}`);
  }

  /** SIGTERM, as when a node is emptied or the operator replaced. */
  async #stop(): Promise<void> {
    const random = this.#random;
    const operator = random.pick(this.#operators);
    const disk = random.chance(0.5) ? 'Same' : 'Lost';
    const drainMs = random.pick([500, 10_000, 10_000]);
    // Where the world goes on, hardly any drain comes to its end before something else ends it.
    const isCalm = random.chance(0.5) && this.#network === 'Up';
    if (isCalm) await this.#calm(() => operator.isQuiet);
    this.#note(`${operator.options.name}: told to stop within ${drainMs} ms; its disk is ${disk}`);
    operator.stop(disk, drainMs);
    if (isCalm) await this.#calm(() => !operator.isStopping);
  }

  /** For a while, nothing happens but what engines do. */
  async #calm(isOver: () => boolean): Promise<void> {
    const { clock } = this.#options;
    this.#note('calm');
    for (let left = CALM_STEPS_MAX; left > 0 && !isOver(); left -= 1) {
      await settled();
      const steps = this.#enabled();
      if (steps.length > 0) await this.#step(steps);
      else if (this.#operators.some((operator) => operator.canFeed)) this.#feed();
      else clock.advance(Math.max(1, clock.left()));
    }
  }

  /** Whether nothing but the engine decides what the remote knows of cursors. */
  #canCount(): boolean {
    const { weights, second, refusesRefs, gitLimits } = this.#profile;
    return (
      second !== 'Overlapping' &&
      !refusesRefs &&
      gitLimits.firstFetchDepth === undefined &&
      !weights.includes('DiskFull') &&
      !weights.includes('Network') &&
      !weights.includes('Hook')
    );
  }

  async #crash(disk: 'Same' | 'Lost'): Promise<void> {
    const random = this.#random;
    const operator = random.pick(this.#operators);
    this.#note(`${operator.options.name}: killed${disk === 'Lost' ? ', its disk is lost' : ''}`);
    await operator.restart(disk, (step) => {
      if (step.kind === 'network' && this.#network !== 'Up') return 'Never';
      const fate = random.pick(['Never', 'Whole', 'Part'] as const);
      const part = random.next();
      this.#note(`  ${step.label}: ${fate}${fate === 'Part' ? ` ${part.toFixed(2)}` : ''}`);
      return fate === 'Part' ? { part } : fate;
    });
    this.#remote.note(operator.options.name);
  }

  #note(line: string): void {
    this.#trace.push(line);
  }
}
