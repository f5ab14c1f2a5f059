import fc from 'fast-check';
import type { ExactValue } from './exact-value.ts';
import type { ObjectSchema, Schemas } from './openapi.ts';

/** How deep a generated value goes below the field that is added. */
const DEPTH_MAX = 4;
/** How likely an optional field is in a generated object, in a hundred. */
const OPTIONAL_PERCENT = 12;

/**
 * What fields of these names must look like to be accepted. Where a rule could reach other objects of the cluster, it
 * must not: groups and users are nobody's.
 */
const BY_NAME: Readonly<Record<string, readonly string[]>> = {
  apiGroup: ['nobody.example.com'],
  apiGroups: ['nobody.example.com'],
  apiVersion: ['v1', 'example.com/v1'],
  cidr: ['10.0.0.0/8', '2001:db8::/32'],
  devicePath: ['/dev/xvda'],
  divisor: ['1', '1Mi'],
  driver: ['csi.example.com'],
  effect: ['NoSchedule', 'NoExecute'],
  expression: ['true', 'has(object.metadata)'],
  externalIPs: ['203.0.113.9'],
  fieldPath: ['metadata.name', "metadata.labels['on']"],
  host: ['a.example.com', '*.example.com'],
  hostIP: ['127.0.0.1'],
  image: ['registry.example.com/c:1', 'on'],
  ip: ['10.1.2.3'],
  key: ['example.com/key', 'on', 'key'],
  kind: ['ConfigMap', 'Thing'],
  loadBalancerSourceRanges: ['192.0.2.0/24'],
  mountPath: ['/mnt', '/a b'],
  nameservers: ['10.0.0.10'],
  operator: ['In', 'Exists', 'DoesNotExist', 'Equal'],
  path: ['/x', 'x', 'a/b'],
  port: ['http'],
  protocol: ['TCP', 'UDP', 'SCTP'],
  resource: ['limits.cpu', 'requests.memory'],
  resources: ['things'],
  scheme: ['HTTP', 'HTTPS'],
  server: ['nfs.example.com'],
  topologyKey: ['zone', 'topology.kubernetes.io/zone'],
  type: ['Utilization', 'Pods', 'Directory', 'RuntimeDefault'],
  verbs: ['get', 'list'],
  volumeID: ['v-1'],
  whenUnsatisfiable: ['ScheduleAnyway', 'DoNotSchedule'],
};

/** Numbers that controllers act on: few Pods, and no end within the test. */
const NUMBERS_BY_NAME: Readonly<Record<string, readonly bigint[]>> = {
  activeDeadlineSeconds: [3_600n, 100_000n],
  completions: [1n, 2n],
  parallelism: [0n, 1n, 2n],
  replicas: [0n, 1n, 2n],
};
/** Texts that a careless writer of YAML would change, among plain ones. */
const TEXTS = [
  ...['a', 'b-1', 'some.name', 'yes', 'on', 'null', '12:30', '0x10', '1e3', '007'],
  ...['x y', 'two\nlines\n', ' padded ', '{}', '- a', '#no', 'tab\there', 'ünï', '', '~', '1_000'],
];
const QUANTITIES = ['1', '0.5', '100m', '1.5Gi', '2048Mi', '1e3', '9007199254740993'];
const INTEGERS = [0n, 1n, 2n, 5n, 30n, 80n, 600n, 8443n];
const LONG_INTEGERS = [...INTEGERS, 2147483647n, 9007199254740993n];
const TIMES = ['2026-01-31T10:00:00Z'];
const MICRO_TIMES = ['2026-01-31T10:00:00.123456Z'];

/** Values that fit a schema: every required field, some of the others, bounded in depth. */
export function valuesOf(
  schemas: Schemas,
  of: ObjectSchema,
  fieldName: string,
  depth = 0,
): fc.Arbitrary<ExactValue> {
  const { schema, name } = schemas.resolve(of);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum.filter((value) => value !== ''));
  if (name.endsWith('.Quantity')) return fc.constantFrom(...QUANTITIES);
  if (name.endsWith('.IntOrString')) return fc.constantFrom<ExactValue>(1n, 80n, '50%', 'http');
  if (name.endsWith('.MicroTime')) return fc.constantFrom(...MICRO_TIMES);
  switch (schema.type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.constantFrom(
        ...(NUMBERS_BY_NAME[fieldName] ?? (schema.format === 'int64' ? LONG_INTEGERS : INTEGERS)),
      );
    case 'number':
      return fc.constantFrom<ExactValue>(0.5, 1n, 1e-7, 1.25);
    case 'string':
      return stringsOf(schema, fieldName);
    case 'array':
      return fc.array(valuesOf(schemas, schema.items ?? {}, fieldName, depth + 1), {
        minLength: 1,
        maxLength: 2,
      });
    default:
      return objectsOf(schemas, schema, depth);
  }
}

function stringsOf(schema: ObjectSchema, fieldName: string): fc.Arbitrary<ExactValue> {
  if (schema.format === 'byte') return fc.constantFrom('AAECA/8=', 'eWVz');
  if (schema.format === 'date-time') return fc.constantFrom(...TIMES);
  // A Node that is there: Pods of others are collected.
  if (fieldName === 'nodeName') return fc.constant('rt-worker');
  const fitting = BY_NAME[fieldName];
  const simple = fc.constantFrom('a', 'b-1', 'yes', 'on', 'null', '12', '1e3');
  if (fitting !== undefined) return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...fitting) }, simple);
  return fc.oneof(simple, fc.constantFrom(...TEXTS));
}

function objectsOf(schemas: Schemas, schema: ObjectSchema, depth: number): fc.Arbitrary<ExactValue> {
  const { properties, required = [], additionalProperties } = schema;
  if (properties === undefined) {
    const values =
      typeof additionalProperties === 'object'
        ? valuesOf(schemas, additionalProperties, 'value', depth + 1)
        : fc.constantFrom<ExactValue>('on', 1n, true, 0.5, 9007199254740993n);
    return fc.dictionary(fc.constantFrom('a', 'on', 'example.com/b', '12'), values, {
      minKeys: 1,
      maxKeys: 2,
    });
  }
  const fields = Object.entries(properties).flatMap(([key, child]) => {
    const isRequired = required.includes(key);
    if (!isRequired && depth >= DEPTH_MAX) return [];
    const values = fc.constant(null).chain(() => valuesOf(schemas, child, key, depth + 1));
    return [[key, isRequired ? values : sometimes(values)] as const];
  });
  return fc
    .record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<ExactValue | undefined>>)
    .map((record) =>
      Object.fromEntries(
        Object.entries(record).filter((entry): entry is [string, ExactValue] => entry[1] !== undefined),
      ),
    );
}

function sometimes(values: fc.Arbitrary<ExactValue>): fc.Arbitrary<ExactValue | undefined> {
  return fc.oneof(
    { weight: 100 - OPTIONAL_PERCENT, arbitrary: fc.constant(undefined) },
    { weight: OPTIONAL_PERCENT, arbitrary: values },
  );
}
