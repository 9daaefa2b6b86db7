import { hash } from 'node:crypto';
import { failed, success, type Result } from '../domain/failure.ts';
import { documentKinds, type Archive, type DocumentKind, type TimeRange } from './archive.ts';
import { canonicalJson } from './canonical-json.ts';

/**
 * All that is known and decided about one account, for who has a right to see it: lines of canonical JSON, each with the hash of the one before
 * it. Whoever changes, adds or takes away a line changes the hash of the last one, which the archive keeps with the export.
 */

export interface EvidenceOrder {
  readonly accountId: string;
  readonly range: TimeRange;
  /** Who asks, by an identifier of the operator's own, and why. */
  readonly author: string;
  readonly reason: string;
  /** When: milliseconds since the epoch. */
  readonly madeMs: number;
}

export interface Evidence {
  readonly lines: readonly string[];
  /** Of the last line, 64 hex digits. */
  readonly sha256: string;
  /** Records of the account, beside what says by which documents they were made. */
  readonly records: number;
}

const format = 'winnow.evidence/1';
const before = '0'.repeat(64);

/** Gathers the evidence, from the account's records and the documents that its decisions name. Throws what the archive throws. */
export async function gatherEvidence(archive: Archive, order: EvidenceOrder): Promise<Evidence> {
  const chain = new Chain();
  const { accountId, range, author, reason, madeMs } = order;
  const [from, to] = [timeOf(range.fromMs), timeOf(range.untilMs)];
  chain.add('evidence', { format, account: accountId, from, to, author, reason, made: timeOf(madeMs) });
  const named = new Map<string, readonly [DocumentKind, string]>();
  let records = 0;
  for await (const { kind, id, timeMs, body } of archive.accountRecords(accountId, range)) {
    const record: unknown = JSON.parse(body);
    records += 1;
    chain.add(kind, { id, time: timeOf(timeMs), record });
    if (kind === 'decision') for (const each of documentsOf(record)) named.set(each.join(' '), each);
  }
  const missing: string[] = [];
  for (const [name, [kind, sha256]] of named) {
    const document = await archive.document(kind, sha256);
    if (document === null) missing.push(name);
    else chain.add('document', { document: kind, sha256, base64: Buffer.from(document.bytes).toString('base64') });
  }
  chain.add('end', { records, missing });
  return { lines: chain.lines, sha256: chain.last, records };
}

export interface EvidenceSummary {
  readonly account: string;
  readonly from: string;
  readonly to: string;
  readonly made: string;
  readonly records: number;
  readonly documents: number;
  /** Documents that decisions name and the archive did not have: kind and hash with a blank between. */
  readonly missing: readonly string[];
  readonly sha256: string;
}

/** Holds evidence against itself: its form, its chain, the hashes of its documents, its end. */
export function verifyEvidence(lines: readonly string[]): Result<EvidenceSummary> {
  let last = before;
  let head: Partial<EvidenceSummary> & { readonly format?: string } = {};
  let end: { readonly records?: unknown; readonly missing?: unknown } | undefined;
  let [records, documents] = [0, 0];
  for (const [at, line] of lines.entries()) {
    const entry = parse(line);
    if (entry === undefined || canonicalJson(entry) !== line) return wrong(at, 'It is not in canonical form.');
    if (entry.previous !== last) return wrong(at, 'It does not follow the line before it.');
    if (end !== undefined) return wrong(at, 'It comes after the end.');
    if ((entry.kind === 'evidence') !== (at === 0)) return wrong(at, 'Evidence has one head, in its first line.');
    if (entry.kind === 'evidence') head = entry.content as typeof head;
    else if (entry.kind === 'end') end = entry.content as typeof end;
    else if (entry.kind === 'document') {
      if (!isDocument(entry.content)) return wrong(at, 'The document is not the one of its hash.');
      documents += 1;
    } else records += 1;
    last = hash('sha256', line);
  }
  if (end === undefined) return wrong(lines.length, 'It has no end: lines are missing.');
  if (head.format !== format) return wrong(0, `It is not of the format ${format}.`);
  if (end.records !== records) return wrong(lines.length - 1, 'It does not have as many records as its end says.');
  const { account = '', from = '', to = '', made = '' } = head;
  return success({ account, from, to, made, records, documents, missing: end.missing as string[], sha256: last });
}

function wrong(at: number, what: string) {
  return failed('EVIDENCE_INVALID', what, `line ${at + 1}`);
}

class Chain {
  readonly lines: string[] = [];
  last = before;

  add(kind: string, content: object): void {
    const line = canonicalJson({ kind, previous: this.last, content });
    this.lines.push(line);
    this.last = hash('sha256', line);
  }
}

interface Entry {
  readonly kind?: unknown;
  readonly previous?: unknown;
  readonly content?: unknown;
}

function parse(line: string): Entry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

interface DecisionDocuments {
  readonly data: {
    readonly policy: { readonly sha256: string };
    readonly model: { readonly sha256: string };
    readonly norms?: { readonly sha256: string };
  };
}

function documentsOf(record: unknown): readonly (readonly [DocumentKind, string])[] {
  const { policy, model, norms } = (record as DecisionDocuments).data;
  return [
    ['policy', policy.sha256],
    ['manifest', model.sha256],
    ...(norms === undefined ? [] : [['norms', norms.sha256] as const]),
  ];
}

/** A manifest goes by the hash of the model that it speaks of. */
function isDocument(content: unknown): boolean {
  const { document, sha256, base64 } = content as { [name: string]: unknown };
  if (!documentKinds.some((kind) => kind === document) || typeof base64 !== 'string') return false;
  const bytes = Buffer.from(base64, 'base64');
  if (document !== 'manifest') return hash('sha256', bytes) === sha256;
  const manifest = parse(bytes.toString('utf8')) as { files?: { 'model.onnx'?: { sha256?: unknown } } } | undefined;
  return manifest?.files?.['model.onnx']?.sha256 === sha256;
}

function timeOf(ms: number): string | null {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null;
}
