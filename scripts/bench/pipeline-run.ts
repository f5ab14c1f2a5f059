import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.ts';
import { createClone } from '../../src/git/clone.ts';
import { EvidenceStore } from '../../src/identify/evidence-store.ts';
import { evidenceOf } from '../../src/identify/review.ts';
import { silentLog } from '../../src/log.ts';
import { ActiveRule } from '../../src/pipeline/active-rule.ts';
import { Pipeline } from '../../src/pipeline/pipeline.ts';
import { Target } from '../../src/pipeline/target.ts';
import { placeInto } from '../../src/place/place-into.ts';
import { BranchWorker } from '../../src/push/branch-worker.ts';
import { branchOf } from '../../src/reconcile/branch-of.ts';
import { Selection } from '../../src/select/selection.ts';
import { parseReview } from '../../src/server/webhook-review.ts';
import type { BareRemote } from '../../src/testing/bare-remote.ts';
import { gitEnvironment } from '../../src/testing/git-environment.ts';
import { poll } from '../../src/testing/poll.ts';
import { mustRun } from '../../src/testing/run-command.ts';
import { withTempDir } from '../../src/testing/temp-dir.ts';
import { CONFIG_MAPS, type Recorded, RecordedClient, type RecordingOptions } from './recorded-events.ts';

const COMMITTER = { name: 'GitOps Reverser', email: 'operator@example.com' };
const NEVER_MS = 3_600_000;
const RUN_TIMEOUT_MS = 300_000;

export interface PipelineRun {
  /** From the first event to the last commit in the clone. */
  readonly tookMs: number;
  /** Checkpoints of fast-import in that time. */
  readonly checkpoints: number;
  /** The commits made, as a stream for `git fast-import` with as many checkpoints. */
  readonly stream: string;
}

/**
 * Recorded reviews and watch events through the operator's own stages (store of evidence, watch, pipeline, target,
 * branch worker) into a real clone of the remote. The objects that exist are committed as a snapshot and pushed before
 * the clock runs; from then on nothing is pushed.
 */
