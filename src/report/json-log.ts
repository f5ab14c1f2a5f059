import { pino } from 'pino';
import type { Log, LogFields } from '../log.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A log that writes one JSON object a line to standard error, from `level` up. */
export function createJsonLog(level: LogLevel): Log {
  const base = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ fd: 2, sync: true }),
  );
  return wrap(base);
}

function wrap(logger: pino.Logger): Log {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) =>
    logger[level](fields ?? {}, message);
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (fields) => wrap(logger.child(fields)),
  };
}
