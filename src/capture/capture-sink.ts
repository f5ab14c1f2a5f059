import type { CodedError } from '../errors.ts';
import type { KubeObject } from '../kube/object.ts';
import type { ApiResource } from '../kube/resource.ts';

/** One change as the watch told it. */
export interface Captured {
  readonly resource: ApiResource;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
  /** When this program saw it, in milliseconds since the Unix epoch. */
  readonly seenAtMs: number;
}

export interface CaptureSink {
  /** A change. A promise holds up the watch (and through TCP the server) until there is room. */
  onCaptured(captured: Captured): void | Promise<void>;
  /** Everything up to this version was handed on: a bookmark of the server. */
  onBookmark?(resource: ApiResource, version: string): void;
  /** The watch lost its place: what happened in between has to be found by listing. */
  onGap(resource: ApiResource, gap: Gap): void;
  /** The watch is up, or why it is not. */
  onState(resource: ApiResource, state: CaptureState): void;
}

export type Gap =
  /**
   * The server does not know that far back any more (410). With `upTo`, only those miss something that had not yet
   * got everything up to that version: from there on the watch goes on.
   */
  | { readonly kind: 'Expired'; readonly upTo?: string }
  /** The server is at an older version than was seen before: its storage was restored. Versions begin anew. */
  | { readonly kind: 'HistoryLost' };

export type CaptureState =
  | { readonly kind: 'Watching' }
  | { readonly kind: 'Failing'; readonly error: CodedError };
