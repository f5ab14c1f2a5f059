import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { ask, type Host, type Step } from './gate.ts';
import { type Conversation, complaintOf, type LaunchOptions } from './programs.ts';

/** A git process whose start, and every exchange with it, waits at the gate. Looks like a ChildProcess. */
export function spawnGated(host: Host, args: readonly string[], options: LaunchOptions): GatedProcess {
  const process = new GatedProcess(options);
  if (args[0] === 'cat-file' && args[1] === '--batch') talk(host, args, options, process);
  else once(host, args, options, process);
  return process;
}

class GatedProcess extends EventEmitter {
  readonly pid = 1;
  exitCode: number | null = null;
  signalCode: string | null = null;
  killed = false;
  readonly stdin: Inbox | null;
  readonly stdout = new Outbox();
  readonly stderr = new Outbox();
  onKill: () => void = () => {};

  constructor(options: object) {
    super();
    const { stdio } = options as { stdio?: unknown };
    this.stdin = Array.isArray(stdio) && stdio[0] === 'ignore' ? null : new Inbox();
    if (Array.isArray(stdio) && stdio[2] === 'ignore') this.stderr.resume();
  }

  kill(): boolean {
    this.killed = true;
    this.onKill();
    return true;
  }

  /** The process is over, and said this before. */
  close(exitCode: number | null, stdout: Buffer | string = '', stderr: Buffer | string = ''): void {
    if (this.exitCode !== null || this.signalCode !== null) return;
    if (exitCode === null) this.signalCode = 'SIGKILL';
    else this.exitCode = exitCode;
    this.stdout.end(stdout);
    this.stderr.end(stderr);
    // simple-git waits 50 ms for the output of a command that said nothing so far.
    if (stdout.length + stderr.length === 0) this.stdout.emit('data', Buffer.alloc(0));
    setImmediate(() => this.emit('close', exitCode, this.signalCode));
  }
}

/** The side of stdout or stderr that the engine reads from. */
class Outbox extends Readable {
  override _read(): void {}

  write(chunk: Buffer | string): void {
    if (chunk.length > 0) this.push(chunk);
  }

  end(chunk: Buffer | string): void {
    this.write(chunk);
    this.push(null);
  }
}

/** The side of stdin that the engine writes to. */
class Inbox extends EventEmitter {
  #chunks: Buffer[] = [];
  ended = false;
  onChange: () => void = () => {};

  write(chunk: Buffer | string): boolean {
    this.#chunks.push(Buffer.from(chunk as string));
    this.onChange();
    return true;
  }

  end(chunk?: Buffer | string): void {
    if (chunk !== undefined) this.#chunks.push(Buffer.from(chunk as string));
    this.ended = true;
    this.onChange();
  }

  destroy(): void {}

  get waiting(): boolean {
    return this.#chunks.length > 0;
  }

  take(): Buffer {
    return Buffer.concat(this.#chunks.splice(0));
  }
}

const networkCommands = ['push', 'fetch', 'ls-remote'];
const readingCommands = [
  'cat-file',
  'diff-tree',
  'for-each-ref',
  'log',
  'ls-tree',
  'merge-base',
  'rev-list',
  'rev-parse',
];

/** A process that takes its input, gives its answer, and is over. */
function once(host: Host, args: readonly string[], options: LaunchOptions, process: GatedProcess): void {
  let answer = () => {};
  const isNetwork = networkCommands.some((command) => args.includes(command));
  const step: Step = {
    label: labelOf(args, host.dir),
    stream: null,
    kind: isNetwork ? 'network' : readingCommands.includes(args[0] ?? '') ? 'read' : 'write',
    done: false,
    async run() {
      step.done = true;
      const tampered = host.tamper.args?.(args) ?? args;
      const said = host.programs.run(['git', ...tampered], options, process.stdin?.take());
      const stdout = host.tamper.stdout?.(args, said.stdout.toString()) ?? said.stdout;
      if (said.exitCode !== 0) step.failure = complaintOf(said);
      const exitCode = host.tamper.exitCode?.(args, said.exitCode) ?? said.exitCode;
      answer = () => process.close(exitCode, stdout, said.stderr);
    },
    fail(how) {
      step.done = true;
      const why =
        how === 'Disk'
          ? 'fatal: cannot write: No space left on device\n'
          : 'fatal: the remote end hung up unexpectedly: Connection reset by peer\n';
      answer = () => process.close(128, '', why);
    },
    // A command of git changes a repository wholly or not at all.
    tear: async () => {},
    answer: () => answer(),
  };
  process.onKill = () => {
    if (step.done) return;
    const at = host.steps.indexOf(step);
    if (at >= 0) host.steps.splice(at, 1);
    step.done = true;
    process.close(null);
  };
  ask(host, step);
}

/** What makes `cat-file --batch` say that it has dealt with everything before. */
const sentinel = { command: 'gate\n', answer: 'gate missing\n' } as const;

/** `cat-file --batch`, which stays, and answers what is written to it. */
function talk(host: Host, args: readonly string[], options: LaunchOptions, process: GatedProcess): void {
  let stream: Conversation | null = null;
  let isAsked = false;
  const start = () => {
    stream ??= host.programs.talk(['git', ...args], options);
    host.streams.add(stream);
    return stream;
  };
  /** It is over, or is to be. */
  const take = () => {
    const taken = stream;
    if (taken !== null) host.streams.delete(taken);
    stream = null;
    return taken;
  };
  const request = () => {
    const { stdin } = process;
    if (isAsked || stdin === null || !(stdin.waiting || stdin.ended)) return;
    isAsked = true;
    let answer = () => {};
    const step: Step = {
      label: 'cat-file',
      stream: process,
      kind: 'read',
      done: false,
      async run() {
        step.done = true;
        const conversation = start();
        const bytes = stdin.take();
        const said = stdin.ended ? conversation.end(bytes) : speak(conversation, bytes);
        if (said.exitCode !== undefined) take();
        answer = () => {
          isAsked = false;
          process.stderr.write(said.stderr);
          if (said.exitCode === undefined) {
            process.stdout.write(said.stdout);
            request();
          } else {
            process.close(said.exitCode, said.stdout);
          }
        };
      },
      fail() {
        step.done = true;
        answer = () => {
          take()?.kill();
          process.close(128, '', 'fatal: write error: No space left on device\n');
        };
      },
      async tear(part) {
        const bytes = stdin.take();
        start().end(bytes.subarray(0, Math.floor(bytes.length * part)));
        take();
      },
      answer: () => answer(),
    };
    ask(host, step);
  };
  if (process.stdin !== null) process.stdin.onChange = request;
  process.onKill = () => {
    take()?.kill();
    process.close(null);
  };
}

function speak(conversation: Conversation, bytes: Buffer) {
  return conversation.ask(Buffer.concat([bytes, Buffer.from(sentinel.command)]), sentinel.answer);
}

function labelOf(args: readonly string[], dir: string): string {
  return args
    .map((arg) =>
      arg
        .replace(dir, '…')
        .replace(/^file:.*\//, '…/')
        .replace(/\b([0-9a-f]{7})[0-9a-f]{33}\b/g, '$1'),
    )
    .filter((arg) => !/^--?(progress|porcelain|no-|quiet|full-tree|raw|z$|r$)/.test(arg))
    .join(' ');
}
