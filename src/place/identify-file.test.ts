import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderYaml } from '../render/yaml.ts';
import { identifyFile } from './identify-file.ts';

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', annotations: { note: 'yes\n# no comment\n' } },
  spec: { replicas: 2, big: 12345678901234567890n, empty: {}, list: [], text: '---\nx' },
};
const rendered = (value: unknown) => renderYaml(value as Parameters<typeof renderYaml>[0]);
const identify = (text: string) => identifyFile(Buffer.from(text));

test('identifyFile knows an object that was rendered, and nothing that somebody edited', () => {
  const text = rendered(deployment);
  assert.equal(identify(text), { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' });
  const node = rendered({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } });
  assert.equal(identify(node), { group: '', kind: 'Node', namespace: '', name: 'n' });
  for (const other of [
    '',
    `# mine\n${text}`,
    `${text}# mine\n`,
    `${text}---\n${node}`,
    `---\n${text}`,
    text.replace('replicas: 2', 'replicas:  2'),
    text.replace('name: web', 'name: "web"'),
    'kind: x\n',
    '[]\n',
    'a: [\n',
    rendered({ apiVersion: 'v1', kind: 'Node', metadata: {} }),
  ])
    assert.is(identify(other), null, other);
  assert.is(identifyFile(Buffer.from([0xff, 0xfe, 0x00])), null);
});

test.run();
