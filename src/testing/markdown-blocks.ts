/** A fenced block of a Markdown text. */
export interface CodeBlock {
  /** What stands behind the opening fence; empty where nothing does. */
  readonly language: string;
  /** Without the indentation of the fence, as in a list item. Ends with a newline. */
  readonly text: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
}

/** All fenced blocks, from top to bottom. An unclosed fence throws. */
export function codeBlocks(markdown: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { indent: string; language: string; line: number; lines: string[] } | undefined;
  for (const [at, line] of markdown.split('\n').entries()) {
    const fence = /^(\s*)```(\S*)/.exec(line);
    if (open === undefined) {
      if (fence !== null)
        open = { indent: fence[1] as string, language: fence[2] as string, line: at + 1, lines: [] };
    } else if (fence !== null) {
      const { language, line: start, lines } = open;
      blocks.push({ language, line: start, text: `${lines.join('\n')}\n` });
      open = undefined;
    } else {
      open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
    }
  }
  if (open !== undefined) throw new Error(`The block that line ${open.line} opens is not closed`);
  return blocks;
}

/** The part below a heading of the second level, up to the next one. Throws where there is none. */
export function sectionOf(markdown: string, heading: string): string {
  const part = markdown.split(/^(?=## )/m).find((text) => text.startsWith(`## ${heading}\n`));
  if (part === undefined) throw new Error(`There is no heading "## ${heading}"`);
  return part;
}

/** Relative links as they are written, without those in code. */
export function relativeLinks(markdown: string): readonly string[] {
  const prose = markdown.replace(/^\s*```[\s\S]*?^\s*```/gm, '').replace(/`[^`\n]*`/g, '`');
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] as string);
  return links.filter((link) => !/^[a-z]+:/.test(link));
}

/** The anchor that hosts make of a heading. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const headings = markdown.replace(/^\s*```[\s\S]*?^\s*```/gm, '').matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, text]) =>
      (text as string)
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
