import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ChangeFacts,
  commitMessage,
  MESSAGE_BYTES_MAX,
  type SnapshotFacts,
  snapshotMessage,
  versionIn,
} from './message.ts';
import { type CompiledTemplate, compileTemplate, TEMPLATE_VARIABLES } from './template.ts';

const facts: ChangeFacts = {
  operation: 'CREATE',
  identity: { group: '', kind: 'ConfigMap', namespace: 'production', name: 'app-config' },
  apiVersion: 'v1',
  user: { kind: 'known', name: 'admin@company.com' },
  timestampMs: Date.parse('2025-01-31T18:30:00.999Z'),
  resourceVersion: '12345',
};

function compiled(text: string): CompiledTemplate {
  const result = compileTemplate(text);
  if (!result.ok) throw new Error(result.error);
  return result.template;
}

/** What git takes for trailers. */
function trailersOf(message: string): string {
  return spawnSync('git', ['interpret-trailers', '--parse'], { input: message, encoding: 'utf8' }).stdout;
}

test('commitMessage: the default, as the contract has it', () => {
  assert.is(
    commitMessage(facts),
    `[CREATE] ConfigMap/app-config in ns/production by user/admin@company.com

- Resource: ConfigMap/app-config
- Namespace: production
- Operation: CREATE
- User: admin@company.com
- Timestamp: 2025-01-31T18:30:00Z
- Resource Version: 12345
`,
  );
});

test('commitMessage: cluster-scoped, another group, unknown user, details', () => {
  const message = commitMessage({
    ...facts,
    operation: 'DELETE',
    identity: { group: 'example.com', kind: 'Widget', namespace: '', name: 'a:b' },
    apiVersion: 'example.com/v1',
    user: { kind: 'unknown', fieldManager: 'kubectl-edit' },
    details: ['Cause: deletion of Namespace/x by user/eve'],
  });
  assert.is(
    message,
    `[DELETE] Widget/a:b by user/unknown

- Resource: Widget/a:b
- Operation: DELETE
- User: unknown
- Timestamp: 2025-01-31T18:30:00Z
- Resource Version: 12345
- API Version: example.com/v1
- Field Manager: kubectl-edit
- Cause: deletion of Namespace/x by user/eve
`,
  );
});

