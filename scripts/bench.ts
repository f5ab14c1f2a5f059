import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { admissionRows, measureAdmission } from './bench/admission-latency.ts';
import { measureBurst } from './bench/burst.ts';
import { measureFiles } from './bench/files.ts';
import { measureFlat } from './bench/flat.ts';
import { measureLatency } from './bench/latency.ts';
import { measureMemory } from './bench/memory.ts';
import { measurePipeline } from './bench/pipeline.ts';
import { measureReviews, reviewRows } from './bench/review-throughput.ts';
import { type Measured, tableOf } from './bench/table.ts';

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    only: { type: 'string', multiple: true },
    json: { type: 'string' },
    count: { type: 'string', default: '5000' },
    writers: { type: 'string', default: '16' },
    seconds: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '40' },
    sizes: { type: 'string', default: '1000,10000,50000' },
  },
});

const count = Number(values.count);
const writers = Number(values.writers);
/** What is written in the comparison of writes with and without review: calmly, and as fast as it goes. */
const REVIEWED_LOADS = [
  { writers: 1, pauseMs: 20 },
  { writers: 1, pauseMs: 0 },
  { writers: 8, pauseMs: 0 },
];
const REVIEW_SECONDS = 8;
const FLAT_OBJECTS = 10_000;
const RESTART_ROUNDS = 2;
const TREES = [
  { files: 10, updates: 5_000, rounds: 5 },
  { files: 10_000, updates: 5_000, rounds: 5 },
  { files: 100_000, updates: 2_000, rounds: 3 },
];

interface Benchmark {
  readonly title: string;
  readonly run: () => Promise<Measured>;
}

const benchmarks: Readonly<Record<string, Benchmark>> = {
  pipeline: {
    title: 'recorded watch events and evidence to commits, against raw git fast-import of the same commits',
    run: () => measurePipeline(TREES),
  },
  files: {
    title: 'the cost of a commit by the number of files, and of watched objects',
    run: () => measureFiles([10, 1_000, 10_000, 100_000], [1_000, 10_000, 50_000]),
  },
  burst: {
    title: '--count creates and as many updates by two users over 20 namespaces, with and without operator',
    run: () => measureBurst(count, writers),
  },
  latency: {
    title: 'from a write to its commit on the remote, at 5 writes/s for --seconds, by minInterval',
    run: () => measureLatency(Number(values.seconds)),
  },
  flat: {
    title: 'one namespace with 10,000 ConfigMaps, --count changes in a burst',
    run: () => measureFlat(FLAT_OBJECTS, count, writers),
  },
  memory: {
    title: 'memory and time to ready after a restart, by the number of watched objects (--sizes) of 5 KB',
    run: () => measureMemory(values.sizes.split(',').map(Number), RESTART_ROUNDS, writers),
  },
  admission: {
    title:
      'what a review costs a writer: the same writes with and without one, in --rounds alternating blocks',
    run: async () => {
      const costs = await measureAdmission(Number(values.rounds), REVIEWED_LOADS);
      return { rows: admissionRows(costs), raw: costs };
    },
  },
  reviews: {
    title: 'the reviews that one core answers in a second',
    run: async () => {
      const results = await measureReviews(REVIEW_SECONDS);
      return { rows: reviewRows(results), raw: results };
    },
  },
};

const names = Object.entries(benchmarks).map(([name, { title }]) => `  ${name.padEnd(10)} ${title}`);
const help = `npm run bench [-- --only NAME … --json FILE --count 5000 --writers 16 --seconds 30 --rounds 40 --sizes 1000,10000,50000]

Measures, on an embedded control plane where one is needed, with the remote behind a real sshd on loopback:
${names.join('\n')}

--only NAME   leaves out the others; can be given several times
--json FILE   where raw results go (default: .cache/bench/<time>.json)
--writers     writers at once, in bursts
--sizes       ascending: the cluster grows

BENCH_OPERATOR_NODE_FLAGS in the environment is given to the operator's node, such as "--cpu-prof --cpu-prof-dir=/tmp".
Everything takes about a quarter of an hour.
`;

if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}

const selected = values.only ?? Object.keys(benchmarks);
const unknown = selected.find((name) => !Object.hasOwn(benchmarks, name));
if (unknown !== undefined) {
  process.stderr.write(`There is no benchmark "${unknown}": ${Object.keys(benchmarks).join(', ')}\n`);
  process.exit(1);
}
const date = new Date().toISOString();
const machine = `${cpus().length} cores (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
const file = values.json ?? join(import.meta.dirname, `../.cache/bench/${date.replaceAll(':', '-')}.json`);
const results: Record<string, unknown> = {};
console.log(`${date.slice(0, 10)}, ${machine}`);
for (const name of selected) {
  const { title, run } = benchmarks[name] as Benchmark;
  const startedAt = performance.now();
  const { rows, raw } = await run();
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(`\n### ${name}: ${title} (took ${seconds} s)\n\n${tableOf(rows)}`);
  results[name] = { seconds, rows, raw };
  // After each, so that what was measured survives whatever happens to the next.
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ date, machine, arguments: process.argv.slice(2), results })}\n`);
}
console.log(`\nRaw results: ${file}`);
