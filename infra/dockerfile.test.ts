/** The image and the Deployment agree. The image itself is not built here. */
import { readFileSync } from 'node:fs';
import { App, Testing } from 'cdk8s';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import packageJson from '../package.json' with { type: 'json' };
import { InstallChart } from './install-chart.ts';

const dockerfile = readFileSync(new URL('Dockerfile', import.meta.url), 'utf8');
const ignored = readFileSync(new URL('Dockerfile.dockerignore', import.meta.url), 'utf8').split('\n');
const deployment = Testing.synth(new InstallChart(new App(), 'install')).find(
  ({ kind }) => kind === 'Deployment',
);
const pod = deployment?.spec.template.spec;

/** The words behind an instruction, each time that it is given. */
const instructions = (name: string) =>
  [...dockerfile.matchAll(new RegExp(`^${name} (.*)$`, 'gm'))].map(([, words]) => words as string);

test('Dockerfile: the user, the volumes and the ports are those of the Deployment', () => {
  assert.equal(instructions('USER'), [`${pod.securityContext.runAsUser}:${pod.securityContext.runAsGroup}`]);
  assert.is(instructions('WORKDIR').at(-1), '/data');
  const [container] = pod.containers;
  assert.ok(container.volumeMounts.some(({ mountPath }: { mountPath: string }) => mountPath === '/data'));
  const ports = container.ports.map(({ containerPort }: { containerPort: number }) => containerPort);
  assert.equal(instructions('EXPOSE'), [ports.join(' ')]);
});

test('Dockerfile: the base is pinned to a version, and labels tell the version of the package', () => {
  const [base] = instructions('ARG') as [string];
  assert.match(base, /^NODE_IMAGE=node:\d+\.\d+\.\d+-\w+-slim$/);
  assert.ok(instructions('ARG').includes(`VERSION=${packageJson.version}`));
  assert.equal(
    instructions('FROM').map((words) => words.replace('--platform=$BUILDPLATFORM ', '')),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the Dockerfile
    ['${NODE_IMAGE} AS build', '${NODE_IMAGE}'],
  );
});

test('Dockerfile: the builder gets all that it copies', () => {
  const sources = instructions('COPY')
    .filter((words) => !words.startsWith('--from'))
    .flatMap((words) => words.split(' ').slice(0, -1));
  assert.ok(sources.length > 0);
  for (const source of sources) assert.ok(ignored.includes(`!${source}`), source);
});

test.run();