test('commitMessage: no text of a user makes a line, a trailer or a control character', () => {
  const evil = fc.oneof(
    fc.constantFrom(
      'x\nSigned-off-by: y <y@z>',
      'Signed-off-by: y',
      'a\u202eb',
      '\u001b[31m',
      'a\0b',
      '\r',
      '\u2028',
      '(cherry picked from commit 1)',
      ':',
      ' : x',
    ),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.string(),
  );
  const templates = [
    undefined,
    '{{user}}',
    'm\n\n{{user}}',
    'm\n\n{{{name}}}\n {{user}}',
    '{{#user}}s\n\n{{.}}{{/user}}',
    'm\n\n{{&operation}}{{fieldManager}}{{name}}',
  ].map((text) => (text === undefined ? undefined : compiled(text)));
  fc.assert(
    fc.property(evil, evil, evil, fc.constantFrom(...templates), (name, user, detail, template) => {
      const message = commitMessage(
        {
          ...facts,
          identity: { ...facts.identity, name },
          user: { kind: 'known', name: user },
          details: [detail],
        },
        template,
      );
      const calm = commitMessage(
        {
          ...facts,
          identity: { ...facts.identity, name: 'n' },
          user: { kind: 'known', name: 'u' },
          details: ['d'],
        },
        template,
      );
      if (name.trim() !== '' && user.trim() !== '')
        assert.is(message.split('\n').length, calm.split('\n').length, JSON.stringify(message));
      assert.not.match(message.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/u);
      assert.ok(message.endsWith('\n') && !message.endsWith('\n\n'));
      for (const line of message.split('\n').slice(1))
        assert.not.match(line, /^(?:[A-Za-z0-9-]+\s*:|\(cherry picked)/);
    }),
    { numRuns: 500 },
  );
});

test('commitMessage: git finds no trailers that a user wrote', () => {
  const user = { kind: 'known', name: 'Signed-off-by: Mallory <m@x>' } as const;
  for (const template of [undefined, compiled('subject\n\n{{user}}'), compiled('subject\n\n  {{user}}')]) {
    assert.is(trailersOf(commitMessage({ ...facts, user }, template)), '');
  }
  // A trailer of the template's author is one.
  assert.match(
    trailersOf(commitMessage(facts, compiled('subject\n\nAuthored-by: {{user}}'))),
    /^Authored-by: admin@company.com/,
  );
});

test('commitMessage: long texts are cut', () => {
  const long = 'x'.repeat(1e6);
  const message = commitMessage({
    ...facts,
    user: { kind: 'known', name: long },
    details: Array.from({ length: 1000 }, () => long),
  });
  assert.ok(Buffer.byteLength(message) <= MESSAGE_BYTES_MAX);
  assert.ok((message.split('\n')[0] ?? '').length < 400);
  const huge = commitMessage(facts, compiled(`${'ü{{user}}'.repeat(1500)}`));
  assert.ok(Buffer.byteLength(huge) <= MESSAGE_BYTES_MAX);
  const bigger = commitMessage(
    { ...facts, user: { kind: 'known', name: 'ü'.repeat(253) } },
    compiled('{{user}}'.repeat(1500)),
  );
  assert.ok(Buffer.byteLength(bigger) <= MESSAGE_BYTES_MAX && bigger.endsWith('ü…\n'));
});

test('commitMessage: a template replaces the whole message', () => {
  const template = compiled(
    'chore({{namespace}}): {{operation}} {{resource}} [{{apiVersion}}{{#group}} {{group}}{{/group}}]\n\n{{^fieldManager}}by {{user}} & co{{/fieldManager}}  \n\n\n',
  );
  assert.is(
    commitMessage(facts, template),
    'chore(production): CREATE ConfigMap/app-config [v1]\n\nby admin@company.com & co\n',
  );
});

test('versionIn: finds the version that the default names, and a template with its line', () => {
  const template = compiled('{{operation}} {{resource}}\n\n- Resource Version: {{resourceVersion}}\n');
  assert.is(versionIn(commitMessage(facts)), '12345');
  assert.is(versionIn(commitMessage(facts, template)), '12345');
  assert.is(versionIn(commitMessage(facts, compiled('{{resource}} {{resourceVersion}}'))), undefined);
});

const objects = (kind: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({ group: '', kind, namespace: 'n', name: `x${index}` }));
const snapshot: SnapshotFacts = {
  rule: 'team-a/audit',
  objects: [...objects('ConfigMap', 2), ...objects('Deployment', 40)],
  timestampMs: facts.timestampMs,
};

test('snapshotMessage: the default', () => {
  assert.is(
    snapshotMessage(snapshot),
    `[SNAPSHOT] 42 objects by watchrule/team-a/audit

- Objects: 42
- Deployment: 40
- ConfigMap: 2
- Timestamp: 2025-01-31T18:30:00Z
`,
  );
});

test('commitMessage: a template can name the groups of the user', () => {
  const user = { kind: 'known', name: 'eve', groups: ['team-a', 'on\ncall'] } as const;
  const template = compiled('{{user}} ({{groups}})');
  assert.is(commitMessage({ ...facts, user }, template), 'eve (team-a, on\\ncall)\n');
});

test('snapshotMessage: bounds its kinds, and uses a template that says something', () => {
  const many = Array.from({ length: 30 }, (_, index) => objects(`Kind${index}`, 1)).flat();
  assert.match(
    snapshotMessage({ ...snapshot, objects: many }),
    /- Objects: 30\n(- Kind.*\n){20}- 10 more kinds\n/,
  );
  const template = compiled('{{operation}} {{resource}} {{rule}} {{user}}');
  assert.is(snapshotMessage(snapshot, template), 'SNAPSHOT 42 objects team-a/audit GitOps Reverser\n');
  assert.match(snapshotMessage(snapshot, compiled('{{name}}')), /^\[SNAPSHOT\] 42/);
});

const BROKEN: Readonly<Record<string, RegExp>> = {
  '{{user': /is broken: Unclosed tag/,
  '{{#user}}x': /is broken: Unclosed section/,
  '{{/user}}': /is broken: Unopened section/,
  '{{nmae}}': /unknown variable "nmae"; known are operation, kind, name/,
  '{{#user}}{{constructor}}{{/user}}': /unknown variable "constructor"/,
  '{{user.length}}': /unknown variable "user.length"/,
  'x {{>partial}}': /partial "partial"; partials are not supported/,
  '{{=<% %>=}}<% user %>': /changes the delimiters/,
  '': /gives an empty message/,
  '{{! only a comment }} \n': /gives an empty message/,
  'a\0b': /control characters/,
  'a\u0001b': /control characters/,
};

for (const [text, error] of Object.entries(BROKEN)) {
  test(`compileTemplate: refuses ${JSON.stringify(text)}`, () => {
    const result = compileTemplate(text);
    assert.not(result.ok);
    if (!result.ok) assert.match(result.error, error);
  });
}

test('compileTemplate: knows every variable', () => {
  for (const variable of TEMPLATE_VARIABLES)
    assert.ok(compileTemplate(`x {{${variable}}} {{#${variable}}}{{.}}{{/${variable}}}`).ok);
});

test.run();
