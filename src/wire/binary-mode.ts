import type { RecordHeader } from '../ports.ts';

/**
 * Binary content mode of the CloudEvents Kafka protocol binding 1.0.2: the envelope is in `ce_*` headers, the value is `data`.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
 *
 * Producers spell headers in other ways too: in any case, and with the prefix `ce-`, which is that of HTTP. What is meant is clear.
 */

type Headers = readonly RecordHeader[];

const attributes = ['specversion', 'id', 'source', 'type', 'subject', 'time', 'traceparent'] as const;
/** What is not needed to know who, what and when: where it cannot be read, it is missing. */
const spare: ReadonlySet<string> = new Set(['traceparent']);
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Whether headers say who, what or when. A whole event in the value outranks them, which is the caller's to know. */
export function isBinaryMode(headers: Headers): boolean {
  return ['ce_specversion', 'ce_id', 'ce_type'].some((name) => headerOf(headers, name) !== undefined);
}

/** The media type of the value in lower case, without parameters; undefined where no header says it. */
export function contentTypeOf(headers: Headers): string | undefined {
  // Spring calls it contentType.
  const header = headerOf(headers, 'content-type') ?? headerOf(headers, 'contenttype');
  const contentType = header === undefined ? undefined : readHeader(header);
  return contentType?.split(';', 1)[0]!.trim().toLowerCase();
}

/** The CloudEvent in structured form, or the attribute whose header is not UTF-8. */
export function envelopeOf(
  headers: Headers,
  data: unknown,
): { readonly envelope: object } | { readonly faulty: string } {
  const envelope: Record<string, unknown> = {};
  for (const attribute of attributes) {
    const header = headerOf(headers, `ce_${attribute}`);
    if (header === undefined) continue;
    const value = readHeader(header);
    if (value !== undefined) envelope[attribute] = value;
    else if (!spare.has(attribute)) return { faulty: attribute };
  }
  return { envelope: { ...envelope, data } };
}

/** The last header of a name in lower case, however it is spelt; undefined where there is none, or one whose value is null. */
function headerOf(headers: Headers, name: string): Uint8Array | string | undefined {
  return headers.findLast((header) => isNamed(header.name, name))?.value ?? undefined;
}

function isNamed(key: string, name: string): boolean {
  if (key === name) return true;
  return key.length === name.length && key.toLowerCase().replace(/^ce-/, 'ce_') === name;
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
