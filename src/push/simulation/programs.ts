/** What a program said; of a conversation, since it was asked the last time. */
export interface Said {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** undefined: it goes on. */
  readonly exitCode: number | undefined;
}

/** What a program said that is over. */
export interface SaidAll extends Said {
  readonly exitCode: number;
}

/** A program that stays, and answers what is written to it. Nothing is to be asked of one that is over. */
export interface Conversation {
  /** Writes to it, and waits until its answer ends with `until` or it is over. */
  ask(bytes: Buffer, until: string): Said;
  /** Writes to it, ends its input, and waits until it is over. */
  end(bytes?: Buffer): Said;
  /** Ends it at once; nothing if it is over. */
  kill(): void;
}

export interface LaunchOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Whatever answers as programs do, and lets nothing else happen meanwhile. */
export interface Programs {
  /** Runs a program to its end. */
  run(args: readonly string[], options: LaunchOptions, input?: Buffer | string): SaidAll;
  /** Starts a program that stays. */
  talk(args: readonly string[], options: LaunchOptions): Conversation;
}

/** What a program that failed says last of it. */
export function complaintOf({ stderr }: Said): string {
  const lines = stderr.toString().trim().split('\n');
  // The other side of a connection says so sooner or later.
  return lines.filter((line) => line !== 'fatal: the remote end hung up unexpectedly').at(-1) ?? '';
}
