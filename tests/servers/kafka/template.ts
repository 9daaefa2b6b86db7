import { createHash } from 'node:crypto';
import { copyFile, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { obtain } from '../cache.ts';
import { waitUntilReady } from '../process.ts';
import { kafkaCache } from './broker.ts';
import { freeBrokerPorts } from './broker-settings.ts';
import { brokerScript, processBroker } from './process-broker.ts';
import { answers } from './ready.ts';

const readyMsMax = 240_000;
/** At its end it writes some ten thousand classes. */
const archiveMsMax = 240_000;

/**
 * What is the same for all brokers, made once by the first: the classes that a broker loads, laid out as Java keeps them in memory; the key
 * of the TLS listener; and the users, as Kafka's own tool writes them for a broker's first start. A start then takes a third of its time.
 * @param java what it says of its version: another one cannot read these classes, and would do without
 */
export async function obtainTemplate(java: string, libraries: string): Promise<string> {
  const script = await readFile(brokerScript);
  const key = createHash('sha256').update(java).update(libraries).update(script).digest('hex').slice(0, 12);
  return obtain(join(kafkaCache, `template-${key}`), async (partial) => {
    const ports = await freeBrokerPorts();
    const variables = { ARCHIVE: join(partial, 'classes.jsa') };
    const broker = await processBroker({ ports, libraries, variables, stopMsMax: archiveMsMax });
    try {
      await broker.start();
      await waitUntilReady({
        server: 'Kafka (whose classes are kept)',
        isReady: () => answers([`127.0.0.1:${ports.plaintext}`]),
        hasExited: () => broker.hasExited(),
        timeoutMs: readyMsMax,
        logPath: broker.logPath,
      });
      const directory = dirname(await broker.caPath());
      for (const file of ['ca.pem', 'keystore.p12', 'data/bootstrap.checkpoint'])
        await copyFile(join(directory, file), join(partial, file.slice(file.lastIndexOf('/') + 1)));
    } finally {
      await broker.stop();
      await broker.remove();
    }
  });
}
