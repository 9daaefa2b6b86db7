import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive } from '../../archive/archive.ts';
import { FailureError } from '../../domain/failure.ts';
import { writeSmallFile } from '../../evaluation/queue/files.ts';
import { ArchiveEstimates } from '../../reports/estimates-of-archive.ts';
import { harmonisedReport } from '../../reports/harmonised/harmonised.ts';
import {
  platformCellsSchema,
  unknownCells,
  withPlatformCells,
  type PlatformCell,
} from '../../reports/harmonised/platform-cells.ts';
import { sheetText, templateFiles, type Part, type Sheet } from '../../reports/harmonised/template.ts';
import type { Period } from '../../reports/period.ts';
import { missingForHarmonised, type Languages } from '../../reports/platform-facts.ts';
import { readLanguages } from './account-table.ts';
import { reportConfig, sampleTerms, withArchive, yetToCome, type ReportOptions } from './open-report.ts';
import { platformFacts, refuseWithout } from './platform-facts.ts';

export interface TransparencyOptions extends ReportOptions {
  readonly days: Period;
  readonly cutOff?: number;
  readonly facts?: string;
  readonly languages?: string;
  readonly out: string;
}

/** What is still not known, in the form of what `--facts` reads. */
const unknownFile = 'unknown-facts.json';

/** Writes the three parts into a folder, and what is not known of them; tells what they hold. Throws `FailureError`. */
export async function runTransparency(options: TransparencyOptions): Promise<void> {
  const config = reportConfig(options);
  const facts = platformFacts(config);
  refuseWithout(missingForHarmonised(facts));
  const cutOffMs = options.cutOff ?? Date.now();
  const terms = await sampleTerms(config);
  const cells = options.facts === undefined ? [] : await readCells(options.facts);
  const said = options.languages === undefined ? undefined : await readLanguages(options.languages);
  const estimates = new ArchiveEstimates(options.days, cutOffMs, facts.restricting, terms);
  const counted = await withArchive(config, options, async (archive) => {
    const languages = said && (await byNumber(archive, said));
    const estimate = () => estimates.finish(archive, languages);
    return harmonisedReport(estimates.tap(archive), options.days, cutOffMs, facts, estimate, languages);
  });
  const { sheets, faults } = withPlatformCells(counted, cells);
  if (faults.length > 0) refuseFacts(options.facts!, faults);
  await makeFolder(options.out);
  for (const [part, sheet] of Object.entries(sheets)) {
    const path = join(options.out, templateFiles[Number(part) as Part]);
    await writeSmallFile(path, sheetText(sheet));
    process.stdout.write(`${path}: ${describe(sheet)}\n`);
  }
  const unknown = unknownCells(sheets);
  const path = join(options.out, unknownFile);
  await writeSmallFile(path, `${JSON.stringify({ cells: unknown }, null, 2)}\n`);
  process.stdout.write(
    `${path}: ${unknown.length} cells of parts 7 and 8 that nobody gave; complete it, and give it back with --facts\n`,
  );
  process.stdout.write(
    `Counted what was known by ${new Date(cutOffMs).toISOString()}. Cells that are empty say why.\n${yetToCome(cutOffMs)}`,
  );
}

/** Throws `FailureError` `INPUT_UNREADABLE` with the place. */
async function readCells(path: string): Promise<readonly PlatformCell[]> {
  const refuse = (message: string): never => refuseFacts(path, [message]);
  const text = await readFile(path, 'utf8').catch((error: Error) => refuse(error.message));
  const json: unknown = parsed(text, refuse);
  const checked = platformCellsSchema.safeParse(json);
  if (checked.success) return checked.data.cells;
  return refuseFacts(
    path,
    checked.error.issues.map(({ path: place, message }) => `${place.join('.')}: ${message}`),
  );
}

function parsed(text: string, refuse: (message: string) => never): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse((error as Error).message);
  }
}

/** With all that is wrong, so that it is mended at once. */
function refuseFacts(path: string, faults: readonly string[]): never {
  throw new FailureError({ code: 'INPUT_UNREADABLE', message: `${faults.join('\n  ')}\n`, path });
}

/** Accounts by their number in the archive. Who is not in it had nothing decided. */
async function byNumber(archive: Archive, said: ReadonlyMap<string, string>): Promise<Languages> {
  const numbers = await archive.accountNumbers(said.keys());
  return new Map(Array.from(numbers, ([accountId, account]) => [account, said.get(accountId)!]));
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
