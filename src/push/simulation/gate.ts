import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { sep } from 'node:path';
import { spawnGated } from './gated-process.ts';
import type { Conversation, LaunchOptions, Programs } from './programs.ts';

/**
 * The gate between an engine and the machine. Every git process that it starts and every file operation that it
 * asks for becomes a `Step`, which waits until the simulation lets it happen, and again until its answer is let
 * through. So the interleaving is the seed's choice alone, and an engine can be killed between any two steps:
 * nothing it does afterwards reaches the disk.
 *
 * It is the engine as it is that runs, on real repositories, with git or what answers as git does: the gate takes
 * the place of `child_process.spawn` and of `fs/promises` for whatever works below the folder of a host; everybody
 * else gets the real ones.
 */
export interface Host {
  readonly dir: string;
  readonly steps: Step[];
  /** Set by `killHost`: nothing is done for it any more. */
  dead: boolean;
  /** Streaming processes that run for it. */
  readonly streams: Set<Conversation>;
  readonly tamper: Tamper;
  readonly programs: Programs;
}

/** Makes an engine that is broken on purpose; see `broken-engines.ts`. */
export interface Tamper {
  readonly args?: (args: readonly string[]) => readonly string[];
  readonly stdout?: (args: readonly string[], text: string) => string;
  readonly exitCode?: (args: readonly string[], exitCode: number) => number;
}

export interface Step {
  readonly label: string;
  /** Steps of one stream happen in their order. */
  readonly stream: unknown;
  readonly kind: 'network' | 'read' | 'write';
  done: boolean;
  /** Set when it happened, and failed by itself. */
  failure?: string;
  /** Makes it happen. Never rejects. */
  run(): Promise<void>;
  /** Makes it fail without having happened. */
  fail(how: 'Disk' | 'Network'): void;
  /** Makes it happen in part, and never be answered: the machine stops. */
  tear(part: number): Promise<void>;
  /** Lets the engine know. */
  answer(): void;
}

const hosts = new Map<string, Host>();
const real = { spawn: childProcess.spawn, setImmediate, files: { ...fs.promises } };

/** A folder whose user passes the gate from now on. */
export function addHost(dir: string, programs: Programs, tamper: Tamper = {}): Host {
  install();
  const host: Host = { dir, steps: [], dead: false, streams: new Set(), tamper, programs };
  hosts.set(dir, host);
  return host;
}

/**
 * Ends a host as `kill -9` does: what was asked for and did not happen yet may still happen (a process that outlives
 * its parent), in part or not at all; nothing is answered but with failure, and nothing happens from now on.
 */
export async function killHost(
  host: Host,
  fate: (step: Step) => 'Never' | 'Whole' | { readonly part: number },
): Promise<void> {
  host.dead = true;
  for (const step of host.steps) {
    if (step.done) continue;
    const chosen = fate(step);
    if (chosen === 'Whole') await step.run();
    else if (chosen !== 'Never') await step.tear(chosen.part);
  }
  for (const stream of host.streams) stream.end();
  host.streams.clear();
  for (const step of host.steps.splice(0)) {
    if (!step.done) step.fail('Disk');
    step.answer();
  }
}

export function removeHost(host: Host): void {
  hosts.delete(host.dir);
}

/** The steps that can happen or be answered next. */
export function enabledSteps(host: Host): Step[] {
  const seen = new Set<unknown>();
  return host.steps.filter((step) => {
    if (step.stream === null) return true;
    if (seen.has(step.stream)) return false;
    seen.add(step.stream);
    return true;
  });
}

export function answerStep(host: Host, step: Step): void {
  host.steps.splice(host.steps.indexOf(step), 1);
  step.answer();
}

/** Puts a step before the gate. */
export function ask(host: Host, step: Step): void {
  if (host.dead) {
    step.fail('Disk');
    setImmediate(() => step.answer());
    return;
  }
  host.steps.push(step);
}

/** What is to go on in the next turn of the event loop. */
let pending = 0;

/**
 * Resolves when everything has gone on that can go on without a step: nothing is to go on in the next turn of the
 * event loop, and what promises and streams lead to always goes on before one ends.
 */
export async function settled(): Promise<void> {
  do await new Promise((resolve) => real.setImmediate(resolve));
  while (pending > 0);
}

function hostOf(path: unknown): Host | undefined {
  if (typeof path !== 'string') return undefined;
  for (const [dir, host] of hosts) if (path === dir || path.startsWith(dir + sep)) return host;
  return undefined;
}

