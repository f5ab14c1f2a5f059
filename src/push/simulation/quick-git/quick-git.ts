import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Conversation, LaunchOptions, Programs, Said, SaidAll } from '../programs.ts';
import type { EmptyRepository } from './empty-repository.ts';
import { LeftToGit } from './left-to-git.ts';
import { packObjects, prunePacked } from './pack-objects.ts';
import { type Answer, batchAnswer, readingCommands } from './reading-commands.ts';
import { Memory, Repository } from './repository.ts';
import { fetch, lsRemote, push } from './transport.ts';
import { updateRef } from './update-ref.ts';

export interface QuickGitOptions {
  /** Does what is left to git. */
  readonly real: Programs;
  /** An empty bare repository, as `git init --bare` makes it. */
  readonly empty: EmptyRepository;
  /** Whether fetches are left to git, whose packs may hold more than was asked for. */
  readonly leavesFetches: boolean;
}

/**
 * Git without processes, for the simulation: what the engine asks git for, done in this process on the same
 * repositories on disk, with the same answers. Whatever it does not know, or could do otherwise than git, git does.
 *
 * It is not the judge of what git does: a part of the seeds runs with git alone, and `simulation-transports.test.ts` runs seeds
 * with both, and demands the same answer to every command, the same course of events, the same refs.
 */
export class QuickGit implements Programs {
  readonly #options: QuickGitOptions;
  readonly #memory = new Memory();

  constructor(options: QuickGitOptions) {
    this.#options = options;
  }

  run(args: readonly string[], options: LaunchOptions, input: Buffer | string = ''): SaidAll {
    try {
      return said(this.#answer(args, options, input.toString()));
    } catch (error) {
      if (!(error instanceof LeftToGit)) throw error;
      return this.#options.real.run(args, options, input);
    }
  }

  talk(args: readonly string[], options: LaunchOptions): Conversation {
    if (args.join(' ') !== 'git cat-file --batch') return this.#options.real.talk(args, options);
    try {
      return new Reader(this.#repositoryIn(options.cwd));
    } catch (error) {
      if (!(error instanceof LeftToGit)) throw error;
      return this.#options.real.talk(args, options);
    }
  }

  #repositoryIn(dir: string): Repository {
    // What is made of it last.
    if (!existsSync(join(dir, 'HEAD'))) throw new LeftToGit('no repository');
    return new Repository(dir, this.#memory);
  }

  #answer(
    [program, command = '', ...args]: readonly string[],
    options: LaunchOptions,
    input: string,
  ): Answer {
    if (program !== 'git') throw new LeftToGit(program);
    const { cwd } = options;
    if (command === 'init') return this.#init(args, cwd);
    const repository = this.#repositoryIn(cwd);
    const { real, leavesFetches } = this.#options;
    if (command === 'ls-remote') return lsRemote(this.#memory, args);
    if (command === 'push') return push(repository, this.#memory, args, (...all) => real.run(...all));
    if (command === 'fetch' && !leavesFetches) return fetch(repository, this.#memory, args);
    if (command === 'pack-objects') return packObjects(repository, args, input);
    if (command === 'prune-packed') return prunePacked(repository, args, input);
    if (command === 'update-ref') return updateRef(repository, args, input);
    const reading = readingCommands[command];
    if (reading === undefined) throw new LeftToGit(command);
    return reading(repository, args, input);
  }

  #init(args: readonly string[], cwd: string): Answer {
    if (args.join(' ') !== '--bare --template= --object-format=sha1' || readdirSync(cwd).length > 0)
      throw new LeftToGit(args.join(' '));
    this.#options.empty.copyTo(cwd);
    return `Initialized empty Git repository in ${cwd}/\n`;
  }
}

/** `git cat-file --batch` */
class Reader implements Conversation {
  readonly #repository: Repository;
  #rest = '';

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  ask(bytes: Buffer, until: string): Said {
    const stdout = this.#answers(bytes);
    if (!stdout.toString('latin1').endsWith(until)) throw new Error(`No answer that ends with ${until}`);
    return { stdout: stdout.subarray(0, -until.length), stderr: Buffer.alloc(0), exitCode: undefined };
  }

  end(bytes: Buffer = Buffer.alloc(0)): Said {
    return { stdout: this.#answers(bytes), stderr: Buffer.alloc(0), exitCode: 0 };
  }

  kill(): void {}

  #answers(bytes: Buffer): Buffer {
    const lines = (this.#rest + bytes.toString()).split('\n');
    this.#rest = lines.pop() ?? '';
    return Buffer.concat(lines.map((line) => this.#answer(line)));
  }

  #answer(line: string): Buffer {
    return line === 'gate' ? Buffer.from('gate missing\n') : batchAnswer(this.#repository, line);
  }
}

function said(answer: Answer): SaidAll {
  if (typeof answer === 'string' || Buffer.isBuffer(answer))
    return { exitCode: 0, stdout: Buffer.from(answer as string), stderr: Buffer.alloc(0) };
  const { exitCode, stdout = '', stderr = '' } = answer;
  return { exitCode, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) };
}
