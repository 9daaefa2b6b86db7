import { readLabels, type Label } from '../adapters/file/labels.ts';
import type { EventSource } from '../evaluation/calibrate.ts';
import type { IncomingRecord, RecordBatch } from '../ports.ts';
import { decodeEvent } from '../wire/decode-event.ts';

/** What every event that is a label holds somewhere: in its value, or, in binary mode, in a header. */
const mark = 'account.labelled';

/**
 * Past events without what people said of accounts, which is kept apart: what is decided then owes nothing to the answers that it is
 * measured by. Of an account the last word counts.
 */
export class LabelsApart implements EventSource {
  readonly name: string;
  /** Of the accounts that a label was met of, as far as the events have been read. */
  readonly labels = new Map<string, Label>();
  readonly #source: EventSource;

  constructor(source: EventSource) {
    this.name = source.name;
    this.#source = source;
  }

  async *read(): AsyncGenerator<RecordBatch> {
    for await (const batch of this.#source.read())
      yield { ...batch, records: batch.records.filter((record) => !this.#isLabel(record)) };
  }

  #isLabel(record: IncomingRecord): boolean {
    if (!holdsMark(record)) return false;
    const decoded = decodeEvent(record);
    if (!decoded.ok || decoded.value.type !== mark) return false;
    this.labels.set(decoded.value.subject, { label: decoded.value.data.label, segment: '' });
    return true;
  }
}

function holdsMark({ value, headers }: IncomingRecord): boolean {
  if (value !== null && Buffer.from(value.buffer, value.byteOffset, value.byteLength).includes(mark)) return true;
  return headers.some(({ value: text }) => text !== null && Buffer.from(text).includes(mark));
}

/** What all files say of accounts, the last one counting; and what the events say, where that is asked for: they are read for it once more. */
export async function labelsOf(
  paths: readonly string[],
  events: EventSource | null,
): Promise<ReadonlyMap<string, Label>> {
  const labels = new Map<string, Label>();
  for (const path of paths) for (const [account, label] of await readLabels(path)) labels.set(account, label);
  if (events === null) return labels;
  const apart = new LabelsApart(events);
  for await (const { records } of apart.read()) records satisfies unknown;
  for (const [account, label] of apart.labels) labels.set(account, label);
  return labels;
}
