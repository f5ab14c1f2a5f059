import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { CodedError } from '../errors.ts';
import { classifyGitFailure } from './classify.ts';
import { type CommitData, encodeBlobs, encodeCommits } from './fast-import-stream.ts';
import { gitEnvironment } from './git-environment.ts';
import { gitLimits } from './git-limits.ts';

/**
 * A `git fast-import` process that stays, in one bare repository.
 *
 * Invariants: a batch is durable and its ref moved when `commit` resolves; batches follow one another; never
 * `--force`, so a ref that somebody else moved is left alone; a stream cut short (this program killed) changes
 * nothing, because the process was told to expect `done`.
 */
export interface FastImport {
  /**
   * Makes `commits` on `ref` and returns their names, in order. Throws a CodedError when the process failed:
   * the ref then still stands where it was, or (the answer was lost) on the last of these commits.
   *
   * @param beforeMove called with the names once they are known, before anything becomes durable or a ref moves;
   * when it rejects, nothing is made
   */
  commit(
    ref: string,
    parent: string | null,
    commits: readonly CommitData[],
    beforeMove?: BeforeMove,
  ): Promise<readonly string[]>;
  /** Makes blobs, durably. Throws a CodedError when the process failed: they may be given again. */
  blobs(contents: readonly Buffer[]): Promise<void>;
  /**
   * Runs `work` while no process is there. What moves refs or repacks belongs here: fast-import keeps its own idea
   * of both, and would write a ref back at its next checkpoint.
   */
  alone<T>(work: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

export type BeforeMove = (shas: readonly string[]) => Promise<void>;

export function createFastImport(dir: string): FastImport {
  let current: Importer | null = null;
  let idle: NodeJS.Timeout | null = null;
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other, whatever became of the one before. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work, work);
    last = result.catch(() => {});
    return result;
  }

  async function end(): Promise<void> {
    const ending = current;
    current = null;
    await ending?.end();
  }

  async function send(
    chunks: readonly Buffer[],
    marks: number,
    beforeMove?: BeforeMove,
  ): Promise<readonly string[]> {
    if (idle !== null) clearTimeout(idle);
    current ??= startImporter(dir);
    try {
      return await current.send(chunks, marks, beforeMove);
    } catch (error) {
      await end();
      throw error;
    } finally {
      idle = setTimeout(() => void inTurn(end), gitLimits.processIdleMs);
      idle.unref();
    }
  }

  return {
    commit: (ref, parent, commits, beforeMove) =>
      // Encoded first: bad input must not cost the process, nor leave half a commit in it.
      inTurn(async () => send(encodeCommits(ref, parent, commits), commits.length, beforeMove)),
    blobs: (contents) => inTurn(async () => void (await send(encodeBlobs(contents), 0))),
    alone: (work) =>
      inTurn(async () => {
        await end();
        return work();
      }),
    stop: () => {
      if (idle !== null) clearTimeout(idle);
      return inTurn(end);
    },
  };
}

interface Importer {
  send(
    chunks: readonly Buffer[],
    marks: number,
    beforeMove: BeforeMove | undefined,
  ): Promise<readonly string[]>;
  end(): Promise<void>;
}

function startImporter(dir: string): Importer {
  const child = spawn('git', ['fast-import', '--quiet', '--done', '--date-format=raw'], {
    cwd: dir,
    env: gitEnvironment(),
    stdio: 'pipe',
  }) as ChildProcessWithoutNullStreams;
  let stderr = '';
  let answer = '';
  let waiting: { until: string; resolve: (lines: string[]) => void } | null = null;
  let failed: CodedError | null = null;
  const closed = new Promise<void>((resolve) => {
    child.on('close', (code) => {
      failed ??= failureOf(code ?? -1, stderr);
      resolve();
    });
    child.on('error', (error) => {
      failed ??= failureOf(-1, error.message);
      resolve();
    });
  });
  child.stdin.on('error', () => {});
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-gitLimits.stderrBytesMax);
  });
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    answer += text;
    if (waiting === null || !answer.endsWith(waiting.until)) return;
    const lines = answer.slice(0, -waiting.until.length).split('\n').slice(0, -1);
    answer = '';
    waiting.resolve(lines);
    waiting = null;
  });

  /** Writes commands and waits for what they print, up to the progress line that follows them. */
  async function ask(chunks: readonly (Buffer | string)[], until: string): Promise<string[]> {
    const answered = new Promise<string[]>((resolve) => {
      waiting = { until: `progress ${until}\n`, resolve };
    });
    child.stdin.cork();
    for (const chunk of chunks) child.stdin.write(chunk);
    // The blank line: fast-import looks for an optional one before it goes on, and would wait for it.
    child.stdin.write(`progress ${until}\n\n`);
    child.stdin.uncork();
    const timer = setTimeout(() => {
      failed ??= new CodedError('TimedOut', 'git fast-import did not answer in time', { retry: true });
      child.kill('SIGKILL');
    }, gitLimits.importTimeoutMs);
    const lines = await Promise.race([answered, closed.then(() => null)]);
    clearTimeout(timer);
    if (lines === null) throw failed ?? failureOf(-1, stderr);
    return lines;
  }

  return {
    async send(chunks, marks, beforeMove) {
      const askNames = Array.from({ length: marks }, (_, at) => `get-mark :${at + 1}\n`).join('');
      const names = await ask([...chunks, askNames], 'named');
      try {
        if (names.length !== marks) throw failureOf(1, 'fast-import answered out of turn');
        await beforeMove?.(names);
      } catch (error) {
        // Asked to end, it would still move the ref.
        failed ??= failureOf(-1, 'fast-import was ended before its commits became durable');
        child.kill('SIGKILL');
        throw error;
      }
      const rest = await ask(['checkpoint\n\n'], 'landed');
      if (rest.length > 0 || /Not updating|error:|fatal:/.test(stderr)) {
        throw failureOf(1, stderr === '' ? 'fast-import answered out of turn' : stderr);
      }
      return names;
    },
    async end() {
      if (child.exitCode === null && child.signalCode === null && failed === null) {
        child.stdin.end('done\n');
        const timer = setTimeout(() => child.kill('SIGKILL'), gitLimits.localTimeoutMs);
        await closed;
        clearTimeout(timer);
        return;
      }
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
        child.kill('SIGKILL');
        await once(child, 'close');
      }
    },
  };
}

function failureOf(exitCode: number, stderr: string): CodedError {
  const { code, message, retry } = classifyGitFailure({ exitCode, stdout: '', stderr, endedBy: null });
  return new CodedError(code, message, { retry });
}
