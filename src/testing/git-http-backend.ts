import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gitEnvironment } from './git-environment.ts';

/** Header lines of a CGI answer end with an empty line. */
const headerEnd = /\r?\n\r?\n/;
const headerBytesMax = 16 * 1024;

/** Answer a request with git's own smart HTTP server, run as CGI. Repositories are named by their absolute path. */
export function gitHttpBackend(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const { headers } = request;
  const backend = spawn('git', ['-c', 'http.receivepack=true', 'http-backend'], {
    env: {
      ...gitEnvironment(),
      GIT_PROJECT_ROOT: '/',
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: headers['content-type'] ?? '',
      ...(headers['content-length'] ? { CONTENT_LENGTH: headers['content-length'] } : {}),
      ...(headers['content-encoding'] ? { HTTP_CONTENT_ENCODING: headers['content-encoding'] } : {}),
      ...(headers['git-protocol'] ? { GIT_PROTOCOL: String(headers['git-protocol']) } : {}),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  backend.on('error', () => response.destroy());
  // The backend may answer before it has read the whole request.
  backend.stdin.on('error', () => {});
  response.on('close', () => backend.kill());
  request.pipe(backend.stdin);

  let head: Buffer | undefined = Buffer.alloc(0);
  backend.stdout.on('data', (chunk: Buffer) => {
    if (head === undefined) {
      if (!response.write(chunk)) {
        backend.stdout.pause();
        response.once('drain', () => backend.stdout.resume());
      }
      return;
    }
    head = Buffer.concat([head, chunk]);
    const text = head.toString('latin1');
    const end = headerEnd.exec(text);
    if (end === null) {
      if (head.length > headerBytesMax) response.destroy();
      return;
    }
    response.writeHead(...parseHead(text.slice(0, end.index)));
    const rest = head.subarray(end.index + end[0].length);
    head = undefined;
    if (rest.length > 0) response.write(rest);
  });
  backend.stdout.on('end', () => {
    if (head === undefined) response.end();
    else response.destroy();
  });
}

/** Status and headers of a CGI answer; without a `Status:` line it is 200. */
function parseHead(text: string): [number, Record<string, string>] {
  let status = 200;
  const headers: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else if (name !== '') headers[name] = value;
  }
  return [status, headers];
}
