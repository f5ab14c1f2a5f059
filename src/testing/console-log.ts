import type { Log, LogFields } from '../log.ts';

/** A log for a person at a terminal: the message, then its fields; debug lines are left out. */
export function consoleLog(
  write: (line: string) => void = (line) => void process.stderr.write(`${line}\n`),
  always: LogFields = {},
): Log {
  const print = (message: string, fields: LogFields = {}) => {
    const pairs = Object.entries({ ...always, ...fields }).map(([key, value]) => `${key}=${String(value)}`);
    write([message, ...pairs].join(' '));
  };
  return {
    debug() {},
    info: print,
    warn: print,
    error: print,
    with: (fields) => consoleLog(write, { ...always, ...fields }),
  };
}
