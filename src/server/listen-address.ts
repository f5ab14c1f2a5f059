import { CodedError } from '../errors.ts';

/** Where a server listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Read `HOST:PORT`, `[::1]:8080` or `:8080` (every address, of IPv6 and IPv4: the host `::`). Throws `InvalidSpec`. */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:]*)):(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups?.port);
  if (match === null || port > 65_535) {
    throw new CodedError(
      'InvalidSpec',
      `"${text}" is not an address to listen on: write HOST:PORT, such as 127.0.0.1:8080, or :8080 for every address`,
    );
  }
  return { host: match.groups?.v6 ?? (match.groups?.host || '::'), port };
}

/** As `parseListenAddress` reads it. */
export function showListenAddress({ host, port }: ListenAddress): string {
  return host === '::' ? `:${port}` : `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
