import { parseArgs } from 'node:util';
import { messageOf } from '../src/errors.ts';

/**
 * Read a script's flags, which take no values. `--help` prints the help and ends the process with 0, a flag that is
 * not known ends it with 2 and says so.
 */
export function readFlags<Flag extends string>(
  help: string,
  flags: readonly Flag[],
): Readonly<Record<Flag, boolean>> {
  const options = Object.fromEntries([...flags, 'help'].map((flag) => [flag, { type: 'boolean' as const }]));
  try {
    const { values } = parseArgs({ options });
    if (values.help) {
      process.stdout.write(help);
      process.exit(0);
    }
    return Object.fromEntries(flags.map((flag) => [flag, values[flag] === true])) as Record<Flag, boolean>;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n${help}`);
    process.exit(2);
  }
}
