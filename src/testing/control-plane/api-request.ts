import { request } from 'node:https';
import { limits } from './limits.ts';

export interface ApiRequest {
  readonly url: string;
  readonly ca: Buffer;
  readonly token: string;
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
}

export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
}

/** One request to the API server. Throws when there is no answer in time. */
export function apiRequest({ url, ca, token, method = 'GET', body }: ApiRequest): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = request(url, { ca, method, headers, timeout: limits.requestMs }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
    sent.on('timeout', () => sent.destroy(new Error(`No answer from ${url} in ${limits.requestMs} ms`)));
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
