/** What the first bytes of a file give away, so that one of another kind is refused with what to do about it. */

interface ForeignKind {
  readonly begins: readonly number[];
  readonly refusal: string;
}

const unpack = (kind: string, command: string): string =>
  `it is ${kind}, not text or gzip. Unpack it first: ${command}`;
function exported(kind: string): string {
  return `it is ${kind}, not lines of text. Export it as lines of JSON`;
}
const convert = (encoding: string): string =>
  `it is ${encoding}, not UTF-8. Convert it: iconv -f ${encoding} -t UTF-8; PowerShell writes UTF-8 by Out-File -Encoding utf8`;

const foreignKinds: readonly ForeignKind[] = [
  { begins: [0x28, 0xb5, 0x2f, 0xfd], refusal: unpack('packed by zstd', 'zstd -d') },
  { begins: [0xfd, 0x37, 0x7a, 0x58, 0x5a], refusal: unpack('packed by xz', 'xz -d') },
  { begins: [0x42, 0x5a, 0x68], refusal: unpack('packed by bzip2', 'bzip2 -d') },
  { begins: [0x04, 0x22, 0x4d, 0x18], refusal: unpack('packed by lz4', 'lz4 -d') },
  { begins: [0x1f, 0x9d], refusal: unpack('packed by compress', 'gzip -d') },
  { begins: [0x37, 0x7a, 0xbc, 0xaf], refusal: unpack('a 7-Zip archive', '7z x') },
  {
    begins: [0x50, 0x4b, 0x03, 0x04],
    refusal: unpack('a zip archive or a spreadsheet', 'unzip, or save the sheet as CSV UTF-8'),
  },
  { begins: [0xd0, 0xcf, 0x11, 0xe0], refusal: unpack('a spreadsheet', 'save the sheet as CSV UTF-8') },
  { begins: [...Buffer.from('PAR1')], refusal: exported('Parquet') },
  { begins: [...Buffer.from('Obj'), 1], refusal: exported('Avro') },
  { begins: [...Buffer.from('ORC')], refusal: exported('ORC') },
  { begins: [...Buffer.from('ARROW1')], refusal: exported('Arrow') },
  { begins: [...Buffer.from('SQLite format 3')], refusal: exported('a SQLite database') },
];

const byteOrderMark = [0xef, 0xbb, 0xbf] as const;

/** Why a file with these first bytes cannot be read as UTF-8 text; undefined when it can. */
export function refusalOf(first: Uint8Array): string | undefined {
  const foreign = foreignKinds.find(({ begins }) => startsWith(first, begins));
  if (foreign !== undefined) return foreign.refusal;
  const encoding = wideEncodingOf(first);
  return encoding === undefined ? undefined : convert(encoding);
}

/** UTF-16 and UTF-32 give themselves away by their mark, or by the zeros beside their first two characters, which are ASCII. */
function wideEncodingOf(first: Uint8Array): string | undefined {
  const [a, b, c, d] = first;
  if (startsWith(first, [0xff, 0xfe, 0, 0]) || startsWith(first, [0, 0, 0xfe, 0xff])) return 'UTF-32';
  if (startsWith(first, [0xff, 0xfe]) || startsWith(first, [0xfe, 0xff])) return 'UTF-16';
  if (isAscii(a) && b === 0 && c === 0 && d === 0) return 'UTF-32LE';
  if (a === 0 && b === 0 && c === 0 && isAscii(d)) return 'UTF-32BE';
  if (isAscii(a) && b === 0 && isAscii(c) && d === 0) return 'UTF-16LE';
  if (a === 0 && isAscii(b) && c === 0 && isAscii(d)) return 'UTF-16BE';
  return undefined;
}

function isAscii(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x09 && byte <= 0x7e;
}

/** Bytes of the mark that Windows puts before UTF-8: 3, or 0 without one. */
export function byteOrderMarkLength(first: Uint8Array): number {
  return startsWith(first, byteOrderMark) ? byteOrderMark.length : 0;
}

function startsWith(bytes: Uint8Array, begins: readonly number[]): boolean {
  return begins.every((byte, index) => bytes[index] === byte);
}
