import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lines } from './lines.ts';

async function* chunked(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length] as number;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function collect(chunks: AsyncIterable<Buffer>, lineBytesMax = 1_000_000): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines(chunks, lineBytesMax)) found.push(line);
  return found;
}

test('lines gives the same lines however the bytes are cut, and keeps characters whole', async () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\n', ''));
  const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.array(line), sizes, async (wanted, cuts) => {
      const bytes = Buffer.from(wanted.map((text) => `${text}\n`).join(''));
      assert.equal(await collect(chunked(bytes, cuts)), wanted);
    }),
  );
});

test('lines drops an unfinished last line', async () => {
  const cases: [string, string[]][] = [
    ['', []],
    ['cut', []],
    ['a\ncut', ['a']],
    ['a\n\nb\n', ['a', '', 'b']],
    ['{"a":"é', []],
  ];
  for (const [text, wanted] of cases) {
    for (const size of [1, 2, 100]) assert.equal(await collect(chunked(Buffer.from(text), [size])), wanted);
  }
});

test('lines refuses a line that is longer than the limit, in one chunk or in many', async () => {
  for (const size of [1, 3, 10, 100]) {
    assert.equal(await collect(chunked(Buffer.from('1234567890\nab\n'), [size]), 10), ['1234567890', 'ab']);
    for (const text of ['12345678901\n', '12345678901', 'ab\n12345678901\n']) {
      const error = await collect(chunked(Buffer.from(text), [size]), 10).catch((thrown) => thrown);
      assert.instance(error, RangeError, `${text} by ${size}`);
    }
  }
});

test('lines reads no further while its consumer works on a line', async () => {
  let read = 0;
  async function* source(): AsyncGenerator<Buffer> {
    for (; ; read++) yield Buffer.from('one\ntwo\n');
  }
  const found = lines(source(), 100);
  for (const [line, readSoFar] of [
    ['one', 0],
    ['two', 0],
    ['one', 1],
  ] as const) {
    assert.is((await found.next()).value, line);
    await new Promise((resolve) => setImmediate(resolve));
    assert.is(read, readSoFar);
  }
  await found.return(undefined);
});

test.run();
