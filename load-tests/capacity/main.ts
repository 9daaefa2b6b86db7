import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeBroker, describeEnvironment } from '../load/environment.ts';
import { Session } from '../load/session.ts';
import { capacityDocument } from './document.ts';
import type { CapacityResult } from './derive.ts';
import { measureCapacity } from './measure.ts';

/**
 * Measures what one worker and two do with a backlog, with either store, and prints what follows from it.
 *
 *   npm run capacity -- --events 400000 --rounds 3                        measures and prints
 *   npm run capacity -- --core-hour-price 0.04 --keep                     with a price of yours; keeps the result for the document
 */

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '400000' },
    partitions: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    'core-hour-price': { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const price = values['core-hour-price'] === undefined ? null : positive('core-hour-price');

const environment = await describeEnvironment();
const session = await Session.open((sentence) => void process.stderr.write(`${sentence}\n`));
let measured: Omit<CapacityResult, 'environment'> | null = null;
try {
  measured = await measureCapacity(
    {
      events: positive('events'),
      partitions: positive('partitions'),
      rounds: positive('rounds'),
      seed: positive('seed'),
    },
    session,
  );
} finally {
  await session.close({ keepLogs: measured === null });
}
const result: CapacityResult = {
  environment: { ...environment, broker: describeBroker(session.origin) },
  ...measured,
};
if (values.keep) {
  const path = fileURLToPath(new URL('../results/capacity.json', import.meta.url));
  await writeFile(path, `${JSON.stringify(result, null, 2)}\n`);
}
process.stdout.write(`${capacityDocument(result, price)}\n`);
process.exit();

function positive(name: 'events' | 'partitions' | 'rounds' | 'seed' | 'core-hour-price'): number {
  const value = Number(values[name]);
  if (!(value > 0)) throw new Error(`--${name} is a number above 0, not ${values[name]}.`);
  return value;
}
