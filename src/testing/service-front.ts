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
  /** New connections go to none of these before it was seen to be ready: whoever needs one waits for `ready`. */
  setBackends(backends: readonly Backend[]): void;
  /** Ports of the backends that new connections go to. */
  ready(): readonly number[];
  stop(): Promise<void>;
}

const PROBE_TIMEOUT_MS = 1_000;

/**
 * Start a front that asks each of its backends every `probeMs` whether it is ready, as a kubelet would; one that does
 * not answer keeps no other from being seen. Open connections stay where they are, as with kube-proxy, and where no
 * backend is ready, there is nobody to connect to. Whoever starts it stops it.
 */
export async function startServiceFront(probeMs: number): Promise<ServiceFront> {
  const probes = new Map<number, Probe>();
  const ready = () => [...probes].filter(([, probe]) => probe.isReady()).map(([port]) => port);
  let turn = 0;
  const open = new Set<Socket>();
  const listener = createServer((client) => {
    const ports = ready();
    const port = ports[turn++ % Math.max(1, ports.length)];
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
  const forget = (port: number) => {
    probes.get(port)?.stop();
    probes.delete(port);
  };
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    setBackends(backends) {
      for (const port of [...probes.keys()])
        if (!backends.some((backend) => backend.port === port)) forget(port);
      for (const { port, readyUrl } of backends)
        if (!probes.has(port)) probes.set(port, startProbe(readyUrl, probeMs));
    },
    ready,
    async stop() {
      for (const port of [...probes.keys()]) forget(port);
      const closed = once(listener, 'close');
      listener.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

interface Probe {
  isReady(): boolean;
  stop(): void;
}

/** Ask at once, and again so long after each answer; an answer that comes after `stop` counts no more. */
function startProbe(readyUrl: string, probeMs: number): Probe {
  let isReady = false;
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
    const response = await fetch(readyUrl, { signal }).catch(() => undefined);
    await response?.body?.cancel();
    if (isOver) return;
    isReady = response?.status === 200;
    timer = setTimeout(look, probeMs);
  };
  void look();
  return {
    isReady: () => isReady,
    stop() {
      isOver = true;
      clearTimeout(timer);
    },
  };
}
