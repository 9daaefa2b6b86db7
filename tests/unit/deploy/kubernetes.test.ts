import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { topics } from '../../../src/domain/topics.ts';
import { run } from '../../servers/process.ts';
import { obtainPythonPackage } from '../../servers/python-package.ts';
import { giveUp, ServerUnavailable } from '../../servers/unavailable.ts';
import { configOf, deploy, documentsOf, readDeployed, readYaml, stopMsMax, type Document } from './files.ts';

/**
 * What Kubernetes is told, held against its own schemas and against the code: there is no cluster here. `kubectl` puts together what
 * belongs together, where it is; else only what stands in the base is looked at.
 */

/**
 * The schemas of Kubernetes, which refuse members that they do not know, of a release that is a year old: what it takes, later ones take.
 */
const schemas = {
  name: 'kubernetes-validate',
  version: '1.37.0',
  platform: 'manylinux2014',
  folder: 'kubernetes_validate/kubernetes-json-schema/v1.34.0-local-strict/',
};

const mebibytes: Record<string, number> = { Mi: 1, Gi: 1_024 };
const kubectlMsMax = 60_000;

async function manifestsOf(folder: string): Promise<Document[] | null> {
  const { code, stdout, stderr } = await run('kubectl', ['kustomize', join(deploy, 'kubernetes', folder)], {
    timeoutMs: kubectlMsMax,
  });
  if (code === null) return folder === 'base' ? plainBase() : null;
  if (code !== 0) throw new Error(stderr);
  return documentsOf(stdout);
}

/** The base as its files have it, with a ConfigMap as kustomize makes it. */
function plainBase(): Document[] {
  const { resources } = readYaml('kubernetes/base/kustomization.yaml');
  const files = (resources as string[]).flatMap((file) => documentsOf(readDeployed(`kubernetes/base/${file}`)));
  const data = { 'winnow.yaml': readDeployed('kubernetes/base/winnow.yaml') };
  return [...files, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'winnow' }, data }];
}

const rendered = {
  base: (await manifestsOf('base'))!,
  'overlays/production': await manifestsOf('overlays/production'),
};
const installations = Object.entries(rendered).flatMap(([name, manifests]) =>
  manifests === null ? [] : [{ name, manifests }],
);

function one(manifests: readonly Document[], kind: string): Document {
  const found = manifests.filter((manifest) => manifest.kind === kind);
  expect(found.map(({ metadata }) => metadata.name)).toHaveLength(1);
  return found[0];
}

const portsOf = (nodes: readonly string[]) => [...new Set(nodes.map((node) => Number(node.split(':')[1])))];

/** What several cases look at. */
function partsOf(manifests: readonly Document[]) {
  const deployment = one(manifests, 'Deployment');
  const pod = deployment.spec.template.spec;
  const [container] = pod.containers;
  const settings = one(manifests, 'ConfigMap').data['winnow.yaml'] as string;
  // What the image sets is there too.
  const image = { WINNOW_HTTP_HOST: '0.0.0.0', WINNOW_HTTP_REMOTE_ALLOWED: 'true' };
  const environment = Object.fromEntries((container.env as Document[]).map((each) => [each.name, each.value]));
  return { deployment, pod, container, settings, config: configOf({ ...image, ...environment }, settings) };
}

describe.each(installations)('$name', ({ manifests }) => {
  const { deployment, pod, container, settings, config } = partsOf(manifests);

  it('gives Winnow settings that are some, and a history that its members share', () => {
    expect(config.state.store).toBe('valkey');
    expect(config.http).toMatchObject({ host: '0.0.0.0', remoteAllowed: true, port: container.ports[0].containerPort });
    expect(config.workers.count).toBe(1);
  });

  it('hands over secrets as files alone, of a Secret that is mounted', () => {
    for (const { name: variable, value } of container.env) {
      expect(variable).toMatch(/_FILE$/);
      expect(value).toMatch(/^\/run\/secrets\/winnow\/\w+$/);
    }
    const mount = container.volumeMounts.find(({ mountPath }: Document) => mountPath === '/run/secrets/winnow');
    expect(pod.volumes).toContainEqual({
      name: mount.name,
      secret: { secretName: 'winnow', defaultMode: 0o440 },
    });
    expect(settings).not.toMatch(/password|secret:/i);
  });

  it('asks each probe what it is for', () => {
    const paths = ['startupProbe', 'readinessProbe', 'livenessProbe'].map((probe) => container[probe].httpGet);
    expect(paths).toEqual(['/startupz', '/readyz', '/livez'].map((path) => ({ path, port: 'http' })));
    const { periodSeconds, failureThreshold } = container.startupProbe;
    const startMsMax = config.kafka.startWaitMs + 2 * config.model.proof.timeoutMs;
    expect(periodSeconds * failureThreshold * 1_000).toBeGreaterThan(startMsMax);
  });

  it('waits for a stop that takes its whole time', () => {
    expect(pod.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(stopMsMax(config));
    expect(container.lifecycle).toBeUndefined();
  });

  it('runs without root, rights, a token, or a disk', () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod.automountServiceAccountToken).toBe(false);
    const dockerfile = readDeployed('image/Dockerfile');
    expect(dockerfile).toContain(`USER ${pod.securityContext.runAsUser}:${pod.securityContext.runAsGroup}`);
  });

  it('has memory for the proof of a bundle beside a member', () => {
    const [, amount, unit] = /^(\d+)(Mi|Gi)$/.exec(container.resources.limits.memory)!;
    const limit = Number(amount) * mebibytes[unit!]! * 2 ** 20;
    expect(limit).toBeGreaterThanOrEqual(config.model.proof.memoryBytesMax + 512 * 2 ** 20);
    expect(container.resources.limits.cpu).toBeUndefined();
  });

  it('replaces and drains one member at a time', () => {
    expect(deployment.spec.strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
    const { spec } = one(manifests, 'PodDisruptionBudget');
    expect(spec.maxUnavailable).toBe(1);
    const labels = deployment.spec.template.metadata.labels as Record<string, string>;
    const selectors = [
      spec.selector.matchLabels,
      deployment.spec.selector.matchLabels,
      one(manifests, 'Service').spec.selector,
      one(manifests, 'NetworkPolicy').spec.podSelector.matchLabels,
      ...pod.topologySpreadConstraints.map((each: Document) => each.labelSelector.matchLabels),
    ];
    for (const selector of selectors) expect(labels).toMatchObject(selector as object);
  });

  it('lets out nothing but what asks for names, Kafka and Valkey', () => {
    const { policyTypes, egress, ingress } = one(manifests, 'NetworkPolicy').spec;
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    const out = (egress as Document[]).map(({ to, ports }) => ({
      namespace: to[0].namespaceSelector.matchLabels['kubernetes.io/metadata.name'],
      ports: [...new Set((ports as Document[]).map((each) => each.port))],
    }));
    expect(out).toEqual([
      { namespace: 'kube-system', ports: [53] },
      { namespace: 'kafka', ports: portsOf(config.kafka.brokers) },
      { namespace: 'valkey', ports: portsOf(config.valkey.nodes) },
    ]);
    // Labels that kustomize adds to selectors would shut out the server of names.
    expect(egress[0].to[0].podSelector).toEqual({ matchLabels: { 'k8s-app': 'kube-dns' } });
    expect(ingress[0].ports).toEqual([{ protocol: 'TCP', port: config.http.port }]);
  });
});

