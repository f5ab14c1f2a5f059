import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JsonObject } from '../kube/json.ts';
import { fingerprintOf } from './fingerprint.ts';
import { fieldsOfManifest, manifestOfFields } from './manifest.ts';
import { REDACTED_LABEL, REDACTED_LABEL_VALUE, refuseToApply } from './refuse-to-apply.ts';

const refused = (fields: JsonObject) =>
  fieldsOfManifest(
    refuseToApply(manifestOfFields({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, ...fields })),
  );
const label = { [REDACTED_LABEL]: REDACTED_LABEL_VALUE };

test('refuseToApply: a Secret with a fingerprint is refused as it is', () => {
  const data = { a: fingerprintOf('x', Buffer.alloc(32)) };
  assert.equal(refused({ data }).metadata, { name: 's' });
});

test('refuseToApply: everything else gets a label that no object may have, beside its own', () => {
  // The API's own expression for label values.
  assert.not.match(REDACTED_LABEL_VALUE, /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/);
  for (const fields of [{}, { data: {} }, { data: null }, { type: 'Opaque' }]) {
    assert.equal(refused(fields).metadata, { name: 's', labels: label });
  }
  const metadata = { name: 't', labels: { app: 'web' } };
  const data = { a: fingerprintOf('x', Buffer.alloc(32)) };
  assert.equal(refused({ apiVersion: 'example.com/v1', metadata, data }).metadata, {
    name: 't',
    labels: { app: 'web', ...label },
  });
});

test.run();
