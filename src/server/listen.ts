import type { AddressInfo, Server } from 'node:net';
import { CodedError } from '../errors.ts';
import { type ListenAddress, showListenAddress } from './listen-address.ts';

/**
 * Let a server listen, and return its port. On `::` it is reached by IPv6 and IPv4; on a machine without IPv6, where
 * that address cannot be had, by IPv4 (https://nodejs.org/docs/latest-v20.x/api/net.html#serverlistenport-host-backlog-callback).
 *
 * @param purpose what is served, for the message
 * Throws `InvalidSpec` when the address cannot be listened on.
 */
export function listen(server: Server, address: ListenAddress, purpose: string): Promise<number> {
  const { host, port } = address;
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new CodedError(
          'InvalidSpec',
          `Cannot listen on ${showListenAddress(address)} for ${purpose}: ${error.message}. It has to be an address of this machine that no other program listens on`,
        ),
      ),
    );
    server.listen({ port, ...(host === '::' ? {} : { host }) }, () =>
      resolve((server.address() as AddressInfo).port),
    );
  });
}
