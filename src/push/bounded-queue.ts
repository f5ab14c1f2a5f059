/** A first-in, first-out queue that is full at a number of items or of bytes. One item always fits. */
export interface BoundedQueue<T> {
  readonly length: number;
  /** Puts an item in; the promise, given only when there is no room, resolves when it is in. */
  put(item: T, bytes: number): Promise<void> | undefined;
  /** Takes the oldest items, at least one if there is any, within both bounds. */
  take(countMax: number, bytesMax: number): T[];
}

interface Entry<T> {
  readonly item: T;
  readonly bytes: number;
  readonly entered?: () => void;
}

export function createBoundedQueue<T>(countMax: number, bytesMax: number): BoundedQueue<T> {
  let items: Entry<T>[] = [];
  let waiting: Entry<T>[] = [];
  let bytes = 0;

  const fits = (size: number) => items.length === 0 || (items.length < countMax && bytes + size <= bytesMax);

  function enter(entry: Entry<T>): void {
    items.push(entry);
    bytes += entry.bytes;
    entry.entered?.();
  }

  return {
    get length() {
      return items.length + waiting.length;
    },
    put(item, size) {
      if (waiting.length === 0 && fits(size)) {
        enter({ item, bytes: size });
        return undefined;
      }
      return new Promise((entered) => {
        waiting.push({ item, bytes: size, entered });
      });
    },
    take(count, size) {
      let end = 0;
      let taken = 0;
      for (const entry of items) {
        if (end > 0 && (end >= count || taken + entry.bytes > size)) break;
        end += 1;
        taken += entry.bytes;
      }
      const batch = items.slice(0, end);
      items = items.slice(end);
      bytes -= taken;
      let entering = 0;
      for (const entry of waiting) {
        if (!fits(entry.bytes)) break;
        enter(entry);
        entering += 1;
      }
      waiting = waiting.slice(entering);
      return batch.map((entry) => entry.item);
    },
  };
}
