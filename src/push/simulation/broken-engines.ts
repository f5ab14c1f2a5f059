import type { CommitRequest } from '../../commit/commit-request.ts';
import type { BrokenEngine } from './operator.ts';

/**
 * Engines that break one promise each, made from the real one by tampering with what goes in or with what git is told.
 * They show that the oracle sees it: each has to be caught within a number of seeds, and for the right reason.
 */
export interface BrokenEngineCase {
  readonly name: string;
  /** What the oracle has to say of it. */
  readonly expected: RegExp;
  /** Anew for each run. */
  readonly create: () => BrokenEngine;
  /** What stories it takes, and from which seed on. Default: long ones, from 1 */
  readonly short?: { readonly from: number };
}

const versionOf = ({ message }: CommitRequest) => Number(/^v(\d+)/.exec(message)?.[1] ?? 0);

/** Positions of all marks moved by some versions. */
function withPositions(request: CommitRequest, by: number): CommitRequest {
  if (request.marks === undefined) return request;
  const marks = request.marks.map((mark) => ({ ...mark, position: String(Number(mark.position) + by) }));
  return { ...request, marks };
}

/** Changes what becomes of each request of a version. */
const requesting = (change: (request: CommitRequest) => readonly CommitRequest[]) => (): BrokenEngine => ({
  enqueue: (request) => (versionOf(request) === 0 ? [request] : change(request)),
});

export const brokenEngines: readonly BrokenEngineCase[] = [
  {
    name: 'leaves out a commit now and then',
    expected: /is missing/,
    create: requesting((request) => (versionOf(request) % 5 === 0 ? [] : [request])),
  },
  {
    name: 'ignores deletions',
    expected: /nobody else wrote it later|is missing/,
    create: requesting((request) => (request.files[0]?.content === null ? [] : [request])),
  },
  {
    name: 'commits again what it committed',
    expected: /is committed twice/,
    create: () => {
      let before: CommitRequest | null = null;
      return {
        enqueue(request) {
          const again = before;
          before = request;
          return again === null || versionOf(again) === 0 ? [request] : [request, again];
        },
      };
    },
  },
  {
    name: 'swaps changes',
    expected: /stands before/,
    create: () => {
      let held: CommitRequest | null = null;
      return {
        enqueue(request) {
          if (held === null && versionOf(request) % 3 === 0 && request.marks !== undefined) {
            held = request;
            return [];
          }
          const late = held;
          held = null;
          return late === null ? [request] : [request, late];
        },
      };
    },
  },
  {
    name: 'marks what is not committed yet',
    expected: /is missing/,
    create: requesting((request) => [withPositions(request, 6)]),
  },
  {
    name: 'resumes from before what it committed',
    expected: /resumes \w from/,
    create: requesting((request) => [withPositions(request, -6)]),
  },
  {
    name: 'credits the operator',
    expected: /is credited to/,
    create: requesting((request) => [
      /^user\d+$/.test(request.author.name)
        ? { ...request, author: { ...request.author, name: 'operator' } }
        : request,
    ]),
  },
  {
    name: 'dates changes by the time of the commit',
    expected: /date of another time/,
    create: requesting((request) => [{ ...request, authoredAtMs: 1_700_009_999_000 }]),
  },
  {
    name: 'writes files of others',
    expected: /touches/,
    create: requesting((request) => [
      {
        ...request,
        files: request.files.map((file) => ({ ...file, path: file.path.replace(/^one\//, 'docs/') })),
      },
    ]),
  },
  {
    name: 'forces its pushes',
    expected: /is lost|rewrote history/,
    create: () => ({
      tamper: { args: (args) => (args[0] === 'push' ? ['push', '--force', ...args.slice(1)] : args) },
    }),
  },
  {
    name: 'does not see that a person was later',
    expected: /overwrites/,
    create: () => ({
      tamper: {
        stdout: (args, text) =>
          args.includes('--name-only') ? text.replace(/\x01([0-9a-f]+) \d+ \d+ /g, '\x01$1 1 1 ') : text,
      },
    }),
  },
  {
    name: 'takes every commit of a person for a later one',
    expected: /nothing in Git is later|not as/,
    create: () => ({
      tamper: {
        stdout: (args, text) =>
          args.includes('--name-only') && args.includes('-m')
            ? text.replace(/\x01([0-9a-f]+) \d+ \d+ /g, '\x01$1 1999999999 1999999999 ')
            : text,
      },
    }),
  },
  {
    name: 'takes a refused push for one that was taken',
    expected: /is missing/,
    create: () => ({ tamper: { exitCode: (args, exitCode) => (args[0] === 'push' ? 0 : exitCode) } }),
  },
  {
    name: 'pushes the branch without its cursors',
    expected: /resumes \w from/,
    create: () => ({
      tamper: { args: (args) => args.filter((arg) => args[0] !== 'push' || !/--atomic|cursors/.test(arg)) },
    }),
  },
  {
    name: 'does not tell that somebody took commits away',
    expected: /not as .* left it/,
    create: () => ({ trusting: true }),
    short: { from: 70 },
  },
  { name: 'drops without telling', expected: /is missing/, create: () => ({ silent: true }) },
];
