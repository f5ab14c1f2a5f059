import type { Programs } from './programs.ts';
import type { Arena, Transport } from './simulate.ts';
import { createTranscript, withoutPackNames } from './transcript.ts';

/** Lines before the first that differs. */
const contextLines = 6;

/**
 * Runs a seed with git alone and with what answers as git does. Returns the first difference in what was asked and
 * answered, in what happened, in what the judge says, or in where the refs of all repositories stand in the end.
 *
 * @param change makes another one of what answers as git does. Default: leaves it as it is.
 */
export async function differenceOf(
  arena: Arena,
  seed: number,
  change: (quick: Programs) => Programs = (quick) => quick,
): Promise<string | null> {
  const git = await storyOf(arena, seed, 'Git', (programs) => programs);
  const quick = await storyOf(arena, seed, 'Quick', change);
  const length = Math.max(git.length, quick.length);
  for (let at = 0; at < length; at += 1) {
    if (git[at] === quick[at]) continue;
    const before = quick.slice(Math.max(0, at - contextLines), at);
    return [`Seed ${seed}, after:`, ...before, 'git:', git[at], 'quick:', quick[at]].join('\n');
  }
  return null;
}

/** Everything that one run did, in words. */
async function storyOf(
  arena: Arena,
  seed: number,
  transport: Transport,
  change: (programs: Programs) => Programs,
): Promise<readonly string[]> {
  const transcript = createTranscript();
  const listen = (programs: Programs) => transcript.listen(change(programs));
  const { trace, problems, refs } = await arena.run(seed, { transport, listen });
  return [...transcript.lines, ...trace.map(withoutPackNames), ...problems, ...refs];
}
