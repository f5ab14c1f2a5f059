import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { CodedError } from '../errors.ts';
import { gitEnvironment } from './git-environment.ts';
import { gitLimits } from './git-limits.ts';

/** An object read from a repository. */
export interface GitObject {
  readonly sha: string;
  readonly type: string;
  readonly content: Buffer;
}

/** Reads objects of one repository through a `git cat-file --batch` process that stays. */
export interface CatFile {
  /** The object that `name` (a sha, a ref, `rev:path`) stands for, or null when there is none. */
  read(name: string): Promise<GitObject | null>;
  stop(): Promise<void>;
}

export function createCatFile(dir: string): CatFile {
  let current: Reader | null = null;
  let idle: NodeJS.Timeout | null = null;

  function end(): Promise<void> {
    if (idle !== null) clearTimeout(idle);
    const ending = current;
    current = null;
    return ending?.end() ?? Promise.resolve();
  }

  return {
    async read(name) {
      if (/[\n\0]/.test(name)) throw new CodedError('GitFailed', 'An object name holds a newline');
      if (idle !== null) clearTimeout(idle);
      idle = setTimeout(() => void end(), gitLimits.processIdleMs);
      idle.unref();
      if (current === null || current.isOver()) current = startReader(dir);
      return current.read(name);
    },
    stop: end,
  };
}

interface Reader {
  read(name: string): Promise<GitObject | null>;
  isOver(): boolean;
  end(): Promise<void>;
}

interface Request {
  readonly resolve: (object: GitObject | null) => void;
  readonly reject: (error: CodedError) => void;
}

function startReader(dir: string): Reader {
  const child = spawn('git', ['cat-file', '--batch'], {
    cwd: dir,
    env: gitEnvironment(),
    stdio: 'pipe',
  }) as ChildProcessWithoutNullStreams;
  const requests: Request[] = [];
  let over = false;
  let chunks: Buffer[] = [];
  let held = 0;
  /** Bytes that must be there before looking again makes sense. */
  let needed = 1;

  const closed = new Promise<void>((resolve) => {
    const onEnd = () => {
      over = true;
      for (const request of requests.splice(0)) {
        request.reject(new CodedError('GitFailed', 'git cat-file ended unexpectedly', { retry: true }));
      }
      resolve();
    };
    child.on('close', onEnd);
    child.on('error', onEnd);
  });
  child.stdin.on('error', () => {});
  child.stderr.resume();
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    held += chunk.length;
    if (held < needed) return;
    let rest = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    for (;;) {
      const parsed = parseAnswer(rest);
      if ('needed' in parsed) {
        needed = parsed.needed;
        break;
      }
      requests.shift()?.resolve(parsed.object);
      rest = rest.subarray(parsed.length);
    }
    chunks = [rest];
    held = rest.length;
  });

  return {
    read(name) {
      return new Promise((resolve, reject) => {
        requests.push({ resolve, reject });
        child.stdin.write(`${name}\n`);
      });
    },
    isOver: () => over,
    async end() {
      child.stdin.end();
      await closed;
    },
  };
}

type Answer = { readonly needed: number } | { readonly object: GitObject | null; readonly length: number };

/** `<sha> <type> <size>\n<content>\n`, or `<name> missing\n` (also `ambiguous`). */
function parseAnswer(bytes: Buffer): Answer {
  const newline = bytes.indexOf(10);
  if (newline < 0) return { needed: bytes.length + 1 };
  const header = bytes.subarray(0, newline).toString('utf8');
  const match = /^([0-9a-f]{40}|[0-9a-f]{64}) (\w+) (\d+)$/.exec(header);
  if (match === null) return { object: null, length: newline + 1 };
  const size = Number(match[3]);
  const start = newline + 1;
  if (bytes.length < start + size + 1) return { needed: start + size + 1 };
  // Copied: a slice would keep the whole read buffer alive.
  const content = Buffer.from(bytes.subarray(start, start + size));
  return { object: { sha: match[1] ?? '', type: match[2] ?? '', content }, length: start + size + 1 };
}
