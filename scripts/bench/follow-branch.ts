import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BareRemote } from '../../src/testing/bare-remote.ts';
import { poll } from '../../src/testing/poll.ts';

/** When the commit of an object was first seen on the remote, by `performance.now()`. */
export interface Arrival {
  readonly name: string;
  readonly atMs: number;
}

export interface Following {
  /** Resolves with all arrivals once there are `count`. */
  until(count: number, timeoutMs: number): Promise<readonly Arrival[]>;
  stop(): void;
}

const LOOK_EVERY_MS = 5;

/** Watch a branch of a bare repository by its ref file, and note when the commit of each object arrived. */
export function followBranch(remote: BareRemote, branch: string): Following {
  const arrivals: Arrival[] = [];
  let known = '';
  let isStopped = false;
  const look = async () => {
    const tip = await readFile(join(remote.path, 'refs/heads', branch), 'utf8').catch(() => known);
    if (tip === known) return;
    const atMs = performance.now();
    const range = known === '' ? tip.trim() : `${known.trim()}..${tip.trim()}`;
    const subjects = await remote.git('log', '--reverse', '--format=%s', range);
    known = tip;
    for (const [, name] of subjects.matchAll(/^\[CREATE\] ConfigMap\/(\S+)/gm)) {
      arrivals.push({ name: name as string, atMs });
    }
  };
  const run = async () => {
    while (!isStopped) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  };
  void run();
  return {
    until: (count, timeoutMs) =>
      poll(() => (arrivals.length >= count ? [...arrivals] : undefined), {
        timeoutMs,
        intervalMs: LOOK_EVERY_MS,
        what: `${count} commits on the remote`,
      }),
    stop() {
      isStopped = true;
    },
  };
}
