import type { Random } from './random.ts';
import type { SimulatedRemote } from './remote.ts';

/** What people can do to a branch. `Rewrite` and `Delete` take commits away; all else adds to it. */
export type Deed = 'Edit' | 'Merge' | 'Rewrite' | 'Delete';

/**
 * Somebody pushes to the branch. Paths are those that objects may have, too. Tells what was done,
 * and whether the commit is dated in the future.
 */
export async function push(
  deed: Deed,
  remote: SimulatedRemote,
  paths: readonly string[],
  random: Random,
  nowMs: number,
  count: number,
): Promise<{ readonly about: string; readonly isAhead: boolean }> {
  const { tip } = remote;
  const who = `Person ${count} <person${count}@example.com>`;
  const at = secondsNear(nowMs, random);
  const commit = (ref: string, mark: number, parents: readonly string[], files: string) => {
    const [from, merge] = parents;
    return (
      `commit ${ref}\nmark :${mark}\nauthor ${who} ${at} +0000\ncommitter ${who} ${at} +0000\n` +
      `${data(`person ${count}\n`)}${from === undefined ? '' : `from ${from}\n`}` +
      `${merge === undefined ? '' : `merge ${merge}\n`}${files}\n`
    );
  };
  const main = 'refs/heads/main';
  const change = changeOf(paths, random, count);
  const isAhead = at * 1000 > nowMs;
  const about = `person ${count}: ${deed} at ${at}`;
  if (tip === null || deed === 'Edit') {
    await remote.import(commit(main, 1, tip === null ? [] : [tip], change.stream), false);
    remote.note(`person ${count}`);
    return { about: `${about} ${change.about}`, isAhead };
  }
  if (deed === 'Delete') {
    remote.deleteBranch();
    remote.note(`person ${count}`, true);
    return { about, isAhead };
  }
  const back = await ancestorOf(remote, tip, 1 + random.below(3));
  if (deed === 'Rewrite') {
    const stream = commit(main, 1, back === null ? [] : [back], change.stream);
    await remote.import(`${stream}reset ${main}\nfrom :1\n`, true);
    remote.note(`person ${count}`, true);
    return { about: `${about} from ${back?.slice(0, 7)} ${change.about}`, isAhead };
  }
  // A branch of older date is merged into this one, or this one into it and that pushed.
  const side = 'refs/heads/side';
  const mine = commit(side, 1, [back ?? tip], change.stream);
  const foxtrot = random.chance(0.3);
  const tree = foxtrot ? (await remote.git('rev-parse', `${tip}^{tree}`)).trim() : '';
  const merged = foxtrot
    ? commit(main, 2, [':1', tip], `M 040000 ${tree} ""\n${change.stream}`)
    : commit(main, 2, [tip, ':1'], change.stream);
  await remote.import(`${mine}${merged}reset ${side}\nfrom ${'0'.repeat(40)}\n`, true);
  remote.note(`person ${count}`);
  return { about: `${about}${foxtrot ? ' foxtrot' : ''} ${change.about}`, isAhead };
}

/** Mostly now; some clocks are wrong, and some commits were made long before they are pushed. */
function secondsNear(nowMs: number, random: Random): number {
  const now = Math.floor(nowMs / 1000);
  if (random.chance(0.7)) return now;
  return random.chance(0.6) ? now - random.below(3600) : now + random.below(30);
}

function changeOf(paths: readonly string[], random: Random, count: number) {
  const path = random.chance(0.3) ? `docs/${random.below(2)}.md` : random.pick(paths);
  if (random.chance(0.15)) return { stream: `D ${path}\n`, about: `deletes ${path}` };
  // Some files do not look like the object that belongs there.
  const isKnown = random.chance(0.85);
  const content = isKnown ? `kind: ConfigMap\nperson: ${count}\n` : `prose ${count}\n`;
  return {
    stream: `M 100644 inline ${path}\n${data(content)}`,
    about: `${isKnown ? 'writes' : 'writes prose into'} ${path}`,
  };
}

async function ancestorOf(remote: SimulatedRemote, tip: string, generations: number): Promise<string | null> {
  const found = await remote.git('rev-list', '--first-parent', `--max-count=${generations + 1}`, tip);
  return found.trim().split('\n')[generations] ?? null;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
