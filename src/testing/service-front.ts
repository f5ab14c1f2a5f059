import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A backend: where it listens on 127.0.0.1, and where it says whether it is ready. */
export interface Backend {
  readonly port: number;
  readonly readyUrl: string;
}

/** Stands for a Service: a port of 127.0.0.1 that leads each new connection to one of the ready backends. */
export interface ServiceFront {
  readonly port: number;
  setBackends(backends: readonly Backend[]): void;
  /** Ports of the backends that new connections go to. */
  ready(): readonly number[];
  stop(): Promise<void>;
}

const PROBE_TIMEOUT_MS = 1_000;

/**
 * Start a front that asks its backends every `probeMs` whether they are ready, as a kubelet would. Open connections
 * stay where they are, as with kube-proxy. Whoever starts it stops it.
 */
export async function startServiceFront(probeMs: number): Promise<ServiceFront> {
  let backends: readonly Backend[] = [];
  let ready: readonly number[] = [];
  let turn = 0;
  const open = new Set<Socket>();
  const listener = createServer((client) => {
    const port = ready[turn++ % Math.max(1, ready.length)];
    if (port === undefined) {
      client.destroy();
      return;
    }
    const server = connect({ port, host: '127.0.0.1' });
    for (const socket of [client, server]) {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    }
    // What ends on the one side ends on the other. Not by a reset: one that meets a half-closed socket leaves it open for ever.
    client.on('error', () => server.destroy());
    server.on('error', () => client.destroy());
    client.pipe(server).pipe(client);
  });
  const probe = async () => {
    const answers = await Promise.all(
      backends.map(async ({ port, readyUrl }) => {
        const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
        const response = await fetch(readyUrl, { signal }).catch(() => undefined);
        await response?.body?.cancel();
        return response?.status === 200 ? [port] : [];
      }),
    );
    ready = answers.flat();
  };
  const timer = setInterval(probe, probeMs);
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    setBackends(next) {
      backends = next;
    },
    ready: () => ready,
    async stop() {
      clearInterval(timer);
      const closed = once(listener, 'close');
      listener.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
