import { appendFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plan } from './plan.ts';
import type { Topology } from './topology.ts';

/** A round that was survived: a line of JSON in the file of all of them. */
export interface Survived extends Topology {
  readonly seed: number;
  readonly faults: readonly string[];
  /** From the end of the last fault until everything was decided and every member ready: milliseconds. */
  readonly recoveryMs: number;
  /** Whether history and decisions were held against an undisturbed run. */
  readonly isCompared: boolean;
}

/** Rounds of which `tests/README.md` tells. */
const file = fileURLToPath(new URL('survived.ndjson', import.meta.url));

/** Writes a round down, where the run was asked to. */
export async function note(
  { seed, topology, disturbances }: Plan,
  recoveryMs: number,
  isCompared: boolean,
): Promise<void> {
  if (process.env['WINNOW_CAMPAIGN_RECORD'] === undefined) return;
  const faults = disturbances.map(({ fault }) => fault.name);
  const survived: Survived = { seed, ...topology, faults, recoveryMs, isCompared };
  await appendFile(file, `${JSON.stringify(survived)}\n`);
}

/** Each round once, as it was survived last. */
export function readSurvived(): readonly Survived[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  const rounds = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Survived);
  return [...new Map(rounds.map((round) => [roundOf(round), round])).values()];
}

/** What it takes to live through a round again. */
function roundOf({ recoveryMs: _recoveryMs, isCompared: _isCompared, ...round }: Survived): string {
  return JSON.stringify(round);
}
