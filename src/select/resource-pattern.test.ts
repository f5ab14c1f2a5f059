import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matchesGroupKind, parseResourcePattern } from './resource-pattern.ts';

test('parseResourcePattern takes an apiVersion and a kind apart; what is absent stands for any', () => {
  const cases: [string, string, object][] = [
    ['v1', 'ConfigMap', { group: '', version: 'v1', kind: 'ConfigMap' }],
    ['v1', '*', { group: '', version: 'v1' }],
    ['apps/v1', 'Deployment', { group: 'apps', version: 'v1', kind: 'Deployment' }],
    ['apps/*', 'Deployment', { group: 'apps', kind: 'Deployment' }],
    ['apps/*', '*', { group: 'apps' }],
    ['*', 'Secret', { kind: 'Secret' }],
    ['*', '*', {}],
    ['*/v1', '*', { version: 'v1' }],
  ];
  for (const [apiVersion, kind, pattern] of cases)
    assert.equal(parseResourcePattern(apiVersion, kind), pattern, `${apiVersion} ${kind}`);
});

test('matchesGroupKind compares group and kind, exactly', () => {
  const cases: [string, string, string, string, boolean][] = [
    ['v1', 'ConfigMap', '', 'ConfigMap', true],
    ['v1', 'ConfigMap', 'example.com', 'ConfigMap', false],
    ['v1', 'configmap', '', 'ConfigMap', false],
    ['apps/*', '*', 'apps', 'Deployment', true],
    ['apps/*', '*', 'apps.example.com', 'Deployment', false],
    ['*', 'Ingress', 'networking.k8s.io', 'Ingress', true],
    ['*', 'Ingress', 'example.com', 'Ingress', true],
    ['*', '*', '', 'Event', true],
    ['v1', '*', 'apps', 'Deployment', false],
  ];
  for (const [apiVersion, kind, group, ofKind, matches] of cases) {
    const pattern = parseResourcePattern(apiVersion, kind);
    assert.is(
      matchesGroupKind(pattern, group, ofKind),
      matches,
      `${apiVersion} ${kind} for ${group}/${ofKind}`,
    );
  }
});

test.run();
