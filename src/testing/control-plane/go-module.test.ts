import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { controlPlaneGoMod, linkerFlags } from './go-module.ts';

const kubernetesGoMod = `module k8s.io/kubernetes

go 1.26.0

godebug default=go1.26

require (
	go.etcd.io/etcd/client/v3 v3.6.8
	k8s.io/api v0.0.0
	k8s.io/kube-openapi v0.0.0-20260317180543-43fb72c5454a
	k8s.io/klog/v2 v2.140.0
	k8s.io/mount-utils v0.0.0 // indirect
	k8s.io/utils v0.0.0-20260210185600-b8788abfbbc2
)
`;

test('controlPlaneGoMod replaces exactly the modules that stand at v0.0.0', () => {
  assert.is(
    controlPlaneGoMod(kubernetesGoMod),
    `module gitops-reverser.invalid/control-plane

go 1.26.0

godebug default=go1.26

require (
	go.etcd.io/etcd/server/v3 v3.6.8
	k8s.io/kubernetes v1.36.3
)

replace (
	k8s.io/api => k8s.io/api v0.36.3
	k8s.io/mount-utils => k8s.io/mount-utils v0.36.3
)
`,
  );
});

test('linkerFlags names the version', () => {
  assert.match(linkerFlags(), '-X k8s.io/component-base/version.gitVersion=v1.36.3');
  assert.match(linkerFlags(), '-X k8s.io/component-base/version.gitMinor=36');
});

test.run();
