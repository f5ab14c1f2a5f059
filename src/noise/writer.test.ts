import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writerOf } from './writer.ts';

test('writerOf: programs are those whose user names only programs have', () => {
  const cases: [string, boolean][] = [
    ['system:serviceaccount:argocd:argocd-application-controller', true],
    ['system:node:worker-1', true],
    ['system:kube-controller-manager', true],
    ['system:apiserver', true],
    ['system:admin', false],
    ['ann@example.com', false],
    ['my-system:node:x', false],
  ];
  for (const [name, isProgram] of cases)
    assert.equal(writerOf({ kind: 'known', name }), { name, isProgram }, name);
});

test('writerOf: an unknown writer is told by the field manager, and is no program', () => {
  assert.equal(writerOf({ kind: 'unknown', fieldManager: 'helm' }), {
    name: 'unknown (field manager helm)',
    isProgram: false,
  });
  assert.is(writerOf({ kind: 'unknown' }).name, 'unknown');
});

test.run();
