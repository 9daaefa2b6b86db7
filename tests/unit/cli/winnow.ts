import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { simulate } from '../../../src/simulation/simulate.ts';

const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

/** Where Node keeps what it has compiled: a start of the program takes a third of the time. */
export const compiled = { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] };

/** The real program, with nothing else of this process's environment. */
export function winnow(line: string, input?: string | Uint8Array) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...line.split(' ')], {
    env: compiled,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    ...(input === undefined ? {} : { input }),
  });
  return { status, stdout, stderr };
}

/** A small stream, the options by which `winnow simulate` writes it, and who is who in it. */
export const streamOptions = '--seed 3 --accounts 120 --days 2';
const { events, truth } = simulate({ seed: 3, accounts: 120, days: 2 });
export const streamEvents = Array.from(events());
export const streamText = streamEvents.map(({ json }) => `${json}\n`).join('');
export const streamTruth = truth;
