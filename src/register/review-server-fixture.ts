import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Judgement } from '../admit/review.ts';
import { makeTestCertificates } from '../testing/test-certificates.ts';

/** The `request` of an AdmissionReview. */
// biome-ignore lint/suspicious/noExplicitAny: JSON of the API server, read by path in tests
export type ReviewedRequest = any;

/** A webhook server of a test: TLS, no limits, answers what the test says. */
export interface ReviewServer {
  readonly url: string;
  readonly ca: string;
  /** Every request so far, with the path on which it came. */
  readonly reviews: { readonly path: string; readonly request: ReviewedRequest }[];
  close(): Promise<void>;
}

/** Start a webhook server on loopback. Default answer: allowed. */
export async function startReviewServer(
  answer: (path: string, request: ReviewedRequest) => Promise<Judgement> | Judgement = () => ({
    allowed: true,
  }),
): Promise<ReviewServer> {
  const { ca, cert, key } = await makeTestCertificates();
  const reviews: { path: string; request: ReviewedRequest }[] = [];
  const server = createServer({ cert, key }, async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const { request } = JSON.parse(Buffer.concat(chunks).toString());
    const path = new URL(incoming.url ?? '/', 'https://server').pathname;
    reviews.push({ path, request });
    const body = {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: request.uid, ...(await answer(path, request)) },
    };
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca,
    reviews,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
