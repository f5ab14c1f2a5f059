import type { Clock } from '../clock.ts';
import type { ApiResource } from '../kube/resource.ts';
import type { Log } from '../log.ts';
import type { Target } from './target.ts';

/** Resources that went on from a cursor are compared, one by one, from this long after on, when all is quiet. */
const CHECK_AFTER_MS = 30_000;
/** Between two of these checks, and before a busy target is looked at again. */
const CHECK_PAUSE_MS = 1_000;
/** A target that is never quiet is checked all the same after this long. */
const CHECK_WAIT_MS_MAX = 600_000;
/** A check that failed is made again after this long. */
const CHECK_RETRY_MS = 60_000;

export interface BackgroundCheckContext {
  readonly isGone: () => boolean;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Compares what went on from a cursor, one resource at a time, when there is nothing else to do: it tells how many
 * objects there are, and finds what no watch can tell.
 */
export class BackgroundCheck {
  readonly #target: Target;
  readonly #context: BackgroundCheckContext;
  readonly #isIdle: () => boolean;
  readonly #compare: (resource: ApiResource) => Promise<void>;
  #isBegun = false;

  constructor(
    target: Target,
    context: BackgroundCheckContext,
    work: {
      readonly isIdle: () => boolean;
      /** Resolves when it was tried; what is compared is not `unchecked` any more. */
      readonly compare: (resource: ApiResource) => Promise<void>;
    },
  ) {
    this.#target = target;
    this.#context = context;
    this.#isIdle = work.isIdle;
    this.#compare = work.compare;
  }

  /** Something went on from a cursor: compare it later. */
  begin(): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    this.#context.log.info('Goes on where it was, without a list', { gitRepoConfig: this.#target.key });
    void this.#run();
  }

  async #run(): Promise<void> {
    const { clock, signal, isGone } = this.#context;
    await clock.sleep(CHECK_AFTER_MS, signal);
    let waitedMs = 0;
    while (!isGone()) {
      const [resource] = this.#target.positions.unchecked;
      if (resource === undefined) break;
      if (!this.#isTime(waitedMs)) {
        waitedMs += CHECK_PAUSE_MS;
        await clock.sleep(CHECK_PAUSE_MS, signal);
        continue;
      }
      await this.#compare(resource);
      const hasFailed = this.#target.positions.isUnchecked(resource);
      await clock.sleep(hasFailed ? CHECK_RETRY_MS : CHECK_PAUSE_MS, signal);
    }
    this.#isBegun = false;
  }

  #isTime(waitedMs: number): boolean {
    const { isTaking, takenAtMs } = this.#target;
    const isQuiet = this.#context.clock.now() - takenAtMs > CHECK_PAUSE_MS;
    return isTaking && this.#isIdle() && (isQuiet || waitedMs > CHECK_WAIT_MS_MAX);
  }
}
