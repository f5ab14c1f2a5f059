import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseReview, renderReview } from './webhook-review.ts';

const request = {
  uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
  kind: { group: '', version: 'v1', kind: 'ConfigMap' },
  resource: { group: '', version: 'v1', resource: 'configmaps' },
  operation: 'CREATE',
  userInfo: { username: 'alice@example.com' },
};
const review = (changed: object = {}, of: object = {}) =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: { ...request, ...changed },
    ...of,
  });

test('parseReview: the request, with nothing lost', () => {
  const parsed = parseReview(review({ later: { field: [1] }, object: { metadata: { name: 'a' } } }));
  assert.equal(parsed, { ...request, later: { field: [1] }, object: { metadata: { name: 'a' } } });
});

test('parseReview: integers keep every digit', () => {
  const text = review({ object: { spec: {} } }).replace('"spec":{}', '"spec":{"big":9223372036854775807}');
  const { object } = parseReview(text);
  assert.equal(object, { spec: { big: 9223372036854775807n } });
});

test('parseReview: says what is wrong, without quoting it', () => {
  const cases: [string, string][] = [
    ['', 'the body is not JSON'],
    ['{"password": hunter2}', 'the body is not JSON'],
    ['[]', 'the body is not a JSON object'],
    ['null', 'the body is not a JSON object'],
    ['{}', 'it is not an admission.k8s.io/v1 AdmissionReview'],
    [
      review({}, { apiVersion: 'admission.k8s.io/v1beta1' }),
      'it is not an admission.k8s.io/v1 AdmissionReview',
    ],
    [review({}, { kind: 'Pod' }), 'it is not an admission.k8s.io/v1 AdmissionReview'],
    [review({}, { request: null }), 'it has no request'],
    [review({ uid: '' }), 'its request has no uid'],
    [review({ uid: 7 }), 'its request has no uid'],
    [review({ kind: 'ConfigMap' }), 'its request has no kind'],
    [review({ resource: undefined }), 'its request has no resource'],
    [review({ userInfo: null }), 'its request has no userInfo'],
    [review({ operation: undefined }), 'its request has no operation'],
  ];
  for (const [text, message] of cases) {
    const thrown = (() => {
      try {
        return parseReview(text);
      } catch (error) {
        return (error as Error).message;
      }
    })();
    assert.is(thrown, message, text);
  }
});

test('renderReview: the answer that the API server reads', () => {
  const response = (answer: Parameters<typeof renderReview>[1], uid = 'a') => {
    const { apiVersion, kind, response } = JSON.parse(renderReview(uid, answer));
    assert.equal([apiVersion, kind], ['admission.k8s.io/v1', 'AdmissionReview']);
    return response;
  };
  assert.equal(response({ allowed: true }), { uid: 'a', allowed: true });
  assert.equal(response({ allowed: true }, '"\n'), { uid: '"\n', allowed: true });
  assert.equal(response({ allowed: true, warnings: [] }), { uid: 'a', allowed: true });
  const status = { message: 'User "bob" may not', code: 403, reason: 'Forbidden' };
  for (const answer of [
    { allowed: true, warnings: ['one', 'two "quoted"'] },
    { allowed: false, status },
    { allowed: false, status, warnings: ['one'] },
  ]) {
    assert.equal(response(answer), { uid: 'a', ...answer });
  }
});

test.run();
