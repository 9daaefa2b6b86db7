import type { RecordHeader } from '../ports.ts';

/**
 * W3C Trace Context: `00-`, the trace, the span that sent it, flags. Ids of zeros alone, and version ff, are none.
 * https://www.w3.org/TR/trace-context/#traceparent-header
 */
export const traceparentPattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

const traceparentLength = 55;
const headerName = 'traceparent';

/** The trace context that a value is, or undefined: whatever else stands there is not read and goes nowhere. */
export function traceparentOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length !== traceparentLength) return undefined;
  return traceparentPattern.test(value) ? value : undefined;
}

/** The trace context that whoever sent a record put beside it, for this hop alone. */
export function hopOf(headers: readonly RecordHeader[]): string | undefined {
  const value = headers.findLast(({ name }) => name === headerName)?.value;
  if (value === undefined || value === null || value.length !== traceparentLength) return undefined;
  return traceparentOf(typeof value === 'string' ? value : Buffer.from(value).toString('latin1'));
}

/** The header by which a record tells of its trace. */
export function hopHeader(traceparent: string): RecordHeader {
  return { name: headerName, value: traceparent };
}
