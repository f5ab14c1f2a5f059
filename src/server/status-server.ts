import http from 'node:http';
import Koa from 'koa';
import type { Metrics } from '../report/metrics.ts';
import { listen } from './listen.ts';
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
  address: ListenAddress,
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
  const port = await listen(server, address, 'metrics (--metrics-listen)');
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
