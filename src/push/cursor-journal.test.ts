import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withTempDir } from '../testing/temp-dir.ts';
import {
  applyMarks,
  type CursorDocument,
  decodeDocument,
  emptyDocument,
  encodeDocument,
  withForeign,
} from './cursor-document.ts';
import { CursorJournal } from './cursor-journal.ts';
import { pushLimits } from './push-limits.ts';

const by = {
  sha: 'f'.repeat(40),
  committerEmail: 'bob@example.com',
  committedAtMs: 5_000,
  authoredAtMs: 4_000,
};
const nowhere = { head: null, document: emptyDocument };

/** Documents one after the other, with keys that come, change and go. */
function history(length: number): { head: string; document: CursorDocument }[] {
  let document = emptyDocument;
  return Array.from({ length }, (_, at) => {
    const gone = at % 7 === 3 ? null : `${at}`;
    document = applyMarks(document, [
      { owner: `o${at % 3}`, key: `k${at % 5}`, position: gone },
      { owner: '__proto__', key: 'constructor', position: `${at}` },
    ]);
    if (at % 2 === 0) document = withForeign(document, [[`p${at % 4}`, by]], [`p${(at + 1) % 4}`]);
    return { head: `${at}`, document };
  });
}

test('CursorJournal tells the document of each head, also in another process', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'a', 'journal.jsonl');
    const journal = new CursorJournal(path);
    const entries = history(60);
    let present: Parameters<CursorJournal['append']>[1] = nowhere;
    for (const entry of entries) {
      await journal.append(entry, present);
      present = entry;
    }
    for (const { head, document } of entries)
      assert.equal(await new CursorJournal(path).read(head), document, head);
    assert.is(await new CursorJournal(path).read('none'), null);
    assert.is(await new CursorJournal(join(dir, 'missing')).read('1'), null);
  }));

test('CursorJournal never tells a wrong document, wherever its last lines are cut off', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'journal.jsonl');
    const journal = new CursorJournal(path);
    const entries = history(6);
    let present: Parameters<CursorJournal['append']>[1] = nowhere;
    for (const entry of entries) {
      await journal.append(entry, present);
      present = entry;
    }
    const whole = await readFile(path);
    for (let length = whole.length; length > 0; length -= 7) {
      await truncate(path, length);
      for (const { head, document } of entries) {
        const read = await new CursorJournal(path).read(head);
        if (read !== null) assert.equal(read, document);
      }
    }
    // A line in the middle is broken: what follows differs from something unknown.
    const lines = whole.toString().split('\n');
    await writeFile(path, [...lines.slice(0, 3), '\0\0\0', ...lines.slice(4)].join('\n'));
    assert.is(await new CursorJournal(path).read('5'), null);
    assert.equal(await new CursorJournal(path).read('1'), entries[1]?.document);
  }));

test('CursorJournal goes on behind a line that was cut off, and after a commit that was not made', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'journal.jsonl');
    const [first, second, third] = history(3);
    if (first === undefined || second === undefined || third === undefined) return assert.unreachable();
    const journal = new CursorJournal(path);
    await journal.append(first, nowhere);
    await journal.append(second, first);
    // `second` never became the head.
    await journal.append(third, first);
    assert.equal(await new CursorJournal(path).read(third.head), third.document);
    await appendFile(path, '{"number":5,"he');
    const next = new CursorJournal(path);
    assert.equal(await next.read(first.head), first.document);
    await next.append(third, first);
    assert.equal(await new CursorJournal(path).read(third.head), third.document);
    assert.equal(await new CursorJournal(path).read(first.head), first.document);
  }));

test('CursorJournal is written anew when it has grown', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'journal.jsonl');
    const journal = new CursorJournal(path);
    let present: { head: string | null; document: CursorDocument } = nowhere;
    for (let at = 0; at < 700; at++) {
      const position = 'x'.repeat(3_000) + String(at);
      const document = applyMarks(present.document, [{ owner: 'o', key: 'k', position }]);
      const entry = { head: `${at}`, document };
      await journal.append(entry, present);
      present = entry;
    }
    assert.ok((await readFile(path)).length < pushLimits.journalBytesMin + 10_000);
    assert.equal(await new CursorJournal(path).read('699'), present.document);
  }));

test('applyMarks and withForeign keep within their bounds', () => {
  const marks = (count: number, owner: string) =>
    Array.from({ length: count }, (_, at) => ({ owner, key: `${at}`, position: '1' }));
  const many = applyMarks(emptyDocument, marks(pushLimits.cursorKeysMax + 5, 'o'));
  assert.is(many.owners.get('o')?.size, pushLimits.cursorKeysMax);
  const long = applyMarks(many, [{ owner: 'o', key: '1', position: 'x'.repeat(5_000) }]);
  assert.is(long.owners.get('o')?.has('1'), false);
  assert.is(many.owners.get('o')?.get('1'), '1');
  const paths = Array.from({ length: pushLimits.foreignPathsMax + 2 }, (_, at) => [`${at}`, by] as const);
  const foreign = withForeign(emptyDocument, paths, []).foreign;
  assert.is(foreign.size, pushLimits.foreignPathsMax);
  assert.ok(foreign.has(`${pushLimits.foreignPathsMax + 1}`));
  assert.is(withForeign(emptyDocument, [], ['a']), emptyDocument);
});

test('decodeDocument reads what encodeDocument wrote, and nothing else', () => {
  const document = history(20).at(-1)?.document ?? emptyDocument;
  assert.equal(decodeDocument(encodeDocument(document)), document);
  for (const text of ['', 'x', 'null', '{}', '{"version":2,"owners":[],"foreign":[]}', '{"version":1}'])
    assert.is(decodeDocument(Buffer.from(text)), null, text);
  for (const owners of ['[["o",[["k",1]]]]', '[[1,[]]]', '{"o":1}', '[["o",[[null,"1"]]]]'])
    assert.is(decodeDocument(Buffer.from(`{"version":1,"owners":${owners},"foreign":[]}`)), null, owners);
});

test.run();
