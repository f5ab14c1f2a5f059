/** Run as a process of its own, to be killed: commits change after change, each with a mark of its number. */
import { systemClock } from '../clock.ts';
import { createClone } from '../git/clone.ts';
import { silentLog } from '../log.ts';
import { BranchWorker } from './branch-worker.ts';
import { placeForTest } from './worker-fixture.ts';

const [url = '', dir = '', first = '0'] = process.argv.slice(2);
const committer = { name: 'GitOps Reverser', email: 'operator@example.com' };
const worker = new BranchWorker({
  url,
  branch: 'main',
  secretData: null,
  allowLocalRepositories: true,
  committer,
  cursorId: '0123456789abcdef',
  minIntervalMs: 0,
  maxCommits: 1000,
  placeInto: placeForTest,
  clock: systemClock,
  log: silentLog,
  clone: createClone({ dir }),
});
await worker.open();
for (let at = Number(first); ; at++) {
  const position = String(at);
  const files = [
    {
      path: `f${at % 5}.yaml`,
      identity: { group: '', kind: 'ConfigMap', namespace: 'default', name: 'a' },
      content: Buffer.from(`kind: ${at}\n`),
    },
  ];
  await worker.enqueue({
    files,
    author: { name: 'alice', email: 'alice@example.com' },
    committer,
    authoredAtMs: Date.now() + 2_000,
    message: `change ${at}\n`,
    marks: [{ owner: 'o', key: 'k', position }],
    ...(at % 50 === 0 ? { onDone: () => process.stdout.write(`${at}\n`) } : {}),
  });
  if (at % 10 === 0) await worker.whenCommitted();
}
