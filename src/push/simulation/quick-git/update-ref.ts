import { LeftToGit } from './left-to-git.ts';
import type { Answer, Command } from './reading-commands.ts';
import type { Repository } from './repository.ts';

interface Move {
  readonly ref: string;
  readonly to: string | null;
}

/** `git update-ref`: one deletion, or a transaction on standard input. */
export const updateRef: Command = (repository, args, input) => {
  if (args[0] === '-d') {
    const [, ref = '', ...rest] = args;
    if (rest.length > 0) throw new LeftToGit(args.join(' '));
    repository.checkWritable(ref);
    repository.setRef(ref, null);
    return '';
  }
  if (args.length !== 1 || args[0] !== '--stdin') throw new LeftToGit(args.join(' '));
  return transaction(repository, input);
};

function transaction(repository: Repository, input: string): Answer {
  const moves: Move[] = [];
  let stdout = '';
  for (const line of input.split('\n').slice(0, -1)) {
    const [command = '', ref = '', ...values] = line.split(' ');
    if (command === 'update' || command === 'delete') {
      const to = command === 'update' ? (values.shift() ?? '') : null;
      const [from] = values;
      repository.checkWritable(ref);
      const fault = faultOf(repository, ref, from);
      // What cannot be prepared ends the whole; without `prepare`, git words it otherwise.
      if (fault !== null) {
        if (!input.includes('\nprepare\n')) throw new LeftToGit(fault);
        return {
          exitCode: 128,
          stdout: 'start: ok\n',
          stderr: `fatal: prepare: cannot lock ref '${ref}': ${fault}\n`,
        };
      }
      if (to === null && repository.ref(ref) === null) throw new LeftToGit(`${ref} is not there`);
      if (to !== null) repository.commit(to);
      moves.push({ ref, to });
    } else if (command === 'start' || command === 'prepare' || command === 'commit') {
      stdout += `${command}: ok\n`;
    } else throw new LeftToGit(line);
  }
  if (!stdout.endsWith('commit: ok\n')) throw new LeftToGit(input);
  for (const { ref, to } of moves) repository.setRef(ref, to);
  return stdout;
}

/** Why a ref may not be moved: it does not stand where it is said to stand. */
function faultOf(repository: Repository, ref: string, from: string | undefined): string | null {
  if (from === undefined) return null;
  const stands = repository.ref(ref);
  if (/^0+$/.test(from)) return stands === null ? null : 'reference already exists';
  if (stands === null) return `unable to resolve reference '${ref}'`;
  return stands === from ? null : `is at ${stands} but expected ${from}`;
}
