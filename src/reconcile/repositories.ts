import { validateGitRepoConfig } from '../../gen/validators.js';
import type { KubeObject } from '../kube/object.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { Repository, type RepositoryContext } from './repository.ts';
import { placeOf } from './repository-spec.ts';

/** On a shutdown, everything that is committed has this long to be pushed. */
export const SHUTDOWN_DRAIN_MS = 20_000;
/** The same where others stand by: nobody captures until one of them may, and it makes anew what was not pushed. */
export const HANDOVER_DRAIN_MS = 3_000;

/** Puts GitRepoConfigs to work, one `Repository` each. */
export class Repositories {
  readonly #pipeline: Pipeline;
  readonly #context: RepositoryContext;
  readonly #onRepository: (key: string) => void;
  readonly #repositories = new Map<string, Repository>();
  readonly #closing = new Map<string, Promise<void>>();

  /** `onRepository` hears of a repository that opened, closed or changed; rules then look at it again. */
  constructor(
    pipeline: Pipeline,
    context: Omit<RepositoryContext, 'onTarget' | 'onRewritten'>,
    onRepository: (key: string) => void,
  ) {
    this.#pipeline = pipeline;
    this.#onRepository = onRepository;
    this.#context = {
      ...context,
      onTarget: (repository) => this.#onTarget(repository),
      onRewritten: ({ key }) => pipeline.compare(key),
    };
  }

  get(key: string): Repository | undefined {
    return this.#repositories.get(key);
  }

  get all(): Iterable<Repository> {
    return this.#repositories.values();
  }

  /** A GitRepoConfig appeared, changed or went. */
  onConfig(key: string, object: KubeObject | undefined): void {
    const known = this.#repositories.get(key);
    if (object === undefined) {
      if (known !== undefined) this.#end(known, true);
      return this.#onRepository(key);
    }
    const validation = validateGitRepoConfig(object);
    if (!validation.ok) {
      const [{ path, message }] = validation.errors;
      return this.#context.log.error('GitRepoConfig ignored', {
        gitRepoConfig: key,
        reason: `${path} ${message}`,
      });
    }
    const config = validation.value;
    if (known?.update(config)) return;
    if (known !== undefined) this.#end(known, known.config.metadata.uid !== config.metadata.uid);
    const before = known === undefined ? undefined : placeOf(known.config);
    const repository = new Repository(key, config, this.#context, before);
    this.#repositories.set(key, repository);
    this.#onRepository(key);
    // The one before may still push from the same clone.
    const closed = this.#closing.get(key) ?? Promise.resolve();
    void closed.then(() => {
      if (this.#repositories.get(key) === repository) repository.start();
    });
  }

  /** Remove clones that no GitRepoConfig uses any more. To be called once all are known. */
  async sweep(): Promise<void> {
    await this.#context.branches.sweep([...this.all].map(({ config }) => placeOf(config)));
  }

  /** Push what is committed, for so long at most, and end all. */
  async stop(drainMs = SHUTDOWN_DRAIN_MS): Promise<void> {
    const open = [...this.#repositories.values()];
    await Promise.all([
      ...this.#closing.values(),
      ...open.map((repository) => repository.close({ isDeleted: false, drainMs })),
    ]);
  }

  #onTarget(repository: Repository): void {
    const { target, key } = repository;
    if (this.#repositories.get(key) !== repository) return;
    if (target !== undefined) this.#pipeline.addTarget(target);
    this.#onRepository(key);
  }

  #end(repository: Repository, isDeleted: boolean): void {
    const { key } = repository;
    this.#repositories.delete(key);
    this.#pipeline.removeTarget(key);
    const closing = Promise.all([this.#closing.get(key), repository.close({ isDeleted })]).then(() => {
      if (this.#closing.get(key) === closing) this.#closing.delete(key);
    });
    this.#closing.set(key, closing);
  }
}
