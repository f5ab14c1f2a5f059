/** A part of a content: copied from the base, or (`from` null) new. */
interface Piece {
  readonly from: number | null;
  readonly length: number;
}

/** A part of a content that is replaced by something of another, or the same, length. Positions in bytes. */
export interface Replacement {
  readonly at: number;
  readonly removed: number;
  readonly inserted: Buffer;
}

/** Larger copies are understood by git alone (gitformat-pack(5); git itself writes none). */
const COPY_BYTES_MAX = 0x10000;
const INSERT_BYTES_MAX = 0x7f;

/**
 * How a content came from another one, kept up to date as it changes, so that a delta between the two is known and need
 * not be looked for.
 */
export class TreeDelta {
  readonly #baseLength: number;
  #pieces: Piece[];

  /** Of a content of so many bytes that is the base itself. */
  constructor(baseLength: number) {
    this.#baseLength = baseLength;
    this.#pieces = baseLength === 0 ? [] : [{ from: 0, length: baseLength }];
  }

  /** @param replacements in ascending order, with positions in the content as it is before all of them */
  replace(replacements: readonly Replacement[]): void {
    for (let at = replacements.length - 1; at >= 0; at--) this.#replace(replacements[at] as Replacement);
  }

  #replace({ at, removed, inserted }: Replacement): void {
    const pieces = this.#pieces;
    let index = 0;
    let start = 0;
    for (; index < pieces.length; index++) {
      const { length } = pieces[index] as Piece;
      if (start + length > at) break;
      start += length;
    }
    const made: Piece[] = [];
    const first = index;
    if (at > start) made.push(partOf(pieces[index] as Piece, 0, at - start));
    if (inserted.length > 0) made.push({ from: null, length: inserted.length });
    const end = at + removed;
    for (; index < pieces.length; index++) {
      const piece = pieces[index] as Piece;
      if (start + piece.length > end) {
        if (start >= end && index > first) break;
        made.push(partOf(piece, Math.max(0, end - start), piece.length));
        index++;
        break;
      }
      start += piece.length;
    }
    pieces.splice(first, index - first, ...made);
  }

  /** The delta (gitformat-pack(5)) that makes `content` of the base. */
  encode(content: Buffer): Buffer {
    const chunks: Buffer[] = [Buffer.from([...sizeBytes(this.#baseLength), ...sizeBytes(content.length)])];
    let at = 0;
    for (const { from, length } of this.#pieces) {
      if (from === null) chunks.push(...insertions(content.subarray(at, at + length)));
      else chunks.push(copies(from, length));
      at += length;
    }
    if (at !== content.length) throw new Error('The pieces of a delta do not make its content');
    return Buffer.concat(chunks);
  }
}

function partOf({ from }: Piece, start: number, end: number): Piece {
  return { from: from === null ? null : from + start, length: end - start };
}

/** Little endian, seven bits in each byte. */
function sizeBytes(size: number): number[] {
  const bytes: number[] = [];
  let rest = size;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return bytes;
}

function insertions(content: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < content.length; at += INSERT_BYTES_MAX) {
    const part = content.subarray(at, at + INSERT_BYTES_MAX);
    chunks.push(Buffer.from([part.length]), part);
  }
  return chunks;
}

function copies(from: number, length: number): Buffer {
  const bytes: number[] = [];
  for (let done = 0; done < length; done += COPY_BYTES_MAX) {
    const size = Math.min(COPY_BYTES_MAX, length - done);
    const offset = from + done;
    let command = 0x80;
    const numbers: number[] = [];
    const add = (value: number, bit: number) => {
      if (value === 0) return;
      command |= bit;
      numbers.push(value);
    };
    for (let byte = 0; byte < 4; byte++) add((offset >>> (8 * byte)) & 0xff, 1 << byte);
    // A size of 0 stands for the largest.
    for (let byte = 0; byte < 2; byte++) add((size >>> (8 * byte)) & 0xff, 0x10 << byte);
    bytes.push(command, ...numbers);
  }
  return Buffer.from(bytes);
}
