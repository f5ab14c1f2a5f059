import type { CommitRequest, CursorMark } from '../commit/commit-request.ts';
import { sizeOf } from './unpushed-log.ts';

/** What waits to be dealt with, in order: a commit that is to be made, or marks without one. */
export type QueueItem = CommitRequest | { readonly marks: readonly CursorMark[] };

export function isRequest(item: QueueItem): item is CommitRequest {
  return 'files' in item;
}

/** Bytes that an item holds in memory, roughly. */
export function bytesOf(item: QueueItem): number {
  const marks = (item.marks?.length ?? 0) * 256;
  return isRequest(item) ? sizeOf(item.files) + item.message.length + marks : marks;
}
