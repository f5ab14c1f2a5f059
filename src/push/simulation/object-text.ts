/** A commit as it is written. */
export interface CommitText {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly atS: number;
}

/** By name, in git's order. */
export type TreeEntries = ReadonlyMap<string, { readonly mode: string; readonly sha: string }>;

export const FOLDER_MODE = '40000';

export function commitText({ tree, parents, author, committer, message }: CommitText): string {
  const lines = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${signed(author)}`,
    `committer ${signed(committer)}`,
  ];
  return `${lines.join('\n')}\n\n${message}`;
}

export function parseCommit(content: Buffer): CommitText {
  const text = content.toString();
  const end = text.indexOf('\n\n');
  const lines = text.slice(0, end).split('\n');
  const of = (key: string) =>
    lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  const [author = ''] = of('author');
  const [committer = ''] = of('committer');
  const [tree = ''] = of('tree');
  return {
    tree,
    parents: of('parent'),
    author: signatureOf(author),
    committer: signatureOf(committer),
    message: text.slice(end + 2),
  };
}

/** Of a tree of SHA-1. */
export function parseTree(bytes: Buffer): TreeEntries {
  const entries = new Map<string, { mode: string; sha: string }>();
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0, at);
    const [mode = '', name = ''] = bytes.subarray(at, end).toString().split(' ');
    entries.set(name, { mode, sha: bytes.subarray(end + 1, end + 21).toString('hex') });
    at = end + 21;
  }
  return entries;
}

function signed({ name, email, atS }: Signature): string {
  return `${name} <${email}> ${atS} +0000`;
}

function signatureOf(text: string): Signature {
  const [, name = '', email = '', atS = ''] = /^(.*) <(.*)> (\d+) /.exec(text) ?? [];
  return { name, email, atS: Number(atS) };
}
