import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { simulate } from '../../src/simulation/simulate.ts';

/** Where simulated streams are kept between runs; git ignores it, and whoever wants the disk back may delete it. */
export const streamFolder = fileURLToPath(new URL('../../.cache/streams/', import.meta.url));

const simulationFolder = fileURLToPath(new URL('../../src/simulation/', import.meta.url));
/** Written at once: a write for each event would cost more than the event. */
const textsPerWrite = 2_000;

/**
 * The file of a simulated stream, an event a line, about half a kilobyte each. Made when it is not there: some 12 us an event. Its
 * name holds a hash of the simulation's code, so that a stream is never taken for one that another version would make.
 */
export async function simulatedStream({ seed, accounts }: { seed: number; accounts: number }): Promise<string> {
  const file = join(streamFolder, `${simulationVersion()}-${seed}-${accounts}.ndjson`);
  if (existsSync(file)) return file;
  mkdirSync(streamFolder, { recursive: true });
  // Whole or not at all, also where two benches make it at the same time.
  const unfinished = `${file}.${process.pid}`;
  const out = createWriteStream(unfinished);
  let texts: string[] = [];
  const write = async (): Promise<void> => {
    if (!out.write(texts.join(''))) await once(out, 'drain');
    texts = [];
  };
  for (const { json } of simulate({ seed, accounts }).events()) {
    texts.push(json, '\n');
    if (texts.length >= textsPerWrite) await write();
  }
  await write();
  out.end();
  await once(out, 'finish');
  renameSync(unfinished, file);
  return file;
}

function simulationVersion(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(simulationFolder, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const path = join(simulationFolder, name);
    if (statSync(path).isFile()) hash.update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 12);
}
