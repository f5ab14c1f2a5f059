/** A value as it may stand in a text, and what that spelling is called. */
export interface Spelling {
  readonly how: string;
  readonly bytes: Buffer;
}

/**
 * How a value may be written: as it is, as JSON or a URL writes it, in hexadecimal, and in base64 or base64url at each
 * of the three places that it can have in what is encoded. In what may begin or go on differently, only the digits
 * that depend on nothing else count.
 */
export function spellingsOf(value: string | Buffer): readonly Spelling[] {
  const bytes = Buffer.from(value);
  const text = bytes.toString('utf8');
  const hex = bytes.toString('hex');
  const written: [string, string | Buffer][] = [
    ['plain', bytes],
    ['JSON', JSON.stringify(text).slice(1, -1)],
    ['URL', encodeURIComponent(text)],
    ['hex', hex],
    ['HEX', hex.toUpperCase()],
  ];
  for (const before of [0, 1, 2]) {
    for (const encoding of ['base64', 'base64url'] as const) {
      const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString(encoding);
      const from = Math.ceil((before * 8) / 6);
      const to = Math.floor(((before + bytes.length) * 8) / 6);
      written.push([`${encoding} after ${before} bytes`, whole.slice(from, to)]);
    }
  }
  const seen = new Set<string>();
  return written.flatMap(([how, spelled]) => {
    const spelledBytes = Buffer.from(spelled);
    const key = spelledBytes.toString('latin1');
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ how, bytes: spelledBytes }];
  });
}
