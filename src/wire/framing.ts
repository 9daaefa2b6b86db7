import type { Failure } from '../domain/failure.ts';

/**
 * What stands in place of JSON, told by its first bytes: whoever set up a serializer learns which one it was. Only looked at
 * when a value could not be read.
 */

interface Framing {
  readonly code: Failure['code'];
  readonly starts: readonly number[];
  readonly what: string;
}

const framings: readonly Framing[] = [
  { code: 'EVENT_COMPRESSED', starts: [0x1f, 0x8b], what: 'gzip' },
  { code: 'EVENT_COMPRESSED', starts: [0x28, 0xb5, 0x2f, 0xfd], what: 'zstd' },
  { code: 'EVENT_COMPRESSED', starts: [0x04, 0x22, 0x4d, 0x18], what: 'an lz4 frame' },
  { code: 'EVENT_COMPRESSED', starts: [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59], what: 'xerial-framed snappy' },
  { code: 'EVENT_NOT_UTF8', starts: [0x7b, 0x00, 0x00, 0x00], what: 'UTF-32, little end first' },
  { code: 'EVENT_NOT_UTF8', starts: [0x00, 0x00, 0xfe, 0xff], what: 'UTF-32, big end first' },
  { code: 'EVENT_NOT_UTF8', starts: [0x00, 0x00, 0x00, 0x7b, 0x00, 0x00, 0x00], what: 'UTF-32, big end first' },
  // Before the frame that begins with a byte 0: no registry has two billion schemas.
  { code: 'EVENT_NOT_UTF8', starts: [0x00, 0x7b], what: 'UTF-16, big end first' },
  { code: 'EVENT_NOT_UTF8', starts: [0x7b, 0x00], what: 'UTF-16, little end first' },
  { code: 'EVENT_NOT_UTF8', starts: [0xff, 0xfe, 0x00, 0x00], what: 'UTF-32, little end first' },
  { code: 'EVENT_FRAMED', starts: [0x03, 0x00], what: 'the frame of AWS Glue: two bytes and the id of a schema' },
  { code: 'EVENT_COMPRESSED', starts: [0x03, 0x05], what: 'the frame of AWS Glue, compressed' },
  { code: 'EVENT_FRAMED', starts: [0x4f, 0x62, 0x6a, 0x01], what: 'an Avro file' },
  { code: 'EVENT_FRAMED', starts: [0x3c], what: 'XML or HTML, such as the page of a proxy' },
  { code: 'EVENT_FRAMED', starts: [0x65, 0x79, 0x4a], what: 'base64: JSON, or a JSON Web Token' },
  { code: 'EVENT_FRAMED', starts: [0x00], what: 'the frame of a schema registry: a byte 0 and the id of a schema' },
  { code: 'EVENT_FRAMED', starts: [0xac, 0xed], what: 'a serialized Java object' },
  { code: 'EVENT_NOT_UTF8', starts: [0xff, 0xfe], what: 'UTF-16, little end first' },
  { code: 'EVENT_NOT_UTF8', starts: [0xfe, 0xff], what: 'UTF-16, big end first' },
];

/** Why a value is no JSON, where its first bytes tell. */
export function framingFailure(bytes: Uint8Array): Failure | undefined {
  const framing = framings.find(({ starts }) => starts.every((byte, at) => bytes[at] === byte));
  if (framing === undefined) return undefined;
  return { code: framing.code, message: `Expected JSON, received ${framing.what}.`, path: '$' };
}
