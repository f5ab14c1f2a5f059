import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Identity } from '../commit/commit-request.ts';
import { type Clone, createClone } from '../git/clone.ts';
import type { GitObserver } from '../git/git.ts';
import type { Log } from '../log.ts';
import { type BranchMetrics, observerOf } from './branch-state.ts';
import { type BranchSettings, BranchWorker } from './branch-worker.ts';
import { CloneMender } from './clone-mender.ts';
import type { Identify, PlaceInto } from './place.ts';
import type { DroppedChange } from './regenerate.ts';
import { createTurn, type Turn } from './turn.ts';

/**
 * Where commits go, and with whose credentials. Only those who name the same Secret of the same namespace share:
 * otherwise one tenant's commits could be pushed with another's key.
 */
export interface BranchPlace {
  readonly url: string;
  readonly branch: string;
  readonly namespace: string;
  /** Name of the Secret; null: without credentials. */
  readonly secretName: string | null;
}

/** One of those who commit to a branch. */
export interface BranchTenant {
  /** Folder that it writes to; empty for the whole tree. */
  readonly prefix: string;
  readonly settings: BranchSettings;
  /** The operator, as this tenant names it. */
  readonly committer: Identity;
  /** The host does not take the cursor ref, with its reason. */
  readonly onCursorRefused: (reason: string) => void;
  readonly metrics: BranchMetrics;
  /** A change below its prefix was dropped, because somebody else's later commit stands. Must not throw. */
  readonly onDropped: (dropped: DroppedChange) => void;
}

/** A tenant's hold on a branch. */
export interface BranchLease {
  readonly worker: BranchWorker;
  /** Changes of this tenant that were dropped, since the lease began. */
  readonly dropped: number;
  /** Take other settings. Of several tenants the shortest interval and the smallest push hold. */
  update(settings: Partial<BranchSettings>): Promise<void>;
  /**
   * Give it up. The last to do so ends the worker, after all that is committed was pushed or `drainMs` passed.
   * `keep: false` also removes the clone, unless something in it is unpushed and `force` is not set.
   */
  release(options: {
    readonly drainMs: number;
    readonly keep: boolean;
    readonly force?: boolean;
  }): Promise<void>;
}

export interface SharedBranchesOptions {
  readonly dataDir: string;
  /** Where keys and passwords are written. Default: the system's temporary directory. */
  readonly privateDir?: string;
  readonly allowLocalRepositories: boolean;
  /** Tells clusters apart that push to one branch: uid of the Namespace `kube-system`. */
  readonly clusterId: string;
  /** Asked before each push: may this process still write? Default: always. */
  readonly mayPush?: () => boolean;
  readonly placeInto: PlaceInto;
  readonly identify: Identify;
  readonly clock: Clock;
  readonly log: Log;
}

/** Folder of the clones that are not used any more, beside that of those that are. */
const FORGOTTEN = 'forgotten';
/** Git of an earlier process may write a last file while its folder is removed. */
const REMOVE = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 } as const;

interface SharedClone {
  readonly clone: Clone;
  readonly dir: string;
  readonly pushTurn: Turn;
  readonly mender: CloneMender;
  users: number;
}

interface SharedBranch {
  readonly worker: BranchWorker;
  readonly shared: SharedClone;
  readonly tenants: Map<object, { tenant: BranchTenant; settings: BranchSettings }>;
}

/** The branch workers of a process: one per branch and credentials, one clone per repository and credentials. */
export class SharedBranches {
  readonly #options: SharedBranchesOptions;
  readonly #branches = new Map<string, SharedBranch>();
  readonly #clones = new Map<string, SharedClone>();
  /** What has to end before a branch or clone of the same key may begin. */
  readonly #ending = new Map<string, Promise<void>>();

  constructor(options: SharedBranchesOptions) {
    this.#options = options;
  }

  /**
   * Begin to commit to a branch; waits for one of the same place that is just ending. Where only the Secret is
   * another than `before`, what the clone of then could not push is taken over.
   */
  async acquire(
    place: BranchPlace,
    before: BranchPlace | undefined,
    tenant: BranchTenant,
  ): Promise<BranchLease> {
    const key = keyOf(place);
    const cloneKey = cloneKeyOf(place);
    for (;;) {
      const ending = this.#ending.get(cloneKey);
      if (ending === undefined) break;
      await ending;
    }
    if (before !== undefined) await this.#inherit(place, before);
    const branch = this.#branches.get(key) ?? this.#begin(place, tenant);
    const id = {};
    let dropped = 0;
    const counting = {
      ...tenant,
      onDropped: (change: DroppedChange) => {
        dropped++;
        tenant.metrics.dropped();
        tenant.onDropped(change);
      },
    };
    branch.tenants.set(id, { tenant: counting, settings: tenant.settings });
    await branch.worker.cover(tenant.prefix);
    await branch.worker.update(joint(branch));
    return {
      worker: branch.worker,
      get dropped() {
        return dropped;
      },
      update: async (settings) => {
        const entry = branch.tenants.get(id);
        if (entry === undefined) return;
        entry.settings = { ...entry.settings, ...settings };
        const { secretData } = settings;
        await branch.worker.update({ ...joint(branch), ...(secretData === undefined ? {} : { secretData }) });
      },
      release: async (options) => {
        if (!branch.tenants.delete(id)) return;
        if (branch.tenants.size > 0) return branch.worker.update(joint(branch));
        this.#branches.delete(key);
        const ending = this.#end(branch, cloneKey, options).finally(() => this.#ending.delete(cloneKey));
        this.#ending.set(cloneKey, ending);
        await ending;
      },
    };
  }

