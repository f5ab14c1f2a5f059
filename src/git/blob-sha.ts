import { hash } from 'node:crypto';

/** How a repository names its objects. */
export type ObjectFormat = 'sha1' | 'sha256';

/** What is hashed is put together here when it fits, in bytes: most objects are far smaller. */
const SCRATCH_BYTES = 64 * 1024;
const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

/** The name that git gives to a blob with this content: the hash of `blob <length>\0<content>`. */
export function blobShaOf(content: Buffer, format: ObjectFormat): string {
  return objectShaOf('blob', content, format);
}

/** The same of any object. */
export function objectShaOf(type: 'blob' | 'commit', content: Buffer, format: ObjectFormat): string {
  const header = `${type} ${content.length}\0`;
  const bytes = header.length + content.length;
  // One call and no object that waits for the garbage collector: tens of thousands are hashed in a row.
  const whole = bytes <= SCRATCH_BYTES ? scratch : Buffer.allocUnsafe(bytes);
  whole.write(header, 0, 'latin1');
  content.copy(whole, header.length);
  return hash(format, whole.subarray(0, bytes), 'hex');
}
