import type { Log, LogFields } from '../../log.ts';

/** Characters of lines that are kept; a test that logs more fails rather than forgets. */
const KEPT_CHARS_MAX = 16 * 1024 * 1024;

/** A log of the product's parts in a test, of every level, so that it can be searched. */
export interface KeptLog extends Log {
  /** What was logged, a line each. */
  text(): string;
}

/** Nothing is shown; all is kept, errors with what they say. */
export function keptLog(): KeptLog {
  const lines: string[] = [];
  let chars = 0;
  const logWith = (always: LogFields): Log => {
    const keep = (message: string, fields: LogFields = {}) => {
      const line = searchableText({ message, ...always, ...fields });
      chars += line.length;
      if (chars > KEPT_CHARS_MAX) throw new Error(`More than ${KEPT_CHARS_MAX} characters were logged`);
      lines.push(line);
    };
    return {
      debug: keep,
      info: keep,
      warn: keep,
      error: keep,
      with: (fields) => logWith({ ...always, ...fields }),
    };
  };
  return { ...logWith({}), text: () => lines.join('\n') };
}

/** JSON of anything, with what errors say, and with what maps, sets and buffers hold. */
export function searchableText(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, child: unknown) {
    // It comes as the list of its numbers.
    const own = this[key];
    if (Buffer.isBuffer(own)) return own.toString('latin1');
    if (child instanceof Error) {
      const { message, stack, cause } = child;
      return { ...child, message, stack, cause };
    }
    if (child instanceof Map || child instanceof Set) return [...child];
    return typeof child === 'bigint' ? child.toString() : child;
  });
}