  /**
   * Puts all clones of earlier processes aside, with what they did not push; `sweep` removes them. Nothing may be
   * acquired yet. At once, however large they are, and though git of an earlier process may still write there: nobody
   * captures until this is done.
   */
  async forgetAll(): Promise<void> {
    const { dataDir } = this.#options;
    await mkdir(join(dataDir, FORGOTTEN), { recursive: true, mode: 0o700 });
    const aside = join(dataDir, FORGOTTEN, randomBytes(8).toString('hex'));
    await rename(join(dataDir, 'repositories'), aside).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }

  /** Removes the clones of an earlier process that none of these places uses, and those that were put aside. */
  async sweep(places: readonly BranchPlace[]): Promise<void> {
    const used = new Set(places.map((place) => `${cloneKeyOf(place)}.git`));
    const folder = join(this.#options.dataDir, 'repositories');
    for (const name of await readdir(folder).catch(() => [])) {
      if (used.has(name) || this.#clones.has(name.slice(0, -'.git'.length))) continue;
      this.#options.log.info('Clone removed, no GitRepoConfig uses it', { dir: join(folder, name) });
      await rm(join(folder, name), { recursive: true, force: true });
    }
    await rm(join(this.#options.dataDir, FORGOTTEN), REMOVE);
  }

  async #inherit(place: BranchPlace, before: BranchPlace): Promise<void> {
    const [key, keyBefore] = [cloneKeyOf(place), cloneKeyOf(before)];
    if (key === keyBefore || place.url !== before.url || place.namespace !== before.namespace) return;
    if (this.#clones.has(key) || this.#clones.has(keyBefore)) return;
    // Fails where there is no clone from before, or already one of this place: then that is as good.
    await rename(this.#dirOf(keyBefore), this.#dirOf(key)).catch(() => {});
  }

  #dirOf(cloneKey: string): string {
    return join(this.#options.dataDir, 'repositories', `${cloneKey}.git`);
  }

  #begin(place: BranchPlace, first: BranchTenant): SharedBranch {
    const { allowLocalRepositories, privateDir, clusterId, mayPush, placeInto, identify, clock, log } =
      this.#options;
    const shared = this.#shareClone(place, observerOf(first.metrics));
    const tenants: SharedBranch['tenants'] = new Map();
    const worker = new BranchWorker({
      url: place.url,
      branch: place.branch,
      allowLocalRepositories,
      ...(privateDir === undefined ? {} : { privateDir }),
      clone: shared.clone,
      prefixes: [first.prefix],
      committer: first.committer,
      ...first.settings,
      cursorId: idOf([clusterId, place.namespace, place.secretName ?? '', place.branch]),
      pushTurn: shared.pushTurn,
      mender: shared.mender,
      ...(mayPush === undefined ? {} : { mayPush }),
      placeInto,
      identify,
      onDropped: (dropped) => tenantOf(tenants, dropped.path)?.onDropped(dropped),
      onCursorRefused: (reason) => {
        for (const { tenant } of tenants.values()) tenant.onCursorRefused(reason);
      },
      clock,
      log,
      // Drops are counted by the tenant whose they are.
      metrics: { ...first.metrics, dropped() {} },
    });
    const branch = { worker, shared, tenants };
    this.#branches.set(keyOf(place), branch);
    return branch;
  }

  #shareClone(place: BranchPlace, observe: GitObserver): SharedClone {
    const key = cloneKeyOf(place);
    let shared = this.#clones.get(key);
    if (shared === undefined) {
      const dir = this.#dirOf(key);
      const clone = createClone({ dir, observe });
      shared = { clone, dir, pushTurn: createTurn(), mender: new CloneMender(clone), users: 0 };
      this.#clones.set(key, shared);
    }
    shared.users++;
    return shared;
  }

  async #end(
    { worker, shared }: SharedBranch,
    cloneKey: string,
    { drainMs, keep, force }: { drainMs: number; keep: boolean; force?: boolean },
  ): Promise<void> {
    const { queued, pendingCommits } = worker.state;
    const isDrained = queued + pendingCommits === 0 || (await worker.drain(drainMs));
    await worker.close();
    shared.users--;
    if (shared.users > 0) return;
    this.#clones.delete(cloneKey);
    await shared.clone.close();
    if (keep) return;
    if (isDrained || force === true) await rm(shared.dir, { recursive: true, force: true });
    else this.#options.log.warn('A clone with unpushed commits is kept', { dir: shared.dir });
  }
}

/** What suits all tenants of a branch. */
function joint({ tenants }: SharedBranch): Pick<BranchSettings, 'minIntervalMs' | 'maxCommits'> {
  const settings = [...tenants.values()].map((entry) => entry.settings);
  return {
    minIntervalMs: Math.min(...settings.map(({ minIntervalMs }) => minIntervalMs)),
    maxCommits: Math.min(...settings.map(({ maxCommits }) => maxCommits)),
  };
}

/** The tenant that writes to a path: of several, the one with the longest prefix. */
function tenantOf(tenants: SharedBranch['tenants'], path: string): BranchTenant | undefined {
  return [...tenants.values()]
    .map(({ tenant }) => tenant)
    .filter(({ prefix }) => prefix === '' || path.startsWith(`${prefix}/`))
    .sort((a, b) => b.prefix.length - a.prefix.length)[0];
}

function cloneKeyOf({ url, namespace, secretName }: BranchPlace): string {
  return `${namespace}.${idOf([url, secretName ?? ''])}`;
}

function keyOf(place: BranchPlace): string {
  return `${cloneKeyOf(place)} ${place.branch}`;
}

/** 16 hex digits that stand for a list of texts. */
function idOf(texts: readonly string[]): string {
  return createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 16);
}
