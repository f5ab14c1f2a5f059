/**
 * The generated validators decide as the API server does: on one table of good and bad objects, and in the
 * object that is stored (defaults, pruned fields). Only what a CEL rule refuses is the API server's alone.
 */
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crds, kinds } from '../gen/kinds.ts';
import { validateGitRepoConfig, validateWatchRule } from '../gen/validators.js';
import { CodedError } from '../src/errors.ts';
import { KubeClient } from '../src/kube/client.ts';
import { openConnection } from '../src/kube/connection.ts';
import type { JsonObject } from '../src/kube/json.ts';
import { assertAppliesAlike } from '../src/testing/assert-applies-alike.ts';
import { startSearchedControlPlane } from '../src/testing/leaks/searched-control-plane.ts';
import { type ModelCase, modelCases } from '../src/testing/model-cases.ts';
import { poll } from '../src/testing/poll.ts';

const validate = { GitRepoConfig: validateGitRepoConfig, WatchRule: validateWatchRule };
const crdFolder = resolve(import.meta.dirname, '../crds');

/** What the API server answers to a create, without storing anything. Unknown fields are pruned, not refused. */
async function dryRun(client: KubeClient, { kind, object }: ModelCase) {
  const { apiVersion, plural } = kinds.find((known) => known.kind === kind) as (typeof kinds)[number];
  const path = `/apis/${apiVersion}/namespaces/${object.metadata.namespace}/${plural}`;
  const query = { dryRun: 'All', fieldValidation: 'Ignore' };
  try {
    return { stored: await client.request('POST', path, { body: object, query }), refusal: null };
  } catch (error) {
    // Any other failure is no verdict on the object.
    if (!(error instanceof CodedError) || !/ is invalid: /.test(error.message)) throw error;
    return { stored: null, refusal: error.message };
  }
}

/** What is wrong with the verdicts on one case; empty when API server and validator agree with the table. */
async function disagreements(client: KubeClient, modelCase: ModelCase): Promise<string[]> {
  const { name, kind, object, accepted, cel, field } = modelCase;
  const { stored, refusal } = await dryRun(client, modelCase);
  const metadata = { ...object.metadata, uid: 'a-uid', generation: 1 };
  const checked = validate[kind](
    stored === null ? { ...object, metadata } : { ...object, metadata: stored.metadata },
  );
  const found: string[] = [];
  if ((stored !== null) !== accepted) found.push(`${name}: API server says ${refusal ?? 'accepted'}`);
  if (checked.ok !== (accepted || cel === true))
    found.push(`${name}: validator says ${JSON.stringify(checked)}`);
  if (refusal !== null && !refusal.includes(`${field}: `))
    found.push(`${name}: ${field} is not in: ${refusal}`);
  if (stored !== null && checked.ok) {
    try {
      assert.equal(checked.value as unknown as JsonObject, stored);
    } catch (error) {
      found.push(`${name}: stored otherwise than validated: ${(error as { details?: string }).details}`);
    }
  }
  return found;
}

const condition = {
  type: 'Ready',
  status: 'True',
  reason: 'Synced',
  message: '',
  lastTransitionTime: '2025-01-31T18:30:00Z',
};

/** Good and bad parts of `status`, and whether they are accepted. */
const statusCases: readonly (readonly [status: JsonObject, accepted: boolean])[] = [
  [{ conditions: [condition], observedGeneration: 3, pendingCommits: 0 }, true],
  [{ conditions: [{ ...condition, lastTransitionTime: '2025-01-31t18:30:00.123456+02:00' }] }, true],
  [{ conditions: [{ ...condition, lastTransitionTime: '2025-01-31 18:30' }] }, false],
  [{ conditions: [{ ...condition, lastTransitionTime: '2025-13-01T18:30:00Z' }] }, false],
  [{ conditions: [{ ...condition, reason: 'not camel case' }] }, false],
  [{ conditions: [{ ...condition, status: 'yes' }] }, false],
  [{ conditions: [{ type: 'Ready' }] }, false],
  [{ lastPushTime: '2025-01-31T18:30:00Z', lastPushedCommit: 'a'.repeat(40) }, true],
  [{ lastPushedCommit: 'a'.repeat(39) }, false],
  [{ lastPushedCommit: 'A'.repeat(40) }, false],
  [{ pendingCommits: -1 }, false],
  [{ pendingCommits: 2 ** 40, droppedCommits: 1, unknown: 1 }, true],
];