describe.each(installations.filter(({ name }) => name !== 'base'))('$name', ({ manifests }) => {
  const { deployment, container, config } = partsOf(manifests);

  it('grows by the lag of the group on the topic, and shrinks slowly', () => {
    const scaled = one(manifests, 'ScaledObject').spec;
    expect(scaled.scaleTargetRef.name).toBe(deployment.metadata.name);
    expect(deployment.spec.replicas).toBeUndefined();
    const [{ type, metadata }] = scaled.triggers;
    expect(type).toBe('kafka');
    expect(metadata).toMatchObject({
      bootstrapServers: config.kafka.brokers.join(','),
      consumerGroup: config.kafka.groupId,
      topic: topics.events.name,
      offsetResetPolicy: config.kafka.consumer.startFrom,
      allowIdleConsumers: 'false',
      ensureEvenDistributionOfPartitions: 'true',
      sasl: config.kafka.sasl.mechanism.replace('scram-sha-', 'scram_sha'),
      tls: 'enable',
    });
    const { scaleUp, scaleDown } = scaled.advanced.horizontalPodAutoscalerConfig.behavior;
    expect(scaleDown.stabilizationWindowSeconds).toBeGreaterThan(10 * scaleUp.stabilizationWindowSeconds);
    expect(scaleDown.policies).toEqual([{ type: 'Pods', value: 1, periodSeconds: 600 }]);
    expect(scaled.fallback.replicas).toBe(scaled.maxReplicaCount);
  });

  it('is scraped where it listens', () => {
    const { selector, endpoints } = one(manifests, 'ServiceMonitor').spec;
    const service = one(manifests, 'Service');
    expect(service.metadata.labels).toMatchObject(selector.matchLabels);
    expect(endpoints).toMatchObject([{ port: service.spec.ports[0].name, path: '/metrics' }]);
    expect(service.spec.ports[0]).toMatchObject({ port: config.http.port, targetPort: container.ports[0].name });
  });
});

describe('the schemas of Kubernetes', () => {
  let folder: string | ServerUnavailable;
  beforeAll(async () => {
    folder = await obtainPythonPackage(schemas).catch((error: unknown) => {
      if (error instanceof ServerUnavailable) return error;
      throw error;
    });
  });

  /** Of the kinds that Kubernetes itself knows: those of KEDA and of Prometheus' operator have a dot in the last part of their group. */
  const own = installations.flatMap(({ name, manifests }) =>
    manifests
      .filter(({ apiVersion }) => !/keda|coreos/.test(apiVersion))
      .map((manifest) => ({ name, kind: manifest.kind as string, manifest })),
  );

  it.for(own)('$kind of $name fits', ({ manifest }, context) => {
    if (folder instanceof ServerUnavailable) giveUp(context, folder.message);
    const fits = schemaOf(folder, manifest);
    expect([fits(manifest), fits.errors]).toEqual([true, null]);
    expect(fits({ ...manifest, specification: {} })).toBe(false);
  });
});

const compiled = new Map<string, ValidateFunction>();
let ajv: Ajv2020 | undefined;

function schemaOf(folder: string, { apiVersion, kind }: Document): ValidateFunction {
  const [version, group] = (apiVersion as string).split('/').toReversed();
  const file = `${[kind.toLowerCase(), ...(group ? [group.split('.')[0]] : []), version].join('-')}.json`;
  const known = compiled.get(file);
  if (known !== undefined) return known;
  const read = (path: string): object => JSON.parse(readFileSync(join(folder, schemas.folder, path), 'utf8')) as object;
  ajv ??= new Ajv2020({ strict: false, validateFormats: false, allErrors: true }).addSchema(
    read('_definitions.json'),
    '/api/_definitions.json',
  );
  const fits = ajv.compile({ ...read(file), $id: `/api/${file}` });
  compiled.set(file, fits);
  return fits;
}
