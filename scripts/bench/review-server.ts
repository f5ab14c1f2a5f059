/**
 * The webhook server in a process of its own, as the operator runs it: the real server, the real reduction to evidence,
 * the real store. The parent sends the certificate, gets the port, and asks for what was used.
 */

import type { KeyAndCertificate } from '../../src/certificates/serving-certificate.ts';
import { systemClock } from '../../src/clock.ts';
import { EvidenceStore } from '../../src/identify/evidence-store.ts';
import { evidenceOf } from '../../src/identify/review.ts';
import { silentLog } from '../../src/log.ts';
import { startWebhookServer } from '../../src/server/webhook-server.ts';

/** What the process used so far. */
export interface Usage {
  /** Of all its threads: what compiles and what collects garbage too. */
  readonly cpuMs: number;
  readonly reviews: number;
  readonly evidence: number;
  readonly rssBytes: number;
}

const store = new EvidenceStore(systemClock);
let reviews = 0;

process.on('message', async (message: { readonly certificate: KeyAndCertificate } | 'usage') => {
  if (message === 'usage') {
    const { user, system } = process.cpuUsage();
    const rssBytes = process.memoryUsage.rss();
    const usage: Usage = { cpuMs: (user + system) / 1_000, reviews, evidence: store.size.waiting, rssBytes };
    process.send?.(usage);
    return;
  }
  const server = await startWebhookServer({
    listen: { host: '127.0.0.1', port: 0 },
    certificate: message.certificate,
    handlers: {
      '/who': {
        onError: 'allow',
        handle: (request) => {
          const evidence = evidenceOf(request, systemClock.now());
          if (!('ignored' in evidence)) store.record(evidence);
          return { allowed: true };
        },
      },
    },
    metrics: { reviewed: () => void reviews++, refused: () => {} },
    log: silentLog,
  });
  process.send?.({ port: server.port });
});
process.on('disconnect', () => process.exit());
