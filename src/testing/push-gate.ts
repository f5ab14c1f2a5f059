import { chmod, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BareRemote } from './bare-remote.ts';
import { poll } from './poll.ts';

/** Where a push is: its objects have come and nothing is accepted yet, or its refs are set and the answer not sent. */
export type PushMoment = 'received' | 'accepted';

/** Hooks in a remote by which a test sees pushes pass, holds them up, and has refs refused. */
export interface PushGate {
  /** Resolves when a push comes to this moment, counted from the call. */
  next(moment: PushMoment, timeoutMs?: number): Promise<void>;
  /** How many pushes came to this moment so far. */
  count(moment: PushMoment): Promise<number>;
  /** Hold each push up for so long at each moment. 0: not at all. */
  hold(ms: number): Promise<void>;
  /**
   * Refuse to set refs that match a shell pattern, such as `refs/gitops-reverser/*`; undefined: refuse none. Who pushes
   * to the folder with `gatePass` in the environment is let through.
   */
  refuseRefs(pattern: string | undefined): Promise<void>;
}

/** In the environment of a push to the remote's folder: no ref is refused. */
export const gatePass = { PUSH_GATE_PASS: 'yes' };

const NEXT_TIMEOUT_MS = 10_000;

/** Install the hooks. */
export async function installPushGate(remote: BareRemote): Promise<PushGate> {
  const hook = (name: string) => join(remote.path, 'hooks', name);
  const marks = (moment: PushMoment) => join(remote.path, `${moment}.marks`);
  const holdFile = join(remote.path, 'hold');
  const write = async (name: string, script: string) => {
    await writeFile(hook(name), `#!/bin/sh\n${script}`);
    await chmod(hook(name), 0o755);
  };
  // A byte for each push; then, where a file says so, a wait.
  const announce = (moment: PushMoment) =>
    `cat >/dev/null\nprintf . >>'${marks(moment)}'\nif [ -f '${holdFile}' ]; then sleep "$(cat '${holdFile}')"; fi\n`;
  await write('pre-receive', announce('received'));
  await write('post-receive', announce('accepted'));
  const count = async (moment: PushMoment) => (await stat(marks(moment)).catch(() => ({ size: 0 }))).size;
  return {
    count,
    async next(moment, timeoutMs = NEXT_TIMEOUT_MS) {
      const before = await count(moment);
      await poll(async () => (await count(moment)) > before, {
        intervalMs: 5,
        timeoutMs,
        what: `a push to be ${moment}`,
      });
    },
    async hold(ms) {
      if (ms > 0) await writeFile(holdFile, String(ms / 1000));
      else await rm(holdFile, { force: true });
    },
    async refuseRefs(pattern) {
      if (pattern === undefined) return rm(hook('update'), { force: true });
      await write(
        'update',
        `test -n "$PUSH_GATE_PASS" && exit 0\ncase "$1" in ${pattern}) echo "no such refs here" >&2; exit 1;; esac\n`,
      );
    },
  };
}
