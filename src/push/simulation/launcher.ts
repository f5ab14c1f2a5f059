import { spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { shellWord } from '../../git/remote-access.ts';
import { mustRun } from '../../testing/run-command.ts';
import type { Conversation, LaunchOptions, Programs, Said, SaidAll } from './programs.ts';

/** Programs that talk at the same time, and shells. */
const conversationsMax = 32;

const readBytesMax = 64 * 1024;

/**
 * Starts programs, and waits for them, through a shell that stays: to fork a process as large as this one, and to be
 * called back by the event loop, takes longer than most of what the simulation asks git for.
 */
export class Launcher implements Programs {
  readonly #dir: string;
  /** By environment. */
  readonly #shells = new Map<string, Shell>();
  /** Names of two named pipes and a file: to a program, from it, and what it complains of. */
  readonly #lines: string[];

  private constructor(dir: string, lines: readonly string[]) {
    this.#dir = dir;
    this.#lines = [...lines];
  }

  /** @param dir a folder that is made for it */
  static async create(dir: string): Promise<Launcher> {
    mkdirSync(dir);
    const lines = Array.from({ length: conversationsMax }, (_, at) => join(dir, `line-${at}`));
    const pipes = lines.flatMap((line) => [`${line}-to`, `${line}-from`]);
    await mustRun('mkfifo', pipes, { cwd: dir });
    return new Launcher(dir, lines);
  }

  run(args: readonly string[], options: LaunchOptions, input: Buffer | string = ''): SaidAll {
    const [stdin, stdout, stderr] = [join(this.#dir, 'in'), join(this.#dir, 'out'), join(this.#dir, 'err')];
    if (input.length > 0) writeFileSync(stdin, input);
    const from = input.length > 0 ? stdin : '/dev/null';
    const redirected = `<${from} >${stdout} 2>${stderr}`;
    const exitCode = this.#shell(options).ask(`${commandOf(args, options)} ${redirected}; echo $?`);
    return { stdout: readFileSync(stdout), stderr: readFileSync(stderr), exitCode };
  }

  talk(args: readonly string[], options: LaunchOptions): Conversation {
    const shell = this.#shell(options);
    const line = this.#takeLine();
    const [input, output, release] = openLine(line);
    // The shell opens its ends before it answers.
    const pid = shell.ask(
      `exec 8<${line}-to 9>${line}-from; ` +
        `{ ${commandOf(args, options, 'exec ')}; } <&8 >&9 2>${line}-err 8<&- 9>&- & exec 8<&- 9>&-; echo $!`,
    );
    release();
    let told = 0;
    const complaints = () => {
      const all = readFileSync(`${line}-err`);
      const fresh = all.subarray(told);
      told = all.length;
      return fresh;
    };
    let isOver = false;
    const over = (stdout: Buffer): Said => {
      isOver = true;
      closeSync(output);
      const exitCode = shell.ask(`wait ${pid}; echo $?`);
      const stderr = complaints();
      this.#lines.push(line);
      return { stdout, stderr, exitCode };
    };
    return {
      ask(bytes, until) {
        writeTo(input, bytes);
        const stdout = readFrom(output, until);
        if (stdout.toString('latin1').endsWith(until)) {
          return { stdout: stdout.subarray(0, -until.length), stderr: complaints(), exitCode: undefined };
        }
        closeSync(input);
        return over(stdout);
      },
      end(bytes) {
        if (bytes !== undefined) writeTo(input, bytes);
        closeSync(input);
        return over(readFrom(output, null));
      },
      kill() {
        if (isOver) return;
        process.kill(pid, 'SIGKILL');
        closeSync(input);
        over(readFrom(output, null));
      },
    };
  }

  #shell({ env }: LaunchOptions): Shell {
    const { HOME: _, ...rest } = env;
    const key = JSON.stringify(rest);
    let shell = this.#shells.get(key);
    if (shell === undefined) {
      shell = startShell(this.#takeLine(), rest);
      this.#shells.set(key, shell);
    }
    return shell;
  }

  #takeLine(): string {
    const line = this.#lines.pop();
    if (line === undefined) throw new Error(`More than ${conversationsMax} programs talk`);
    return line;
  }

  /** Ends what it started. */
  close(): void {
    for (const shell of this.#shells.values()) shell.end();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

/** Each life of an operator has a folder of its own: HOME is told with each command, not to each shell. */
function commandOf(args: readonly string[], { cwd, env }: LaunchOptions, how = ''): string {
  const home = shellWord(env.HOME ?? '/nonexistent');
  return `cd ${shellWord(cwd)} && HOME=${home} ${how}${args.map(shellWord).join(' ')}`;
}

/** A shell that is asked for one number at a time. */
interface Shell {
  ask(command: string): number;
  end(): void;
}

function startShell(line: string, env: LaunchOptions['env']): Shell {
  const [input, output, release, [stdin, stdout]] = openLine(line);
  const child = spawn('/bin/sh', [], { env: { ...env }, stdio: [stdin, stdout, 'ignore'] });
  release();
  child.unref();
  return {
    ask(command) {
      writeTo(input, `${command}\n`);
      const answer = readFrom(output, '\n').toString();
      if (!/^\d+\n$/.test(answer))
        throw new Error(`The shell answered ${JSON.stringify(answer)} to ${command}`);
      return Number(answer);
    },
    end() {
      closeSync(input);
      closeSync(output);
    },
  };
}

/** Opens two named pipes; until `release`, the other side's ends are open, too, so that nobody waits for nobody. */
function openLine(line: string): readonly [number, number, () => void, readonly [number, number]] {
  const spare = [openSync(`${line}-to`, 'r+'), openSync(`${line}-from`, 'r+')];
  const theirs = [openSync(`${line}-to`, 'r'), openSync(`${line}-from`, 'w')] as const;
  const mine = [openSync(`${line}-to`, 'w'), openSync(`${line}-from`, 'r')] as const;
  for (const end of spare) closeSync(end);
  const release = () => {
    for (const end of theirs) closeSync(end);
  };
  return [...mine, release, theirs];
}

function writeTo(fd: number, content: Buffer | string): void {
  const bytes = Buffer.from(content as string);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  } catch (error) {
    // Whoever was to read is over: that shows when it is read from.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

/** Reads up to the end, or as soon as what was read ends with `until`. */
function readFrom(fd: number, until: string | null): Buffer {
  let read: Buffer = Buffer.alloc(0);
  const room = Buffer.alloc(readBytesMax);
  for (;;) {
    const count = readSync(fd, room);
    read = Buffer.concat([read, room.subarray(0, count)]);
    if (count === 0 || (until !== null && read.toString('latin1').endsWith(until))) return read;
  }
}
