import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { beginsNote, endsNote, foldedDetail, loopsMessage } from './describe-noise.ts';
import type { Noise } from './noise-guard.ts';

const identity = { group: '', kind: 'ConfigMap', namespace: 'shop', name: 'app' };
const loop: Noise = {
  reason: 'Loop',
  writers: ['ann', 'system:serviceaccount:argocd:app'],
  fields: [],
  gapMs: 0,
};
const flapping: Noise = {
  reason: 'Flapping',
  writers: ['system:serviceaccount:kube-system:scaler'],
  fields: ['data.status', 'metadata.annotations["example.com/it\'s"]'],
  gapMs: 9_700,
};
const rule = { namespace: 'team', name: 'audit', excludeFields: ['spec.replicas'] };

test('foldedDetail: how many changes, by whom, and why', () => {
  const sinceMs = Date.UTC(2025, 0, 31, 18, 30);
  assert.is(
    foldedDetail({ noise: loop, changes: 12, sinceMs }),
    'Coalesced: 12 earlier changes since 2025-01-31T18:30:00Z by ann and system:serviceaccount:argocd:app, who undid each other',
  );
  assert.match(
    foldedDetail({ noise: flapping, changes: 1, sinceMs }),
    /^Coalesced: 1 earlier change since .*, of data.status, metadata/,
  );
});

test('beginsNote: names both writers of a loop, and the command that leaves out what flaps', () => {
  assert.match(
    beginsNote({ identity, noise: loop }, rule),
    /^ConfigMap\/app in ns\/shop: ann and system:serviceaccount:argocd:app undo/,
  );
  assert.is(
    beginsNote({ identity, noise: flapping }, rule),
    `ConfigMap/app in ns/shop: system:serviceaccount:kube-system:scaler rewrites data.status, metadata.annotations["example.com/it's"] every 10 s or faster. Committed at most every 5 minutes; changes of anybody else, or of other fields, at once. To leave this out: kubectl patch watchrule audit -n team --type=merge -p '{"spec":{"excludeFields":["spec.replicas","data.status","metadata.annotations[\\"example.com/it'\\''s\\"]"]}}'`,
  );
  const long = { ...rule, excludeFields: Array.from({ length: 40 }, (_, at) => `spec.a-long-name-${at}`) };
  assert.match(
    beginsNote({ identity, noise: flapping }, long),
    /To leave this out, name it in spec\.excludeFields\.$/,
  );
});

test('loopsMessage: a few objects by name, in one line', () => {
  const objects = Array.from({ length: 5 }, (_, at) => ({
    identity: { ...identity, name: `app-${at}` },
    noise: loop,
  }));
  const message = loopsMessage(objects);
  assert.match(message, /app-0 in ns\/shop: .*app-2 in ns\/shop: .* And 2 more objects\.$/);
  assert.not.match(message, /app-3/);
  assert.not.match(loopsMessage([{ identity, noise: { ...loop, writers: ['a\nb', 'c'] } }]), /\n/);
});

test('endsNote: what became of the changes', () => {
  assert.match(
    endsNote({ identity, noise: loop }, 1),
    /no longer undo each other\. .*1 change has no commit/,
  );
  assert.match(endsNote({ identity, noise: flapping }, 7), /is quiet now\. .*7 changes have no commit/);
});

test.run();
