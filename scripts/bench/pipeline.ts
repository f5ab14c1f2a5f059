import { runFastImport, runPipeline } from './pipeline-run.ts';
import { recordUpdates } from './recorded-events.ts';
import { withSeededRemote } from './seeded-remote.ts';
import { type Measured, median, number } from './table.ts';

/** A tree and what changes in it. */
export interface Shape {
  /** Files in the tree, those of the changing objects included. */
  readonly files: number;
  readonly namespaces: number;
  /** Objects that are watched, each with a file. */
  readonly objects: number;
  readonly updates: number;
}

export interface Compared extends Shape {
  readonly checkpoints: number;
  readonly pipelineMs: readonly number[];
  readonly fastImportMs: readonly number[];
  /** Of the rounds' ratios of speed, the middle one: 0.5 is half as fast as fast-import alone. */
  readonly ratio: number;
}

/** The pipeline and fast-import alone on the same commits, in turn; the first round of both warms up. */
export async function compare(shape: Shape, rounds: number): Promise<Compared> {
  const recorded = recordUpdates(shape);
  const pipelineMs: number[] = [];
  const fastImportMs: number[] = [];
  let checkpoints = 0;
  for (let round = -1; round < rounds; round++) {
    await withSeededRemote(shape.files - shape.objects, shape.namespaces, async (remote) => {
      const run = await runPipeline(remote, shape, recorded);
      const alone = await runFastImport(remote.path, run.stream);
      if (round < 0) return;
      checkpoints = run.checkpoints;
      pipelineMs.push(run.tookMs);
      fastImportMs.push(alone);
    });
  }
  const ratios = pipelineMs.map((ms, round) => (fastImportMs[round] ?? Number.NaN) / ms);
  return { ...shape, checkpoints, pipelineMs, fastImportMs, ratio: median(ratios) };
}

const OBJECTS = 1_000;
const NAMESPACES = 20;

/** Recorded events and evidence to commits, against fast-import alone. */
export async function measurePipeline(
  sizes: readonly { readonly files: number; readonly updates: number; readonly rounds: number }[],
): Promise<Measured> {
  const results: Compared[] = [];
  for (const { files, updates, rounds } of sizes) {
    const shape = { files, updates, namespaces: NAMESPACES, objects: Math.min(OBJECTS, files) };
    results.push(await compare(shape, rounds));
  }
  const rows = results.map(({ files, updates, pipelineMs, fastImportMs, ratio }) => ({
    what: `${number(files)} files in the tree, ${number(updates)} updates: commits/s`,
    figure: `${number((updates * 1_000) / median(pipelineMs))} against ${number((updates * 1_000) / median(fastImportMs))} of fast-import alone: ${number(ratio)}`,
    target: '≥ 0.5',
  }));
  return { rows, raw: results };
}
