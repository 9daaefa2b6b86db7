import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeOldLogs } from '../cache.ts';
import { docker, requireImage } from '../docker.ts';
import { guard } from '../guardian.ts';
import { startProcess, type ServerProcess } from '../process.ts';
import { kafkaCache, stopMsMax, type Broker } from './broker.ts';
import { brokerEnvironment, freeBrokerPorts, type BrokerPorts } from './broker-settings.ts';

/** The same version as in pom.xml. */
const image = 'apache/kafka:4.3.1';
const scriptPath = fileURLToPath(new URL('broker.sh', import.meta.url));
const workDirectory = '/tmp/winnow';

/**
 * A broker in a container. Its ports are published on loopback under the numbers that it has inside.
 * @param given its ports, where they are not to be drawn
 */
export async function dockerBroker(given?: BrokerPorts): Promise<Broker> {
  await requireImage(image);
  await removeOldLogs(kafkaCache);
  const ports = given ?? (await freeBrokerPorts());
  const env = brokerEnvironment({ ports, bindAddress: '0.0.0.0', workDirectory, classPath: '/opt/kafka/libs/*' });
  const directory = await mkdtemp(join(tmpdir(), 'winnow-kafka-'));
  const name = basename(directory);
  const { plaintext, sasl, tls, proxied } = ports;
  const published = [plaintext, sasl, tls, ...(proxied === undefined ? [] : [proxied.own])];
  const script = await readFile(scriptPath, 'utf8');
  await docker(
    'create',
    '--name',
    name,
    ...published.flatMap((port) => ['--publish', `127.0.0.1:${port}:${port}`]),
    ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    '--entrypoint',
    'sh',
    image,
    '-c',
    script,
  );
  const guardian = guard('docker rm --force --volumes "$1"; rm -rf -- "$2"', name, directory);
  const caPath = join(directory, 'ca.pem');
  const logPath = join(kafkaCache, `${name}.log`);
  let attached: ServerProcess | null = null;
  return {
    port: ports,
    caPath: async () => {
      await docker('cp', `${name}:${workDirectory}/ca.pem`, caPath);
      return caPath;
    },
    logPath,
    // Attached, the command ends with the container and writes its log.
    start: async () => {
      attached = await startProcess({ command: 'docker', args: ['start', '--attach', name], logPath });
    },
    hasExited: () => attached === null || attached.hasExited(),
    stop: async () => void (await docker('stop', '-t', String(stopMsMax / 1000), name)),
    kill: async () => void (await docker('kill', name)),
    remove: async () => {
      await docker('rm', '--force', '--volumes', name);
      await rm(directory, { recursive: true, force: true });
      guardian.release();
    },
  };
}
