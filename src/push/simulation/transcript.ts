import { createHash } from 'node:crypto';
import { complaintOf, type Programs, type Said } from './programs.ts';

/** What git was asked and answered, in lines that are the same where the answers are. */
export interface Transcript {
  readonly lines: readonly string[];
  readonly listen: (programs: Programs) => Programs;
}

/** Long answers are kept as hashes. */
const shownMax = 400;

export function createTranscript(): Transcript {
  const lines: string[] = [];
  const note = (asked: string, said: Said) => {
    const answer = `${said.exitCode ?? ''} ${said.stdout} ${said.exitCode === 0 ? '' : complaintOf(said)}`;
    const isPack = asked.startsWith('git pack-objects');
    const shown = isPack ? answer.replace(/[0-9a-f]{40}/g, '…') : withoutPackNames(answer);
    lines.push(`${withoutPackNames(asked)} → ${short(JSON.stringify(shown))}`);
  };
  return {
    lines,
    listen: (programs) => ({
      run(args, options, input = '') {
        const said = programs.run(args, options, input);
        note(`${args.join(' ')} ${short(input.toString())}`, said);
        return said;
      },
      talk(args, options) {
        const conversation = programs.talk(args, options);
        return {
          ask(bytes, until) {
            const said = conversation.ask(bytes, until);
            note(`${args.join(' ')} ${bytes}`, said);
            return said;
          },
          end: (bytes) => conversation.end(bytes),
          kill: () => conversation.kill(),
        };
      },
    }),
  };
}

function short(text: string): string {
  if (text.length <= shownMax) return text;
  return `${text.slice(0, shownMax)}… ${createHash('sha256').update(text).digest('hex')}`;
}

/** The same objects may be compressed in two ways. */
export function withoutPackNames(text: string): string {
  return text.replace(/pack-[0-9a-f]{40}/g, 'pack-…');
}
