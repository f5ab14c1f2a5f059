import { inflateSync } from 'node:zlib';

/** A zlib header of two bytes, that of a block of five. */
const START_BYTES = 7;

/** The least room that zlib takes. */
const ROOM_BYTES_MIN = 64;

/**
 * The content of what zlib made; what follows is ignored. What is one block as it is (RFC 1951, 3.2.4) is found without
 * zlib, whose beginning costs more than most contents.
 *
 * @param bytesMax what comes of it, if that is known
 */
export function inflate(bytes: Buffer, bytesMax = bytes.length * 2): Buffer {
  if (bytes[2] === 1) return Buffer.from(bytes.subarray(START_BYTES, START_BYTES + bytes.readUInt16LE(3)));
  return inflateSync(bytes, { chunkSize: Math.max(ROOM_BYTES_MIN, bytesMax + 1) });
}
