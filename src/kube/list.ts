import { CodedError } from '../errors.ts';
import type { KubeClient } from './client.ts';
import { isJsonObject } from './json.ts';
import type { KubeObject } from './object.ts';
import { type ApiResource, apiVersionOf, restPath } from './resource.ts';

/** Objects of the first page, while nothing is known of their size. */
export const LIST_PAGE_OBJECTS = 100;
/**
 * Text of each later page, as near as its objects allow. A page is in memory as bytes, as text and as objects: pages of
 * several MB cost a multiple of that in memory that is never given back, and are not read faster.
 */
const PAGE_CHARS = 512 * 1024;
const PAGE_OBJECTS_MIN = 10;
const PAGE_OBJECTS_MAX = 500;
/** A paginated list that expires is begun again this often before one unpaginated list is asked for. */
const RESTARTS_MAX = 2;

export interface ListOptions {
  readonly namespace?: string;
  /** Such as `metadata.name=web`, which every resource supports. */
  readonly fieldSelector?: string;
  /** Such as `app=web`. Default: every object. */
  readonly labelSelector?: string;
  readonly signal?: AbortSignal;
  /** Objects of each page. Default: by their size. */
  readonly pageObjects?: number;
  /** Called when an expired list begins again: what was handed to `onItem` so far is void. */
  readonly onRestart?: () => void;
}

/**
 * List a resource page by page, consistently: all items are of one moment, the returned `resourceVersion`.
 *
 * `onItem` gets every object in the server's order, with `apiVersion` and `kind` set (list items come without).
 * A continue token that expires (410) begins the list again; the last try is unpaginated, which cannot expire.
 * Throws `CodedError`.
 */
export async function listObjects(
  client: KubeClient,
  resource: ApiResource,
  onItem: (object: KubeObject) => void | Promise<void>,
  options: ListOptions = {},
): Promise<string> {
  for (let restarts = 0; ; restarts++) {
    const paginated = restarts < RESTARTS_MAX;
    try {
      return await listOnce(client, resource, onItem, options, paginated);
    } catch (error) {
      if (!(error instanceof CodedError && error.code === 'Gone') || !paginated) throw error;
      options.onRestart?.();
    }
  }
}

/** The version that the API server's storage is at now, by the cheapest list there is. Throws `CodedError`. */
export async function currentVersion(
  client: KubeClient,
  resource: ApiResource,
  signal?: AbortSignal,
): Promise<string> {
  const path = restPath(resource);
  const list = await client.get(path, { query: { limit: '1' }, ...(signal ? { signal } : {}) });
  return versionOfList(list.metadata, path);
}

function versionOfList(metadata: unknown, path: string): string {
  const { resourceVersion } = (metadata ?? {}) as { resourceVersion?: unknown };
  if (typeof resourceVersion === 'string') return resourceVersion;
  throw new CodedError('InvalidResponse', `GET ${path}: the list has no resourceVersion`, { retry: true });
}

async function listOnce(
  client: KubeClient,
  resource: ApiResource,
  onItem: (object: KubeObject) => void | Promise<void>,
  options: ListOptions,
  paginated: boolean,
): Promise<string> {
  const path = restPath(resource, options.namespace === undefined ? {} : { namespace: options.namespace });
  let limit = options.pageObjects ?? LIST_PAGE_OBJECTS;
  const ask = async (next: string): Promise<Page> => {
    const query: Record<string, string> = {};
    if (paginated) query.limit = String(limit);
    if (options.fieldSelector !== undefined) query.fieldSelector = options.fieldSelector;
    if (options.labelSelector !== undefined) query.labelSelector = options.labelSelector;
    if (next !== '') query.continue = next;
    let chars = 0;
    const { metadata, items } = await client.get(path, {
      query,
      onText: (text) => {
        chars = text.length;
      },
      ...(options.signal ? { signal: options.signal } : {}),
    });
    return {
      version: versionOfList(metadata, path),
      next: isJsonObject(metadata) && typeof metadata.continue === 'string' ? metadata.continue : '',
      items: Array.isArray(items) ? items : [],
      chars,
    };
  };
  let page = await ask('');
  for (;;) {
    const { items, version, next, chars } = page;
    if (next !== '' && options.pageObjects === undefined) limit = limitFor(items.length, chars);
    // Asked for now: the server makes the next page while this one is dealt with.
    const following = next === '' ? undefined : ask(next);
    following?.catch(() => {});
    if (following !== undefined) await new Promise((resolve) => setImmediate(resolve));
    for (const item of items) {
      const pending = onItem(asObject(item, resource));
      if (pending !== undefined) await pending;
    }
    if (following === undefined) return version;
    page = await following;
  }
}

interface Page {
  readonly version: string;
  /** Token of the next page; empty: there is none. */
  readonly next: string;
  readonly items: readonly unknown[];
  readonly chars: number;
}

function limitFor(objects: number, chars: number): number {
  const fitting = Math.round((PAGE_CHARS * objects) / Math.max(1, chars));
  return Math.min(PAGE_OBJECTS_MAX, Math.max(PAGE_OBJECTS_MIN, fitting));
}

/** The item as an object with `apiVersion` and `kind` in front, as a single GET would give it. */
function asObject(item: unknown, resource: ApiResource): KubeObject {
  return { ...(item as KubeObject), apiVersion: apiVersionOf(resource), kind: resource.kind };
}
