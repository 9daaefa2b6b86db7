import type { RecordHeader } from '../ports.ts';

/**
 * Binary content mode of the CloudEvents Kafka protocol binding 1.0.2: the envelope is in `ce_*` headers, the value is `data`.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
 */

type Headers = readonly RecordHeader[];

const attributes = ['specversion', 'id', 'source', 'type', 'subject', 'time'] as const;
/** Headers of which one is enough to tell. */
const decisive: ReadonlySet<string> = new Set(['ce_specversion', 'ce_id', 'ce_type']);
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Whether the envelope is in the headers: some `ce_` header is there, and no content type says that the value is the whole. */
export function isBinaryMode(headers: Headers): boolean {
  if (!headers.some(({ name, value }) => value !== null && decisive.has(name))) return false;
  const contentType = readHeader(valueOf(headers, 'content-type') ?? '');
  return !contentType?.toLowerCase().startsWith('application/cloudevents');
}

/** The CloudEvent in structured form, or the attribute whose header is not UTF-8. */
export function envelopeOf(
  headers: Headers,
  data: unknown,
): { readonly envelope: object } | { readonly faulty: string } {
  const envelope: Record<string, unknown> = {};
  for (const attribute of attributes) {
    const header = valueOf(headers, `ce_${attribute}`);
    if (header === undefined) continue;
    const value = readHeader(header);
    if (value === undefined) return { faulty: attribute };
    envelope[attribute] = value;
  }
  return { envelope: { ...envelope, data } };
}

/** The last value of that name; undefined when there is none, or a null. */
function valueOf(headers: Headers, name: string): Uint8Array | string | undefined {
  return headers.findLast((header) => header.name === name)?.value ?? undefined;
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
