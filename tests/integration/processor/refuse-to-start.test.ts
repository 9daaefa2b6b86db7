import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SnapshotLock } from '../../../src/adapters/embedded/snapshot-lock.ts';
import { exitCodes } from '../../../src/cli/exit-codes.ts';
import { requireKafkaSecurity } from '../../servers/shared-kafka.ts';
import type { Skip } from '../../servers/unavailable.ts';
import { temporaryDirectory } from './support/files.ts';
import { damaged, Models } from './support/models.ts';
import { Scene } from './support/scene.ts';

interface Refusal {
  readonly because: string;
  /** What is set wrongly. */
  readonly variables: (scene: Scene, context: Skip) => Promise<Record<string, string>> | Record<string, string>;
  readonly exitCode: number;
  /** Begins with the failure's code, and says what is wrong and what to do. */
  readonly line: RegExp;
}

async function file(name: string, content: string): Promise<string> {
  const path = join(await temporaryDirectory(), name);
  await writeFile(path, content);
  return path;
}

const { config, refused, broker } = exitCodes;

const refusals: readonly Refusal[] = [
  {
    because: 'no broker answers',
    variables: () => ({ WINNOW_KAFKA_BROKERS: '127.0.0.1:1', WINNOW_KAFKA_START_WAIT_MS: '1000' }),
    exitCode: broker.code,
    line: /^error: BROKER_UNREACHABLE: 127\.0\.0\.1:1: .+ waited for it for 1 s \(kafka\.startWaitMs\)\. Check kafka\.brokers and the network\.$/,
  },
  {
    because: 'topics are missing',
    variables: () => ({ WINNOW_KAFKA_TOPICS_EVENTS: 'not-there', WINNOW_KAFKA_TOPICS_DEAD_LETTERS: 'nor-there' }),
    exitCode: broker.code,
    line: /^error: TOPIC_MISSING: not-there, nor-there: .+--create-topics/,
  },
  {
    because: 'Kafka refuses the credentials',
    variables: (_scene, context) => ({
      WINNOW_KAFKA_BROKERS: requireKafkaSecurity(context).brokersSasl.join(','),
      WINNOW_KAFKA_SASL_MECHANISM: 'scram-sha-512',
      WINNOW_KAFKA_SASL_USERNAME: 'stranger',
      WINNOW_KAFKA_SASL_PASSWORD: 'a-password-not-to-be-told',
    }),
    exitCode: broker.code,
    line: /^error: BROKER_AUTHENTICATION: .+ Check kafka\.sasl and kafka\.tls\.$/,
  },
  {
    because: 'the policy has a fault',
    variables: async () => ({ WINNOW_POLICY_FILE: await file('policy.yaml', "version: '1'\nthresholds: high\n") }),
    exitCode: refused.code,
    line: /^error: POLICY_INVALID at \S+policy\.yaml: it has faults\.$/,
  },
  {
    because: 'the policy is not there',
    variables: () => ({ WINNOW_POLICY_FILE: 'not-there.yaml' }),
    exitCode: refused.code,
    line: /^error: POLICY_UNREADABLE at not-there\.yaml: .+/,
  },
  {
    because: 'no deployment names a champion',
    variables: () => ({ WINNOW_MODEL_DEPLOYMENT_FILE: 'not-there.json' }),
    exitCode: refused.code,
    line: /^error: DEPLOYMENT_INVALID at not-there\.json: .+ Mend what the message names/,
  },
  {
    because: 'the champion is not there',
    variables: async () => {
      const models = await Models.copy();
      await models.deploy('not-there');
      return models.variables;
    },
    exitCode: refused.code,
    line: /^error: BUNDLE_UNREADABLE at \S*not-there\S*: .+/,
  },
  {
    because: 'the champion fails its proof',
    variables: async () => {
      const models = await Models.copy();
      await models.add('broken', { files: { 'model.onnx': damaged }, stale: true });
      await models.deploy('broken');
      return models.variables;
    },
    exitCode: refused.code,
    line: /^error: BUNDLE_HASH at \S*broken\S*: .+ Copy the bundle again/,
  },
  {
    because: 'settings are wrong',
    variables: () => ({ WINNOW_BATCH_RECORDS_MAX: 'many', WINNOW_KAFKA_TOPIC: 'events' }),
    exitCode: config.code,
    line: /^error: CONFIG_INVALID: 2 faults in the configuration\.$/,
  },
  {
    because: 'the folder of its snapshot is not there',
    variables: async () => ({
      WINNOW_STATE_SNAPSHOT_FILE: join(await temporaryDirectory(), 'not-there', 'history.snapshot'),
    }),
    exitCode: exitCodes.file.code,
    line: /^error: SNAPSHOT_INACCESSIBLE at \S+not-there\S+: .+ Check that its folder exists, the rights and the space\./,
  },
  {
    because: 'another process uses its snapshot',
    variables: async () => {
      const path = join(await temporaryDirectory(), 'history.snapshot');
      const lock = await SnapshotLock.acquire(`${path}.lock`);
      if (!lock.ok) throw new Error(lock.failure.message);
      onTestFinished(() => lock.value.release());
      return { WINNOW_STATE_SNAPSHOT_FILE: path };
    },
    exitCode: exitCodes.file.code,
    line: /^error: SNAPSHOT_LOCKED at \S+: It is held by .+ End the other process, .+state\.store valkey\.$/,
  },
  {
    because: 'history is to be in a Valkey that is not named',
    variables: () => ({ WINNOW_STATE_STORE: 'valkey' }),
    exitCode: config.code,
    line: /^error: CONFIG_INVALID: 1 fault in the configuration\.$/,
  },
  {
    because: 'the certificates of Valkey cannot be read',
    variables: () => ({
      WINNOW_STATE_STORE: 'valkey',
      WINNOW_VALKEY_NODES: '127.0.0.1:1',
      WINNOW_VALKEY_TLS_ENABLED: 'true',
      WINNOW_VALKEY_TLS_CA_FILE: 'not-there.pem',
    }),
    exitCode: config.code,
    line: /^error: CONFIG_INVALID at valkey\.tls\.caFile: not-there\.pem cannot be read \(ENOENT\)\./,
  },
  {
    because: 'its port is taken',
    variables: async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      onTestFinished(() => void server.close());
      return { WINNOW_HTTP_PORT: String((server.address() as AddressInfo).port) };
    },
    exitCode: config.code,
    line: /^error: CONFIG_INVALID: Nothing can listen on 127\.0\.0\.1:\d+ \(http\.host, http\.port\): .+/,
  },
];

describe('winnow run refuses to start', () => {
  it.for(refusals)(
    'when $because: a documented exit code, and a line that says what to do',
    async (refusal, context) => {
      const scene = await Scene.create(context);
      const variables = await refusal.variables(scene, context);
      const processor = scene.run(variables);

      expect(await processor.ended).toEqual({ code: refusal.exitCode, signal: null });
      expect(processor.stderr.split('\n')[0]).toMatch(refusal.line);
      expect(processor.stderr).not.toMatch(/^\s+at /m);
      expect(processor.stdout + processor.stderr).not.toContain('a-password-not-to-be-told');
    },
  );
});
