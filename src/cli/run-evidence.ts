import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { systemClock } from '../adapters/system/clock.ts';
import { gatherEvidence, verifyEvidence } from '../archive/evidence.ts';
import { FailureError } from '../domain/failure.ts';
import { readSmallFile } from '../net/small-file.ts';
import { withArchive, type ArchivePlace } from './run-archive.ts';
import { formatCounted } from './style.ts';

/** The options of `winnow evidence`. */
export interface EvidenceCommandOptions extends ArchivePlace {
  readonly author: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly from?: number;
  readonly to?: number;
  readonly out: string;
}

/** Of one account. */
const evidenceBytesMax = 256 * 1024 * 1024;

/** Writes evidence and tells of it. The export is recorded before anything is handed out. Throws `FailureError`. */
export async function runEvidence(accountId: string, options: EvidenceCommandOptions): Promise<void> {
  const { author, reason, from = -Infinity, to = Infinity, out } = options;
  if (existsSync(out)) refuse('OUTPUT_UNWRITABLE', 'it is there already, and evidence is not written over.', out);
  const madeMs = systemClock.nowMs();
  const range = { fromMs: from, untilMs: Math.min(to, madeMs) };
  const evidence = await withArchive(options, async (archive) => {
    const gathered = await gatherEvidence(archive, { accountId, range, author, reason, madeMs });
    if (gathered.records === 0) refuse('ACCOUNT_UNKNOWN', 'there is nothing to write.');
    await archive.recordExport({
      id: randomUUID(),
      accountId,
      timeMs: madeMs,
      author,
      reason,
      fromMs: Math.max(range.fromMs, 0),
      untilMs: range.untilMs,
      lines: gathered.lines.length,
      sha256: gathered.sha256,
    });
    await write(out, `${gathered.lines.join('\n')}\n`);
    return gathered;
  });
  process.stdout.write(
    `Wrote ${formatCounted(evidence.records, 'record')} to ${out}.\nLast link: ${evidence.sha256}\n`,
  );
}

/** Verifies a file and tells what it is. Throws `FailureError` `EVIDENCE_INVALID`. */
export function runEvidenceVerify(file: string): void {
  const lines = readText(file).split('\n');
  if (lines.at(-1) === '') lines.pop();
  const verified = verifyEvidence(lines);
  if (!verified.ok) throw new FailureError(verified.failure);
  const { account, from, to, made, records, documents, missing, sha256 } = verified.value;
  process.stdout.write(
    [
      `Whole and unchanged: ${formatCounted(records, 'record')} and ${formatCounted(documents, 'document')} about ${account}.`,
      `From ${from ?? 'the beginning'} to ${to}, made ${made}.`,
      ...missing.map((name) => `The archive did not have the ${name}.`),
      `Last link: ${sha256}`,
      '',
    ].join('\n'),
  );
}

/** For its owner alone. */
async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new FailureError({ code: 'OUTPUT_UNWRITABLE', message: String(error), path: file }, { cause: error });
  }
}

function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readSmallFile(file, evidenceBytesMax));
  } catch (error) {
    throw new FailureError(
      { code: 'INPUT_UNREADABLE', message: `${(error as Error).message}.`, path: file },
      { cause: error },
    );
  }
}

function refuse(code: 'OUTPUT_UNWRITABLE' | 'ACCOUNT_UNKNOWN', message: string, path?: string): never {
  throw new FailureError(path === undefined ? { code, message } : { code, message, path });
}
