import { type Compared, compare, type Shape } from './pipeline.ts';
import { type Measured, median, number } from './table.ts';

const CHANGING_OBJECTS = 10;
const FILES_PER_NAMESPACE = 100;
/** Fewer updates where each takes long: each measurement is to last some seconds. */
const BYTES_OF_TREES_MAX = 300_000_000;
const TREE_ENTRY_BYTES = 40;
const UPDATES_MAX = 2_000;
const UPDATES_MIN = 50;
const ROUNDS = 1;

/** What a commit costs by the number of files, all in one folder or a hundred in each, and of watched objects. */
export async function measureFiles(
  fileCounts: readonly number[],
  objectCounts: readonly number[],
): Promise<Measured> {
  const flat = await compareAll(
    fileCounts.map((files) => shapeOf(files, 1, Math.min(files, CHANGING_OBJECTS))),
  );
  const spread = await compareAll(
    fileCounts.map((files) => shapeOf(files, namespacesFor(files), Math.min(files, CHANGING_OBJECTS))),
  );
  const watched = await compareAll(
    objectCounts.map((objects) => shapeOf(objects, namespacesFor(objects), objects)),
  );
  const perCommit = ({ updates, pipelineMs, fastImportMs }: Compared) =>
    `${number(median(pipelineMs) / updates)} ms a commit, ${number(median(fastImportMs) / updates)} ms of fast-import alone`;
  const rows = [
    ...flat.map((one) => ({ what: `${number(one.files)} files in one folder`, figure: perCommit(one) })),
    ...spread.map((one) => ({
      what: `${number(one.files)} files, ${FILES_PER_NAMESPACE} in each folder`,
      figure: perCommit(one),
    })),
    ...watched.map((one) => ({
      what: `${number(one.objects)} watched objects, each with a file, ${FILES_PER_NAMESPACE} in each folder`,
      figure: perCommit(one),
    })),
  ];
  return { rows, raw: { flat, spread, watched } };
}

const namespacesFor = (files: number) => Math.max(1, Math.round(files / FILES_PER_NAMESPACE));

function shapeOf(files: number, namespaces: number, objects: number): Shape {
  const treeBytes = (files / namespaces + namespaces) * TREE_ENTRY_BYTES;
  const updates = Math.min(UPDATES_MAX, Math.max(UPDATES_MIN, Math.round(BYTES_OF_TREES_MAX / treeBytes)));
  return { files, namespaces, objects, updates };
}

async function compareAll(shapes: readonly Shape[]): Promise<readonly Compared[]> {
  const results: Compared[] = [];
  for (const shape of shapes) results.push(await compare(shape, ROUNDS));
  return results;
}
