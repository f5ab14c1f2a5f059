import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { anchorsOf, codeBlocks, relativeLinks, sectionOf } from './markdown-blocks.ts';

const text = `# One: a \`b\`

## Two

See [x](docs/x.md#y), [z](https://example.com) and \`[no](no.md)\`.

1. Item

   \`\`\`sh
   echo 1
     echo 2
   \`\`\`

## Three

\`\`\`
[no](no.md)
## no
\`\`\`
`;

test('codeBlocks: languages, lines, and no indentation of the list item', () => {
  assert.equal(codeBlocks(text), [
    { language: 'sh', line: 9, text: 'echo 1\n  echo 2\n' },
    { language: '', line: 16, text: '[no](no.md)\n## no\n' },
  ]);
  assert.throws(() => codeBlocks('a\n```\nb'), /line 2 opens is not closed/);
});

test('sectionOf: up to the next heading', () => {
  assert.match(sectionOf(text, 'Two'), 'echo 1');
  assert.not.match(sectionOf(text, 'Two'), 'Three');
  assert.throws(() => sectionOf(text, 'Four'), /no heading/);
});

test('relativeLinks: none of code, none to other hosts', () => {
  assert.equal(relativeLinks(text), ['docs/x.md#y']);
});

test('anchorsOf: as hosts make them', () => {
  assert.equal([...anchorsOf(text)], ['one-a-b', 'two', 'three']);
});

test.run();
