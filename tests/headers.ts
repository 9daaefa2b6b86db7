import type { RecordHeader } from '../src/ports.ts';

/** Headers of a record, as tests like to write and to read them: where no name repeats. */

type HeaderValue = RecordHeader['value'];

export function headersOf(values: Readonly<Record<string, HeaderValue | undefined>>): RecordHeader[] {
  return Object.entries(values).map(([name, value]) => ({ name, value: value ?? null }));
}

/** The last value of each name. */
export function valuesOf(headers: readonly RecordHeader[]): Readonly<Record<string, HeaderValue>> {
  return Object.fromEntries(headers.map(({ name, value }) => [name, value]));
}