export async function runPipeline(
  remote: BareRemote,
  recording: RecordingOptions,
  recorded: readonly Recorded[],
): Promise<PipelineRun> {
  return withTempDir(async (dir) => {
    const evidence = new EvidenceStore(systemClock);
    let go = () => {};
    const mayGo = new Promise<void>((resolve) => {
      go = resolve;
    });
    const events = async function* () {
      await mayGo;
      for (const { reviews, chunk } of recorded) {
        for (const text of reviews) {
          const found = evidenceOf(parseReview(text), systemClock.now());
          if (!('ignored' in found)) evidence.record(found);
        }
        yield chunk;
      }
      await new Promise(() => {});
    };
    const nothing = () => {};
    const pipeline = new Pipeline(
      new RecordedClient(recording, events),
      evidence,
      { onEvent: nothing, onFollowed: nothing, onProgress: nothing },
      systemClock,
      silentLog,
    );
    const cloneDir = join(dir, 'clone.git');
    const clone = createClone({ dir: cloneDir });
    const worker = new BranchWorker({
      url: remote.url,
      branch: 'main',
      secretData: null,
      allowLocalRepositories: true,
      clone,
      committer: COMMITTER,
      minIntervalMs: 0,
      maxCommits: 100_000,
      placeInto,
      clock: systemClock,
      log: silentLog,
      privateDir: dir,
    });
    const counted = countCommits();
    const target = new Target(
      'bench/bench',
      {
        owner: 'bench',
        prefix: '',
        emailDomain: 'example.com',
        template: undefined,
        committer: COMMITTER,
        maxFileBytes: 4 * 1024 * 1024,
        secretsPolicy: 'Redact',
        sensitiveKinds: new Map(),
        redactionKey: Buffer.alloc(32, 1),
      },
      branchOf(worker, COMMITTER.email),
      {
        onCommitted: (_rules, { attribution }) => counted.add(attribution?.kind),
        onUnchanged: nothing,
        onDropped: nothing,
        onNoise: nothing,
        onRecreated: nothing,
        onQuiet: nothing,
        onCoalesced: nothing,
        onRefused: (_rules, path, reason) => {
          throw new Error(`${path} ${reason}`);
        },
      },
      silentLog,
    );
    const rule = new ActiveRule({
      key: 'bench/bench',
      uid: 'rule',
      generation: 1,
      selection: new Selection({ resources: [{ apiVersion: 'v1', kind: 'ConfigMap', names: ['app-*'] }] }),
      excludeFields: { paths: [] },
      scope: { resourceVersion: String(recording.objects), timeMs: Date.now(), resumed: false },
    });
    const updates = recorded.reduce((sum, { reviews }) => sum + reviews.length, 0);
    try {
      await worker.open();
      await pipeline.start();
      pipeline.setServed([CONFIG_MAPS]);
      pipeline.addTarget(target);
      pipeline.setRule(target.key, rule);
      const timeoutMs = RUN_TIMEOUT_MS;
      await poll(() => rule.snapshot.kind === 'Committed', { what: 'the snapshot', timeoutMs });
      const isPushed = () => worker.state.queued === 0 && worker.state.pendingCommits === 0;
      await poll(isPushed, { what: 'the push of the snapshot', timeoutMs });
      await worker.update({ minIntervalMs: NEVER_MS });
      const base = await worker.tip();
      counted.begin(updates);
      const startedAt = performance.now();
      go();
      const { at, batches } = await counted.done;
      const git = (...args: string[]) =>
        mustRun('git', args, { cwd: cloneDir, env: gitEnvironment(), timeoutMs: RUN_TIMEOUT_MS });
      // Each commit has one blob: two objects.
      const every = 2 * Math.ceil(updates / batches);
      const exported = await git(
        'fast-export',
        '--reference-excluded-parents',
        `--progress=${every}`,
        'refs/heads/main',
        `^${base}`,
      );
      const stream = exported.replace(/^progress .*$/gm, 'checkpoint\n');
      return { tookMs: at - startedAt, checkpoints: batches, stream };
    } finally {
      await pipeline.stop();
      await worker.close();
      await clone.close();
    }
  }, 'bench');
}

function countCommits() {
  let resolve: (result: { readonly at: number; readonly batches: number }) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const done = new Promise<{ readonly at: number; readonly batches: number }>((resolved, rejected) => {
    resolve = resolved;
    fail = rejected;
  });
  let left = Number.POSITIVE_INFINITY;
  let batches = 0;
  let isSameBatch = false;
  return {
    done,
    begin(count: number) {
      left = count;
      batches = 0;
    },
    add(attribution: 'known' | 'unknown' | undefined) {
      if (left === Number.POSITIVE_INFINITY) return;
      if (attribution !== 'known') fail(new Error('A commit lost its author'));
      if (!isSameBatch) {
        // A batch is told in one go.
        isSameBatch = true;
        batches++;
        queueMicrotask(() => {
          isSameBatch = false;
        });
      }
      if (--left === 0) resolve({ at: performance.now(), batches });
    },
  };
}

/** The time that `git fast-import` alone takes for a stream in a repository, with the flags that the operator uses. */
export async function runFastImport(repository: string, stream: string): Promise<number> {
  return withTempDir(async (dir) => {
    const file = join(dir, 'stream');
    await writeFile(file, stream);
    const clone = join(dir, 'clone.git');
    const env = gitEnvironment();
    await mustRun('git', ['clone', '--quiet', '--bare', repository, clone], {
      env,
      timeoutMs: RUN_TIMEOUT_MS,
    });
    const input = await open(file);
    try {
      const args = ['-c', 'fastimport.unpackLimit=100', 'fast-import', '--quiet', '--date-format=raw'];
      const startedAt = performance.now();
      const child = spawn('git', args, { cwd: clone, env, stdio: [input.fd, 'ignore', 'inherit'] });
      const [code] = await once(child, 'close');
      if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
      return performance.now() - startedAt;
    } finally {
      await input.close();
    }
  }, 'bench');
}
