import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Socket } from 'node:net';

export interface SuperviseOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Both output streams are appended to this file. Default: they are readable as `child.stdout`/`stderr`. */
  readonly logFile?: string;
  /** A folder to remove when this process dies before it stopped the command. */
  readonly removeWhenOrphaned?: string;
}

/** How long output is awaited after the command has ended. */
const outputGraceMs = 1_000;

/** A running command that can not outlive this process. */
export interface Supervised {
  readonly child: ChildProcess;
  /** Resolves when the command and its wrapper are gone; never rejects. Keeps this process alive until then. */
  exited(): Promise<Exit>;
  /** How it ended, or `undefined` while it runs. */
  exit(): Exit | undefined;
  /**
   * Kill the command and its process group at once, and wait until they are gone. With `remove`, the folder of
   * `removeWhenOrphaned` goes too, even if this process dies while it waits.
   */
  kill(options?: { readonly remove: boolean }): Promise<Exit>;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Set when the command could not be started at all. */
  readonly error?: string;
}

/**
 * Runs "$@" and watches stdin, a pipe whose other end only the parent holds. However the parent dies, and be it
 * by SIGKILL, the kernel closes that pipe: the watcher reads end-of-file and kills the command. No other exit
 * hook is needed, and none could do as much. A line before the end-of-file says that the parent lives and only
 * wants the command killed. The watcher tells the outer shell first, so that the shell knows why the command is
 * gone; the shell reaps it before it kills what is left of the group (and itself), because in a container nobody
 * else may reap it.
 */
const wrapper = `
child= termed=
exec 3<&0
trap 'kill -TERM "$child" 2>/dev/null' TERM
trap 'killed=1' USR1
trap 'killed=1; remove=$SUPERVISE_REMOVE' USR2
killed=
remove=
"$@" </dev/null 3<&- &
child=$!
{
  reason=USR2
  while read -r _ <&3; do reason=USR1; done
  kill -s "$reason" $$
  kill -KILL "$child"
} >/dev/null 2>&1 &
watcher=$!
exec 3<&-
while :; do
  wait "$child" 2>/dev/null
  code=$?
  kill -0 "$child" 2>/dev/null || break
done
kill -KILL "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null
if [ -n "$remove" ]; then
  sleep 0.3
  rm -rf "$remove"
fi
if [ -n "$killed" ]; then kill -KILL 0; fi
exit "$code"
`;

/**
 * Start a command in a process group of its own that dies with this process, whatever ends it.
 *
 * It does not keep this process alive: a program that forgets to stop it still ends, and so does the command.
 * Ctrl-C does not reach it (it is not in the terminal's foreground group).
 */
export function supervise(options: SuperviseOptions): Supervised {
  const log = options.logFile === undefined ? undefined : openSync(options.logFile, 'a');
  const child = spawn('/bin/sh', ['-c', wrapper, 'supervise', options.command, ...options.args], {
    cwd: options.cwd,
    detached: true,
    env: { ...(options.env ?? process.env), SUPERVISE_REMOVE: options.removeWhenOrphaned ?? '' },
    stdio: ['pipe', log ?? 'pipe', log ?? 'pipe'],
  });
  if (log !== undefined) closeSync(log);
  let ended: Exit | undefined;
  const end = new Promise<Exit>((resolve) => {
    const settle = (exit: Exit) => {
      ended ??= exit;
      resolve(ended);
    };
    child.on('error', (error) => settle({ code: null, signal: null, error: error.message }));
    child.on('close', (code, signal) => settle({ code, signal }));
    // A stray process that inherited the output may keep it open long after the command is gone.
    child.on('exit', (code, signal) => {
      if (log !== undefined) settle({ code, signal });
      else setTimeout(() => settle({ code, signal }), outputGraceMs).unref();
    });
  });
  child.stdin?.on('error', () => {});
  if (log !== undefined) {
    child.unref();
    (child.stdin as Socket).unref();
  }
  const exited = () => {
    child.ref();
    return end;
  };
  const kill = (options = { remove: false }) => {
    child.stdin?.end(options.remove ? '' : 'kill\n');
    return exited();
  };
  return { child, exited, exit: () => ended, kill };
}
