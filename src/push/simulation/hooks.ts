import type { SaidAll } from './programs.ts';

/** A hook of the remote: what git runs, and what comes of that. */
interface Hook {
  readonly name: string;
  readonly script: string;
  readonly answer: (args: readonly string[]) => { readonly exitCode: number; readonly stdout: string };
}

export const hooks = {
  /** Refuses every push. */
  Pushes: {
    name: 'pre-receive',
    script: '#!/bin/sh\necho "not now"; exit 1\n',
    answer: () => ({ exitCode: 1, stdout: 'not now\n' }),
  },
  /** Refuses every ref but branches. */
  Refs: {
    name: 'update',
    script: '#!/bin/sh\ncase "$1" in refs/heads/*) exit 0;; esac; echo "branches only"; exit 1\n',
    answer: ([ref = '']) =>
      ref.startsWith('refs/heads/')
        ? { exitCode: 0, stdout: '' }
        : { exitCode: 1, stdout: 'branches only\n' },
  },
} as const satisfies Record<string, Hook>;

/** What a hook says; null: it is none of these. */
export function answerOfHook(script: string, args: readonly string[]): SaidAll | null {
  const hook: Hook | undefined = Object.values(hooks).find((one) => one.script === script);
  if (hook === undefined) return null;
  const { exitCode, stdout } = hook.answer(args);
  return { exitCode, stdout: Buffer.from(stdout), stderr: Buffer.alloc(0) };
}
