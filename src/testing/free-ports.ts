import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/**
 * `count` different ports of 127.0.0.1 that nobody listens on now.
 * Another process may take one before its user does; who uses them tries again with others then.
 */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
