import { CodedError } from '../errors.ts';
import type { KubeClient } from './client.ts';
import { isJsonObject } from './json.ts';
import type { KubeObject } from './object.ts';
import { type ApiResource, apiVersionOf, restPath } from './resource.ts';

/** Objects asked for at once: bounds the memory of one page (about 2.5 MB at 5 KB an object). */
export const LIST_PAGE_OBJECTS = 500;
/** A paginated list that expires is begun again this often before one unpaginated list is asked for. */
const RESTARTS_MAX = 2;

export interface ListOptions {
  readonly namespace?: string;
  /** Such as `metadata.name=web`, which every resource supports. */
  readonly fieldSelector?: string;
  readonly signal?: AbortSignal;
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

async function listOnce(
  client: KubeClient,
  resource: ApiResource,
  onItem: (object: KubeObject) => void | Promise<void>,
  options: ListOptions,
  paginated: boolean,
): Promise<string> {
  const path = restPath(resource, options.namespace === undefined ? {} : { namespace: options.namespace });
  let next = '';
  for (;;) {
    const query: Record<string, string> = {};
    if (paginated) query.limit = String(options.pageObjects ?? LIST_PAGE_OBJECTS);
    if (options.fieldSelector !== undefined) query.fieldSelector = options.fieldSelector;
    if (next !== '') query.continue = next;
    const list = await client.get(path, { query, ...(options.signal ? { signal: options.signal } : {}) });
    const { metadata, items } = list;
    if (!isJsonObject(metadata) || typeof metadata.resourceVersion !== 'string') {
      throw new CodedError('InvalidResponse', `GET ${path}: the list has no resourceVersion`, {
        retry: true,
      });
    }
    if (Array.isArray(items)) {
      for (const item of items) {
        const pending = onItem(asObject(item, resource));
        if (pending !== undefined) await pending;
      }
    }
    next = typeof metadata.continue === 'string' ? metadata.continue : '';
    if (next === '') return metadata.resourceVersion;
  }
}

/** The item as an object with `apiVersion` and `kind` in front, as a single GET would give it. */
function asObject(item: unknown, resource: ApiResource): KubeObject {
  return { ...(item as KubeObject), apiVersion: apiVersionOf(resource), kind: resource.kind };
}
