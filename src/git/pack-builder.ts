import { hash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import type { ObjectFormat } from './blob-sha.ts';

export type PackedType = 'commit' | 'tree' | 'blob';

/** Where an object stands in a pack that is being made. */
export interface Packed {
  readonly offset: number;
  /** Objects that have to be read for this one, other than itself. */
  readonly depth: number;
}

/** A pack and its index (gitformat-pack(5)), as they go to disk. */
export interface MadePack {
  /** `pack-<hash>` */
  readonly name: string;
  readonly pack: Buffer;
  readonly index: Buffer;
}

const typeNumbers = { commit: 1, tree: 2, blob: 3 } as const;
const OFS_DELTA = 6;
const HEADER_BYTES = 12;
const FIRST_BYTES = 64 * 1024;
/** zlib's own state costs more than the content of most objects: it is kept small for those up to this size. */
const SMALL_BYTES = 4096;
/** At most so much larger does a short content get; zlib takes no less than this for a chunk. */
const DEFLATED_MORE_BYTES = 64;
const STORED_BLOCK_BYTES_MAX = 0xffff;
/** Offsets in the index have 31 bits; batches are far below. */
const PACK_BYTES_MAX = 2 ** 31 - 1;

/** Puts objects together to a pack, in memory. */
export class PackBuilder {
  readonly #format: ObjectFormat;
  readonly #objects = new Map<string, Packed & { readonly crc: number }>();
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #length = HEADER_BYTES;

  constructor(format: ObjectFormat) {
    this.#format = format;
  }

  get size(): number {
    return this.#objects.size;
  }

  find(sha: string): Packed | undefined {
    return this.#objects.get(sha);
  }

  /** Adds an object, unless it is there. Contents that do not get smaller are better `stored`. */
  add(type: PackedType, sha: string, content: Buffer, how: 'deflated' | 'stored'): Packed {
    const known = this.#objects.get(sha);
    if (known !== undefined) return known;
    const packed = how === 'stored' ? stored(content) : deflated(content);
    return this.#add(sha, header(typeNumbers[type], content.length), packed, 0);
  }

  /** Adds an object that is made of another one of this pack. It must not be there. */
  addDelta(sha: string, base: Packed, delta: Buffer): Packed {
    const start = [...header(OFS_DELTA, delta.length), ...distance(this.#length - base.offset)];
    return this.#add(sha, start, stored(delta), base.depth + 1);
  }

  #add(sha: string, start: readonly number[], packed: Buffer, depth: number): Packed {
    const offset = this.#length;
    const end = offset + start.length + packed.length;
    if (end > PACK_BYTES_MAX) throw new RangeError('A pack gets too large');
    this.#reserve(end);
    for (let at = 0; at < start.length; at++) this.#bytes[offset + at] = start[at] as number;
    packed.copy(this.#bytes, offset + start.length);
    this.#length = end;
    const object = { offset, depth, crc: crc32(this.#bytes.subarray(offset, end)) };
    this.#objects.set(sha, object);
    return object;
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(bytes, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }

  /** The whole of it. Nothing may be added any more. */
  finish(): MadePack {
    const shaBytes = this.#format === 'sha1' ? 20 : 32;
    this.#reserve(this.#length + shaBytes);
    const pack = this.#bytes.subarray(0, this.#length + shaBytes);
    pack.write('PACK', 0, 'latin1');
    pack.writeUInt32BE(2, 4);
    pack.writeUInt32BE(this.#objects.size, 8);
    const checksum = hash(this.#format, pack.subarray(0, this.#length), 'hex');
    pack.write(checksum, this.#length, 'hex');
    return { name: `pack-${checksum}`, pack, index: this.#index(checksum, shaBytes) };
  }

  /** Version 2: how many names begin with each byte or less; names; checksums; offsets; those of pack and index. */
  #index(checksum: string, shaBytes: number): Buffer {
    const names = [...this.#objects.keys()].sort();
    const count = names.length;
    const index = Buffer.alloc(8 + 256 * 4 + count * (shaBytes + 8) + 2 * shaBytes);
    index.writeUInt32BE(0xff744f63, 0);
    index.writeUInt32BE(2, 4);
    const namesAt = 8 + 256 * 4;
    const crcsAt = namesAt + count * shaBytes;
    const offsetsAt = crcsAt + count * 4;
    const endsAt = offsetsAt + count * 4;
    names.forEach((name, at) => {
      const object = this.#objects.get(name);
      if (object === undefined) return;
      index.write(name, namesAt + at * shaBytes, 'hex');
      index.writeUInt32BE(object.crc, crcsAt + at * 4);
      index.writeUInt32BE(object.offset, offsetsAt + at * 4);
    });
    for (let byte = 0, at = 0; byte < 256; byte++) {
      while (at < count && (index[namesAt + at * shaBytes] as number) <= byte) at++;
      index.writeUInt32BE(at, 8 + byte * 4);
    }
    index.write(checksum, endsAt, 'hex');
    index.write(hash(this.#format, index.subarray(0, endsAt + shaBytes), 'hex'), endsAt + shaBytes, 'hex');
    return index;
  }
}

/** Type and size: four bits of the size in the first byte, then seven in each. */
function header(type: number, size: number): number[] {
  const bytes: number[] = [];
  let byte = (type << 4) | (size & 0x0f);
  for (let rest = Math.floor(size / 0x10); ; rest = Math.floor(rest / 0x80)) {
    if (rest === 0) break;
    bytes.push(byte | 0x80);
    byte = rest & 0x7f;
  }
  bytes.push(byte);
  return bytes;
}

/** How far back the base is: big endian, seven bits in each byte, each but the last one less. */
function distance(bytes: number): number[] {
  const digits = [bytes & 0x7f];
  for (let rest = Math.floor(bytes / 0x80); rest > 0; rest = Math.floor(rest / 0x80)) {
    rest -= 1;
    digits.unshift((rest & 0x7f) | 0x80);
  }
  return digits;
}

function deflated(content: Buffer): Buffer {
  if (content.length > SMALL_BYTES) return deflateSync(content, { level: 1 });
  // Room for what it becomes: by default zlib gets 16 KiB anew each time, which the garbage collector has to find.
  const chunkSize = content.length + DEFLATED_MORE_BYTES;
  return deflateSync(content, { level: 1, memLevel: 4, windowBits: 12, chunkSize });
}

/** As zlib would write it at level 0 (RFC 1950, RFC 1951 3.2.4); for a short content without asking zlib. */
export function stored(content: Buffer): Buffer {
  const { length } = content;
  if (length > SMALL_BYTES) return deflateSync(content, { level: 0, chunkSize: length + FIRST_BYTES });
  const bytes = Buffer.allocUnsafe(length + 11);
  bytes.writeUInt16BE(0x7801, 0);
  bytes[2] = 1;
  bytes.writeUInt16LE(length, 3);
  bytes.writeUInt16LE(STORED_BLOCK_BYTES_MAX - length, 5);
  content.copy(bytes, 7);
  bytes.writeUInt32BE(adler32(content), 7 + length);
  return bytes;
}

/** Of up to 4096 bytes: no sum gets beyond what is exact. */
function adler32(content: Buffer): number {
  let one = 1;
  let other = 0;
  for (let at = 0; at < content.length; at++) {
    one += content[at] as number;
    other += one;
  }
  return (other % 65521) * 0x10000 + (one % 65521);
}
