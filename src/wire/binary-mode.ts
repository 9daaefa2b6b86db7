import type { IncomingRecord } from '../ports.ts';

/**
 * Binary content mode of the CloudEvents Kafka protocol binding 1.0.2: the envelope is in `ce_*` headers, the value is `data`.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
 */

type Headers = IncomingRecord['headers'];

const attributes = ['specversion', 'id', 'source', 'type', 'subject', 'time'] as const;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Whether the envelope is in the headers: some `ce_` header is there, and no content type says that the value is the whole. */
export function isBinaryMode(headers: Headers): boolean {
  if (headers['ce_specversion'] === undefined && headers['ce_id'] === undefined && headers['ce_type'] === undefined) {
    return false;
  }
  const contentType = readHeader(headers['content-type'] ?? '');
  return !contentType?.toLowerCase().startsWith('application/cloudevents');
}

/** The CloudEvent in structured form, or the attribute whose header is not UTF-8. */
export function envelopeOf(
  headers: Headers,
  data: unknown,
): { readonly envelope: object } | { readonly faulty: string } {
  const envelope: Record<string, unknown> = {};
  for (const attribute of attributes) {
    const header = headers[`ce_${attribute}`];
    if (header === undefined) continue;
    const value = readHeader(header);
    if (value === undefined) return { faulty: attribute };
    envelope[attribute] = value;
  }
  return { envelope: { ...envelope, data } };
}

/** Undefined where it is not UTF-8, or a string that UTF-8 cannot hold. */
function readHeader(header: Uint8Array | string): string | undefined {
  if (typeof header === 'string') return header.isWellFormed() ? header : undefined;
  try {
    return decoder.decode(header);
  } catch {
    return undefined;
  }
}
