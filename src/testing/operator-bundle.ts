import { chmod, copyFile } from 'node:fs/promises';

/** Names a bundle that was made from the same sources a moment ago, as the gate does once for all of its tests. */
export const bundleVariable = 'GITOPS_REVERSER_TEST_BUNDLE';

/** Put the operator's bundle at `file`, made anew unless the gate has made it. */
export async function placeBundle(file: string): Promise<void> {
  const made = process.env[bundleVariable];
  if (made !== undefined) {
    await copyFile(made, file);
    await chmod(file, 0o755);
    return;
  }
  // Only here, since the bundler takes a while to load.
  const { bundle } = await import('../../scripts/bundle.ts');
  await bundle(file);
}
