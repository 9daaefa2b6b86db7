import { openExistingArchive } from '../../app/archive/open.ts';
import { defaultPolicyFile, loadPolicyFile, orThrow } from '../../app/versions.ts';
import type { Archive } from '../../archive/archive.ts';
import type { Config } from '../../config/schema.ts';
import type { SampleTerms } from '../../reports/estimates-of-archive.ts';
import { loadConfigOf } from '../load-config.ts';

/** The options that all reports have. */
export interface ReportOptions {
  readonly archive?: string;
  readonly config?: string;
}

export function reportConfig({ config }: ReportOptions): Config {
  return loadConfigOf(config, process.env, []);
}

/** Opens the archive for a report, and closes it after. Throws `FailureError`. */
export async function withArchive<T>(
  config: Config,
  { archive: file }: ReportOptions,
  report: (archive: Archive) => Promise<T>,
): Promise<T> {
  const archive = await openExistingArchive(config, file);
  try {
    return await report(archive);
  } finally {
    await archive.close();
  }
}

/** By what the policy in force draws samples. */
export async function sampleTerms({ policy: { file } }: Config): Promise<SampleTerms> {
  const policy = orThrow(await loadPolicyFile(file ?? defaultPolicyFile));
  return { periodMs: policy.samples?.periodMs ?? Infinity, blockFrom: policy.thresholds.block };
}

/** Of a cut-off that lies ahead, that the report is not final; else nothing. */
export function yetToCome(cutOffMs: number): string {
  if (cutOffMs <= Date.now()) return '';
  return `The cut-off is yet to come: whatever is decided and said until then, and about the period, will change this report.\n`;
}
