const NEWLINE = 0x0a;

/**
 * Split a stream of bytes into lines of UTF-8 text, without the newline.
 *
 * Works on bytes, so a character that two chunks share stays whole. The consumer sets the pace: nothing is read
 * while it works on a line, which is what pauses the socket under load. An unfinished last line is dropped: in
 * a watch it is an event that was cut off, and it comes again after the reconnect.
 * Throws `RangeError` when a line exceeds `lineBytesMax`.
 */
export async function* lines(chunks: AsyncIterable<Buffer>, lineBytesMax: number): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const piece = chunk.subarray(start, end);
      start = end + 1;
      if (restBytes + piece.length > lineBytesMax) throw tooLong(lineBytesMax);
      if (restBytes === 0) {
        yield piece.toString('utf8');
      } else {
        rest.push(piece);
        yield Buffer.concat(rest).toString('utf8');
        rest = [];
        restBytes = 0;
      }
    }
    if (start < chunk.length) {
      rest.push(chunk.subarray(start));
      restBytes += chunk.length - start;
      if (restBytes > lineBytesMax) throw tooLong(lineBytesMax);
    }
  }
}

function tooLong(lineBytesMax: number): RangeError {
  return new RangeError(`A line is longer than ${lineBytesMax} bytes`);
}