let installed = false;

function install(): void {
  if (installed) return;
  installed = true;
  const spawn = (command: string, args: readonly string[], options: { cwd?: unknown; stdio?: unknown }) => {
    const host = hostOf(options?.cwd);
    if (host === undefined || command !== 'git')
      return real.spawn(command, args as string[], options as never);
    return spawnGated(host, args, options as LaunchOptions);
  };
  Object.assign(childProcess, { spawn });
  for (const name of gatedFileOperations) {
    Object.assign(fs.promises, { [name]: gatedFileOperation(name) });
  }
  const countedSetImmediate = (callback: (...args: unknown[]) => void, ...args: unknown[]) => {
    pending += 1;
    return real.setImmediate(() => {
      pending -= 1;
      callback(...args);
    });
  };
  Object.assign(globalThis, { setImmediate: countedSetImmediate });
  syncBuiltinESMExports();
}

const gatedFileOperations = [
  'appendFile',
  'link',
  'mkdir',
  'mkdtemp',
  'open',
  'readFile',
  'readdir',
  'rename',
  'rm',
  'stat',
  'statfs',
  'truncate',
  'utimes',
  'unlink',
  'writeFile',
] as const;

function gatedFileOperation(name: (typeof gatedFileOperations)[number]) {
  const others = real.files[name] as (...args: unknown[]) => Promise<unknown>;
  // Nothing else happens meanwhile anyway: what needs no other thread is sooner done.
  const now = (name === 'open' ? openNow : fs[`${name}Sync`]) as (...args: unknown[]) => unknown;
  const operation = async (...args: unknown[]) => now(...args);
  return (...args: unknown[]) => {
    const host = hostOf(args[0]);
    if (host === undefined) return others(...args);
    return askFor(host, `${name} ${nameIn(host, args[0])}`, () => operation(...args), {
      tear: async (part) => {
        const content = args[1];
        if ((name !== 'appendFile' && name !== 'writeFile') || content === undefined) return;
        const bytes = Buffer.from(content as string);
        await operation(args[0], bytes.subarray(0, Math.floor(bytes.length * part)), args[2]);
      },
    }).then((result) =>
      name === 'open' ? gatedHandle(host, nameIn(host, args[0]), result as OpenFile) : result,
    );
  };
}

/** A FileHandle, as far as the engine uses it: it reads. */
type OpenFile = Readonly<Record<'close' | 'read' | 'stat', (...args: never[]) => unknown>>;

function openNow(path: string): OpenFile {
  const fd = fs.openSync(path, 'r');
  return {
    close: () => fs.closeSync(fd),
    read: (buffer: Buffer, offset: number, length: number, position: number) => ({
      bytesRead: fs.readSync(fd, buffer, offset, length, position),
      buffer,
    }),
    stat: () => fs.fstatSync(fd),
  };
}

/** The same, and what is asked of it passes the gate. */
function gatedHandle(host: Host, name: string, file: OpenFile): OpenFile {
  const gated =
    (key: keyof OpenFile) =>
    (...args: never[]) =>
      askFor(host, `${key} ${name}`, async () => file[key](...args), {
        stream: file,
        ...(key === 'close' ? { failed: () => void file.close() } : {}),
        tear: async () => {},
      });
  return { close: gated('close'), read: gated('read'), stat: gated('stat') };
}

function askFor(
  host: Host,
  label: string,
  operation: () => Promise<unknown>,
  more: {
    readonly stream?: unknown;
    readonly tear: (part: number) => Promise<void>;
    /** What has to be done where it did not happen. */
    readonly failed?: () => void;
  },
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let answer = () => {};
    const step: Step = {
      label,
      stream: more.stream ?? null,
      kind: /^(readFile|readdir|stat|statfs|read) /.test(label) ? 'read' : 'write',
      done: false,
      async run() {
        step.done = true;
        try {
          const result = await operation();
          answer = () => resolve(result);
        } catch (error) {
          answer = () => reject(error);
        }
      },
      fail() {
        step.done = true;
        more.failed?.();
        const error = Object.assign(new Error(`ENOSPC: no space left on device, ${label}`), {
          code: 'ENOSPC',
        });
        answer = () => reject(error);
      },
      tear: (part) => more.tear(part).catch(() => {}),
      answer: () => answer(),
    };
    ask(host, step);
  });
}

function nameIn(host: Host, path: unknown): string {
  return typeof path === 'string' ? path.slice(host.dir.length + 1).replace(/(gr-|crash_)\w+/, '$1') : '';
}
