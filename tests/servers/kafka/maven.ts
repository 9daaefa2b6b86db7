import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { obtain, removeOldLogs } from '../cache.ts';
import { lastLine, run } from '../process.ts';
import { ServerUnavailable } from '../unavailable.ts';
import { kafkaCache, type Broker } from './broker.ts';
import { freeBrokerPorts, type BrokerPorts, type ClusterPlace } from './broker-settings.ts';
import { processBroker } from './process-broker.ts';
import { obtainTemplate } from './template.ts';

const pomPath = fileURLToPath(new URL('pom.xml', import.meta.url));
const javaVersionMin = 17;
const downloadMsMax = 300_000;

/**
 * A broker as a process of this machine: Java, and jars that Maven fetches once into the cache.
 * @param given its ports, where they are not to be drawn; and its place, where it is one of a cluster whose others were told them
 */
export async function mavenBroker(given?: { ports: BrokerPorts; place?: ClusterPlace }): Promise<Broker> {
  const java = await requireJava();
  const libraries = await obtainLibraries();
  await removeOldLogs(kafkaCache);
  const template = await obtainTemplate(java, libraries);
  const ports = given?.ports ?? (await freeBrokerPorts());
  return processBroker({ ports, place: given?.place, libraries, variables: { TEMPLATE: template } });
}

/** What it says of its version. */
async function requireJava(): Promise<string> {
  const java = await run('java', ['-version'], { timeoutMs: 20_000 });
  const version = javaMajorVersion(java.stderr);
  if (version === null) throw new ServerUnavailable(`no Java ${javaVersionMin} or newer`);
  if (version < javaVersionMin) throw new ServerUnavailable(`Java is ${version}, and ${javaVersionMin} is needed`);
  return java.stderr;
}

/** From the output of `java -version`: 17 of `openjdk version "17.0.15" 2025-04-15`, 8 of `java version "1.8.0_292"`. */
export function javaMajorVersion(output: string): number | null {
  const major = /version "(?:1\.)?(\d+)/.exec(output)?.[1];
  return major === undefined ? null : Number(major);
}

/** The directory of jars, named by a hash of pom.xml, so that a new version is fetched beside the old one. */
async function obtainLibraries(): Promise<string> {
  const pom = await readFile(pomPath);
  const key = createHash('sha256').update(pom).digest('hex').slice(0, 12);
  return obtain(join(kafkaCache, `libraries-${key}`), async (partial) => {
    const fetchArguments = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${partial}`];
    const maven = await run('mvn', ['-q', '-B', '-f', pomPath, ...fetchArguments], { timeoutMs: downloadMsMax });
    if (maven.code !== 0) throw new ServerUnavailable(`Maven could not fetch Kafka (${lastLine(maven)})`);
  });
}
