import { CodedError, messageOf } from '../errors.ts';
import type { KubeClient } from './client.ts';
import { codeOfStatus } from './client.ts';
import { isJsonObject, parseJson } from './json.ts';
import { lines } from './lines.ts';
import type { KubeObject } from './object.ts';
import { type ApiResource, restPath } from './resource.ts';

/** One line of a watch. */
export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  /** Nothing changed, but everything up to this version was sent: where to resume. */
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

/** The server ends each watch after a random time in this range, so that reconnects spread out. */
const WATCH_TIMEOUT_MIN_S = 240;
const WATCH_TIMEOUT_SPREAD_S = 240;
/** Beyond the server's own end of the watch, silence means that the connection is dead. */
const WATCH_IDLE_GRACE_MS = 30_000;
/** etcd stores at most 1.5 MiB an object by default; JSON escaping and managedFields stay far below this. */
const EVENT_BYTES_MAX = 32 * 1024 * 1024;

export interface WatchOptions {
  /** Default: all namespaces. */
  readonly namespace?: string;
  /** Such as `app=web`. Default: every object. */
  readonly labelSelector?: string;
  readonly signal?: AbortSignal;
  readonly onOpen?: () => void;
}

/**
 * Watch a resource from a version on: yields its events in the server's order until the server
 * ends the watch (a normal end: resume from the last version seen).
 *
 * Throws `CodedError`: `Gone` when the version is too old, `NotFound` when the resource is no longer served,
 * `ApiUnreachable` and others otherwise. The consumer sets the pace: while it works, the socket is paused.
 */
export async function* watchObjects(
  client: KubeClient,
  resource: ApiResource,
  resourceVersion: string,
  options: WatchOptions = {},
): AsyncGenerator<WatchEvent> {
  const timeoutS = WATCH_TIMEOUT_MIN_S + Math.floor(Math.random() * WATCH_TIMEOUT_SPREAD_S);
  const { namespace, labelSelector } = options;
  const path = restPath(resource, namespace === undefined ? {} : { namespace });
  const response = await client.stream(path, {
    query: {
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion,
      ...(labelSelector === undefined ? {} : { labelSelector }),
      timeoutSeconds: String(timeoutS),
    },
    idleMs: timeoutS * 1000 + WATCH_IDLE_GRACE_MS,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  options.onOpen?.();
  try {
    for await (const line of lines(response as AsyncIterable<Buffer>, EVENT_BYTES_MAX)) {
      if (line !== '') yield readEvent(line, path);
    }
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw new CodedError('ApiUnreachable', `WATCH ${path} broke off: ${messageOf(error)}`, { retry: true });
  } finally {
    response.destroy();
  }
}

/** Parse one line of a watch. Throws `CodedError` for in-stream errors and for what is not an event. */
export function readEvent(line: string, path: string): WatchEvent {
  let event: unknown;
  try {
    event = parseJson(line);
  } catch (error) {
    throw new CodedError('InvalidResponse', `WATCH ${path}: a line is not JSON: ${messageOf(error)}`, {
      retry: true,
    });
  }
  const { type, object } = (event ?? {}) as { type?: unknown; object?: KubeObject };
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      if (object?.metadata === undefined) break;
      return { type, object };
    case 'BOOKMARK':
      if (object?.metadata === undefined) break;
      return { type, resourceVersion: object.metadata.resourceVersion };
    case 'ERROR': {
      const status = isJsonObject(object as never) ? (object as { code?: number; message?: string }) : {};
      const code = codeOfStatus(status.code ?? 500);
      throw new CodedError(code, `WATCH ${path}: ${status.message ?? 'the server reported an error'}`, {
        retry: true,
      });
    }
  }
  throw new CodedError('InvalidResponse', `WATCH ${path}: unexpected event of type ${JSON.stringify(type)}`, {
    retry: true,
  });
}
