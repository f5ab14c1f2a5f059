import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject, ObjectMeta } from '../kube/object.ts';
import { isKindLeftOut, leaveOutReason } from './leave-outs.ts';

const object = (
  apiVersion: string,
  kind: string,
  meta: Partial<ObjectMeta> = {},
  fields: object = {},
): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'a', namespace: 'n', uid: 'u', resourceVersion: '1', ...meta },
  ...fields,
});

test('isKindLeftOut: kinds that no person writes', () => {
  const out = [
    ['', 'Event'],
    ['events.k8s.io', 'Event'],
    ['coordination.k8s.io', 'Lease'],
    ['', 'Endpoints'],
    ['discovery.k8s.io', 'EndpointSlice'],
  ];
  for (const [group = '', kind = ''] of out) assert.is(isKindLeftOut(group, kind), true, `${group}/${kind}`);
  const kept = [
    ['', 'ConfigMap'],
    ['', 'Pod'],
    ['', 'Secret'],
    ['apps', 'ReplicaSet'],
    ['example.com', 'Event'],
    ['example.com', 'Lease'],
    ['', 'Lease'],
  ];
  for (const [group = '', kind = ''] of kept)
    assert.is(isKindLeftOut(group, kind), false, `${group}/${kind}`);
});

test('leaveOutReason: objects that no person writes, each with its reason', () => {
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'o' };
  const owned = { ownerReferences: [{ ...owner, controller: true }] };
  const helmMap = { name: 'sh.helm.release.v1.app.v1', labels: { owner: 'helm' } };
  const cases: [string, KubeObject, RegExp | undefined][] = [
    ['a Pod of a ReplicaSet', object('v1', 'Pod', owned), /controller owner/],
    ['a ReplicaSet of a Deployment', object('apps/v1', 'ReplicaSet', owned), /controller owner/],
    ['a custom resource of another', object('example.com/v1', 'Widget', owned), /controller owner/],
    [
      'one of several owners controls',
      object('v1', 'Pod', { ownerReferences: [owner, { ...owner, controller: true }] }),
      /controller owner/,
    ],
    ['a Pod by hand', object('v1', 'Pod'), undefined],
    ['an owner that does not control', object('v1', 'ConfigMap', { ownerReferences: [owner] }), undefined],
    [
      'an owner that says so',
      object('v1', 'ConfigMap', { ownerReferences: [{ ...owner, controller: false }] }),
      undefined,
    ],
    ['the cluster CA', object('v1', 'ConfigMap', { name: 'kube-root-ca.crt' }), /cluster CA/],
    ['a Secret of that name', object('v1', 'Secret', { name: 'kube-root-ca.crt' }), undefined],
    [
      'a token',
      object('v1', 'Secret', {}, { type: 'kubernetes.io/service-account-token' }),
      /service-account token/,
    ],
    ['a Helm release', object('v1', 'Secret', {}, { type: 'helm.sh/release.v1' }), /Helm/],
    ['a Helm release in a ConfigMap', object('v1', 'ConfigMap', helmMap), /Helm/],
    ['a ConfigMap of that owner', object('v1', 'ConfigMap', { labels: { owner: 'helm' } }), undefined],
    ['a ConfigMap of that name', object('v1', 'ConfigMap', { name: helmMap.name }), undefined],
    ['a Secret', object('v1', 'Secret', {}, { type: 'Opaque' }), undefined],
    [
      'a custom kind of that name',
      object('example.com/v1', 'Secret', {}, { type: 'helm.sh/release.v1' }),
      undefined,
    ],
    ['a ConfigMap', object('v1', 'ConfigMap', { ownerReferences: [] }), undefined],
  ];
  for (const [what, candidate, reason] of cases) {
    const found = leaveOutReason(candidate);
    if (reason === undefined) assert.is(found, undefined, what);
    else assert.match(found ?? '', reason, what);
  }
});

test.run();
