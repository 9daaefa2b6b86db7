import { writeFile } from 'node:fs/promises';
import { csvLine } from '../../adapters/file/csv.ts';
import { FailureError } from '../../domain/failure.ts';
import type { QueueRow } from './draw.ts';

const columns = ['account_id', 'stratum', 'probability', 'group'];

/** The queue as CSV, in the order of the draw. */
export function queueCsv(rows: readonly QueueRow[]): string {
  const lines = rows.map(({ accountId, stratum, probability, group }) =>
    csvLine([accountId, stratum, String(probability), group]),
  );
  return `${[csvLine(columns), ...lines].join('\n')}\n`;
}

/** Writes a small file. Throws `FailureError` `OUTPUT_UNWRITABLE`. */
export async function writeSmallFile(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    const message = `${path}: ${(error as Error).message}.`;
    throw new FailureError({ code: 'OUTPUT_UNWRITABLE', message, path }, { cause: error });
  }
}