/** The same comparison for `status`, which only its subresource takes. */
async function statusDisagreements(client: KubeClient, repository: string): Promise<string[]> {
  const object = await client.get(repository);
  const found: string[] = [];
  for (const [status, accepted] of statusCases) {
    const body = { ...object, status };
    const query = { dryRun: 'All', fieldValidation: 'Ignore' };
    const stored = await client
      .request('PUT', `${repository}/status`, { body, query })
      .catch((error: Error) => {
        if (!/ is invalid: /.test(error.message)) throw error;
        return null;
      });
    const checked = validateGitRepoConfig(body);
    const asStored = stored !== null && checked.ok && isDeepStrictEqual(checked.value.status, stored.status);
    if ((stored !== null) !== accepted || checked.ok !== accepted || (accepted && !asStored)) {
      found.push(
        `${JSON.stringify(status)}: stored ${JSON.stringify(stored?.status)}, ${JSON.stringify(checked)}`,
      );
    }
  }
  return found;
}

const examples = `
apiVersion: configbutler.ai/v1alpha1
kind: GitRepoConfig
metadata: {name: audit-repo, namespace: default}
spec:
  url: git@example.com:team/audit.git
  branch: main
  secretRef: {name: git-credentials}
---
apiVersion: configbutler.ai/v1alpha1
kind: WatchRule
metadata: {name: audit, namespace: default}
spec: {gitRepoConfigRef: audit-repo, resources: [{apiVersion: "v1", kind: ConfigMap}], namespaceSelector: {matchLabels: {audit: enabled}}}
---
apiVersion: configbutler.ai/v1alpha1
kind: WatchRule
metadata: {name: everything, namespace: default}
spec: {gitRepoConfigRef: audit-repo, resources: [{apiVersion: "*", kind: "*"}], excludeLabels: {matchLabels: {"gitops-reverser/ignore": "true"}}}
`;

test('model: validators and API server agree, and kubectl can use the kinds', async () => {
  const plane = await startSearchedControlPlane({ controllerManager: false });
  try {
    const kubectl = async (args: readonly string[], input?: string) => {
      const { code, stdout, stderr } = await plane.kubectl(
        'admin',
        args,
        input === undefined ? {} : { input },
      );
      assert.is(code, 0, `kubectl ${args.join(' ')}: ${stderr}`);
      // A CRD that is not structural, or holds what the API server does not know, is answered with a warning.
      assert.is(stderr, '', `kubectl ${args.join(' ')}`);
      return stdout;
    };
    const client = new KubeClient(await openConnection(plane.kubeconfig('admin')));

    // The files, and the same manifests as data.
    await kubectl(['apply', '-f', crdFolder]);
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: crds });
    assert.match(await kubectl(['apply', '-f', '-'], list), /^(\S+ unchanged\n){2}$/);
    const names = crds.map(({ metadata }) => `crd/${metadata.name}`);
    await kubectl(['wait', '--for=condition=Established', '--timeout=30s', ...names]);
    for (const { metadata } of crds) {
      const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${metadata.name}`;
      const { conditions } = (await client.get(path)).status as { conditions: JsonObject[] };
      assert.not.ok(
        conditions.some(({ type }) => type === 'NonStructuralSchema'),
        metadata.name,
      );
    }
    const first = modelCases[0] as ModelCase;
    const served = async () => (await dryRun(client, first).catch(() => null)) !== null;
    await poll(served, { what: 'the kinds to be served' });

    const wrong: string[] = [];
    for (const modelCase of modelCases) wrong.push(...(await disagreements(client, modelCase)));
    assert.equal(wrong, []);

    await kubectl(['apply', '-f', '-'], examples);
    const repository = '/apis/configbutler.ai/v1alpha1/namespaces/default/gitrepoconfigs/audit-repo';
    assert.equal(await statusDisagreements(client, repository), []);
    assert.match(
      await kubectl(['get', 'grc']),
      /^NAME +READY +REASON +URL +BRANCH +LAST PUSHED COMMIT +PENDING +AGE\n/,
    );
    assert.match(await kubectl(['get', 'wr']), /^NAME +READY +REASON +GITREPOCONFIG +RESOURCES +AGE\n/);
    assert.is((await kubectl(['get', 'gitops-reverser', '-o', 'name'])).trim().split('\n').length, 3);
    assert.match(
      await kubectl(['explain', 'wr.spec.excludeFields']),
      /metadata\.annotations\["example\.com\/build"\]/,
    );
    // Beside the kinds this needs nothing, and a control plane of its own would take seconds.
    await assertAppliesAlike(plane);
  } finally {
    await plane.stop();
  }
});

test.run();
