import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BareRemote } from '../../src/testing/bare-remote.ts';
import { poll } from '../../src/testing/poll.ts';

/** A commit of the followed branch, and when it was first seen on the remote, by `performance.now()`. */
export interface Arrival {
  readonly subject: string;
  readonly author: string;
  readonly atMs: number;
}

export interface Following {
  /** Resolves with the moment at which the branch had got `count` commits since the following began. */
  until(count: number, timeoutMs: number): Promise<number>;
  /** Look no more, and tell of every commit since, oldest first. */
  end(): Promise<readonly Arrival[]>;
}

/**
 * Watch a branch of a bare repository by its ref file. While it looks, no git runs: what it measures shares the
 * processor. Which commits came with which push is read at the end.
 */
export async function followBranch(
  remote: BareRemote,
  branch: string,
  options: { readonly lookEveryMs: number },
): Promise<Following> {
  const ref = join(remote.path, 'refs/heads', branch);
  const read = () => {
    try {
      // Cheaper by far than a read that waits its turn, for so short a file.
      return readFileSync(ref, 'utf8').trim();
    } catch {
      return '';
    }
  };
  const start = read();
  const since = start === '' ? [] : [`^${start}`];
  const seen: { readonly tip: string; readonly atMs: number }[] = [];
  let isStopped = false;
  const look = () => {
    const tip = read();
    if (tip !== '' && tip !== (seen.at(-1)?.tip ?? start)) seen.push({ tip, atMs: performance.now() });
  };
  const run = async () => {
    while (!isStopped) {
      look();
      await new Promise((resolve) => setTimeout(resolve, options.lookEveryMs));
    }
  };
  const running = run();
  return {
    async until(count, timeoutMs) {
      let counted = '';
      return poll(
        async () => {
          const last = seen.at(-1);
          if (last === undefined || last.tip === counted) return undefined;
          counted = last.tip;
          const commits = Number(await remote.git('rev-list', '--count', last.tip, ...since));
          return commits >= count ? last.atMs : undefined;
        },
        { timeoutMs, intervalMs: options.lookEveryMs, what: `${count} commits on the remote` },
      );
    },
    async end() {
      isStopped = true;
      await running;
      const last = seen.at(-1);
      if (last === undefined) return [];
      const arrivalOfTip = new Map(seen.map(({ tip, atMs }) => [tip, atMs]));
      const log = await remote.git('log', '--format=%H%x1f%an%x1f%s', last.tip, ...since);
      const commits = log
        .trim()
        .split('\n')
        .map((line) => line.split('\x1f') as [string, string, string]);
      let atMs = last.atMs;
      // Newest first: a commit arrived with the first tip that has it.
      const arrivals = commits.map(([sha, author, subject]) => {
        atMs = arrivalOfTip.get(sha) ?? atMs;
        return { subject, author, atMs };
      });
      return arrivals.reverse();
    },
  };
}
