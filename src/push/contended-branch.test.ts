import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createClone } from '../git/clone.ts';
import { withBareRemote } from '../testing/bare-remote.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import { noMetrics } from './branch-state.ts';
import { withWorker } from './worker-fixture.ts';

const CHANGES = 40;
/** More than it takes until less is attempted at a time. */
const LOST = 6;

/** Somebody whose push lands while the first pushes of another are on their way. */
const QUICKER = `#!/bin/sh
cat >/dev/null
n=$(cat quicker 2>/dev/null || echo 0)
test "$n" -ge ${LOST} && exit 0
echo $((n + 1)) >quicker
unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
export GIT_AUTHOR_NAME=bob GIT_AUTHOR_EMAIL=bob@example.com GIT_COMMITTER_NAME=bob GIT_COMMITTER_EMAIL=bob@example.com
blob=$(echo "kind: $n" | git hash-object -w --stdin)
tree=$( (git ls-tree main; printf '100644 blob %s\\tother-%s.yaml\\n' "$blob" "$n") | git mktree)
git update-ref refs/heads/main "$(git commit-tree "$tree" -p main -m "other $n")"
`;

test('BranchWorker starts two processes at most between a fetch and the push that follows, when others are quicker', () =>
  withBareRemote((remote) =>
    withTempDir(async (temp) => {
      const programs: string[] = [];
      const observe = ({ name }: { readonly name: string }) => programs.push(name);
      const clone = createClone({ dir: join(temp, 'clone.git'), observe });
      const metrics = { ...noMetrics, gitOperation: (name: string) => void programs.push(name) };
      await remote.pushAs({ name: 'bob', email: 'bob@example.com' }, { 'first.yaml': 'kind: 1\n' }, 'first');
      await withWorker({ url: remote.url, clone, metrics }, async ({ worker, change, pushed }) => {
        await worker.open();
        const hook = join(remote.path, 'hooks/pre-receive');
        await writeFile(hook, QUICKER);
        await chmod(hook, 0o755);
        programs.length = 0;
        for (let at = 0; at < CHANGES; at++)
          void change(`${at}.yaml`, `kind: ${at}\n`, { message: `mine ${at}\n` });
        await pushed();
        const log = (await remote.log()).map(({ message }) => message).reverse();
        assert.equal(
          log.filter((message) => message.startsWith('mine')),
          Array.from({ length: CHANGES }, (_, at) => `mine ${at}`),
        );
        assert.is(log.filter((message) => message.startsWith('other')).length, LOST);
      });
      const windows = programs.flatMap((name, at) =>
        name === 'fetch' ? [programs.indexOf('push', at) - at - 1] : [],
      );
      assert.is(windows.length, LOST);
      for (const between of windows) assert.ok(between >= 0 && between <= 2, programs.join(' '));
    }),
  ));

test.run();
