import http from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { CodedError } from '../errors.ts';
import type { Metrics } from '../report/metrics.ts';
import type { ListenAddress } from './listen-address.ts';

export interface StatusServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serve `/metrics`, `/healthz` (the process answers) and `/readyz` (it does its work: 503 with the reason in the
 * body until then). Throws `InvalidSpec` when the address cannot be listened on.
 */
export async function startStatusServer(
  listen: ListenAddress,
  metrics: Metrics,
  notReadyReason: () => string | undefined,
): Promise<StatusServer> {
  const app = new Koa();
  app.use((ctx) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') ctx.throw(405);
    switch (ctx.path) {
      case '/metrics':
        ctx.respond = false;
        metrics.handleScrape(ctx.req, ctx.res);
        return;
      case '/healthz':
        ctx.body = 'ok\n';
        return;
      case '/readyz': {
        const reason = notReadyReason();
        ctx.status = reason === undefined ? 200 : 503;
        ctx.body = `${reason ?? 'ok'}\n`;
        return;
      }
    }
  });
  const server = http.createServer(app.callback());
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new CodedError(
          'InvalidSpec',
          `Cannot listen on ${listen.host}:${listen.port} for metrics: ${error.message}`,
        ),
      ),
    );
    server.listen(listen.port, listen.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
