import { readFileSync } from 'node:fs';
import { simulate } from '../../src/simulation/simulate.ts';

/**
 * Where the events of a bench come from. A file, as `winnow simulate` writes it, is the same for every version that reads it; each
 * version's own simulation may have other events, and what two of them cost is then not the same question.
 */
export interface EventSource {
  /** NDJSON, an event a line. Without it, this version simulates. */
  readonly file: string | undefined;
  readonly seed: number;
  readonly accounts: number;
}

/** The events as JSON, in their order. Throws when the file cannot be read. */
export function* eventTexts({ file, seed, accounts }: EventSource): Generator<string, void> {
  if (file === undefined) for (const { json } of simulate({ seed, accounts }).events()) yield json;
  else for (const line of readFileSync(file, 'utf8').split('\n')) if (line !== '') yield line;
}
