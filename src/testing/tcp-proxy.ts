import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** How the network behaves. */
export type NetworkBehaviour =
  | { readonly kind: 'normal' }
  /** A connection is reset once it has carried so many bytes to the server since then (or since it was opened). */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** Connections are taken, and nothing is carried, in neither direction; what was said goes on afterwards. */
  | { readonly kind: 'stall' }
  /** Connections are reset, and nobody listens. */
  | { readonly kind: 'refuse' };

/** A proxy on a port of 127.0.0.1, in the place of a network that fails. */
export interface TcpProxy {
  readonly port: number;
  /** From now on, also for the connections that are open. */
  behave(behaviour: NetworkBehaviour): Promise<void>;
  /** Connections that were reset in the middle. */
  cuts(): number;
  /** Bytes carried to the server so far. */
  bytes(): number;
  stop(): Promise<void>;
}

interface Carried {
  readonly client: Socket;
  readonly server: Socket;
  /** To the server, since the behaviour began. */
  bytes: number;
}

/** Start a proxy to a port of 127.0.0.1. Whoever starts it stops it. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  let behaviour: NetworkBehaviour = { kind: 'normal' };
  const open = new Set<Carried>();
  let cuts = 0;
  let bytes = 0;

  const reset = (carried: Carried) => {
    open.delete(carried);
    // A reset that meets an end which is still being sent fails (EINVAL), and leaves the handle open for ever.
    if (carried.client.writableEnded) carried.client.destroy();
    else carried.client.resetAndDestroy();
    carried.server.destroy();
  };
  const setFlow = ({ client, server }: Carried) => {
    for (const socket of [client, server]) {
      if (behaviour.kind === 'stall') socket.pause();
      else socket.resume();
    }
  };
  const listener = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    const carried: Carried = { client, server, bytes: 0 };
    open.add(carried);
    // A server that is not there looks like one behind a network that is not there.
    for (const socket of [client, server]) socket.on('error', () => reset(carried));
    carry(client, server, (chunk) => {
      bytes += chunk.length;
      carried.bytes += chunk.length;
      if (behaviour.kind !== 'cut' || carried.bytes < behaviour.afterBytes) return true;
      // What came before the cut arrives: a server may act on what its client never hears the end of.
      server.write(chunk.subarray(0, Math.max(0, chunk.length - (carried.bytes - behaviour.afterBytes))));
      cuts += 1;
      reset(carried);
      return false;
    });
    carry(server, client, () => true);
    setFlow(carried);
    client.on('close', () => {
      open.delete(carried);
      server.destroy();
    });
    server.on('close', () => client.end());
  });
  const listen = async (port: number) => {
    listener.listen(port, '127.0.0.1');
    await once(listener, 'listening');
  };
  const refuse = async () => {
    const closed = listener.listening ? once(listener, 'close') : undefined;
    listener.close();
    for (const carried of [...open]) reset(carried);
    await closed;
  };
  await listen(0);
  const { port } = listener.address() as AddressInfo;
  return {
    port,
    async behave(next) {
      behaviour = next;
      for (const carried of open) carried.bytes = 0;
      if (next.kind === 'refuse') return refuse();
      if (!listener.listening) await listen(port);
      for (const carried of open) setFlow(carried);
    },
    cuts: () => cuts,
    bytes: () => bytes,
    stop: refuse,
  };
}

/** Carry what `from` says to `to`, as fast as it is taken; `isCarried` may keep a chunk back. */
function carry(from: Socket, to: Socket, isCarried: (chunk: Buffer) => boolean): void {
  from.on('data', (chunk: Buffer) => {
    if (!isCarried(chunk) || to.destroyed || to.write(chunk)) return;
    from.pause();
    to.once('drain', () => from.resume());
  });
  from.on('end', () => to.end());
}
