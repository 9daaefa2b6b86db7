import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FailureError } from '../../domain/failure.ts';
import { writeSmallFile } from '../../evaluation/queue/files.ts';
import { ArchiveEstimates } from '../../reports/estimates-of-archive.ts';
import { harmonisedReport } from '../../reports/harmonised/harmonised.ts';
import { sheetText, templateFiles, type Part, type Sheet } from '../../reports/harmonised/template.ts';
import type { Period } from '../../reports/period.ts';
import { missingForHarmonised } from '../../reports/platform-facts.ts';
import { reportConfig, sampleTerms, withArchive, yetToCome, type ReportOptions } from './open-report.ts';
import { platformFacts, refuseWithout } from './platform-facts.ts';

export interface TransparencyOptions extends ReportOptions {
  readonly days: Period;
  readonly cutOff?: number;
  readonly out: string;
}

/** Writes the three parts into a folder, and tells what they hold. Throws `FailureError`. */
export async function runTransparency(options: TransparencyOptions): Promise<void> {
  const config = reportConfig(options);
  const facts = platformFacts(config);
  refuseWithout(missingForHarmonised(facts));
  const cutOffMs = options.cutOff ?? Date.now();
  const terms = await sampleTerms(config);
  const estimates = new ArchiveEstimates(options.days, cutOffMs, facts.restricting, terms);
  const sheets = await withArchive(config, options, async (archive) =>
    harmonisedReport(estimates.tap(archive), options.days, cutOffMs, facts, () => estimates.finish(archive)),
  );
  await makeFolder(options.out);
  for (const [part, sheet] of Object.entries(sheets)) {
    const path = join(options.out, templateFiles[Number(part) as Part]);
    await writeSmallFile(path, sheetText(sheet));
    process.stdout.write(`${path}: ${describe(sheet)}\n`);
  }
  process.stdout.write(
    `Counted what was known by ${new Date(cutOffMs).toISOString()}. Cells that are empty say why.\n${yetToCome(cutOffMs)}`,
  );
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw new FailureError({ code: 'OUTPUT_UNWRITABLE', message: (error as Error).message, path }, { cause: error });
  }
}

function describe({ header, rows }: Sheet): string {
  const value = header.indexOf('Value');
  const isFilled = (row: readonly string[]): boolean => (value < 0 ? row[5] : row[value]) !== '';
  return `${rows.filter(isFilled).length} of ${rows.length} rows filled`;
}
