const SCRATCH_BYTES = 4_096;
/** Most bytes that a UTF-16 unit takes as UTF-8. */
const UTF8_BYTES_MAX = 3;
const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

/**
 * The same text on its own. What was cut out of a longer text keeps that in memory as a whole: a listing for one of its
 * names.
 */
export function ownText(text: string): string {
  // Without a buffer for each of tens of thousands of names.
  const bytes =
    text.length * UTF8_BYTES_MAX <= SCRATCH_BYTES
      ? scratch
      : Buffer.allocUnsafe(text.length * UTF8_BYTES_MAX);
  const own = bytes.toString('utf8', 0, bytes.write(text, 'utf8'));
  // Half of a surrogate pair has no UTF-8.
  return own === text ? own : text;
}
