import { createHash } from 'node:crypto';
import { morePersonal } from './campaign.ts';
import { personal } from './malformed.ts';

/** One form in which a mark could be found. */
interface Trace {
  /** The mark, and the form. */
  readonly name: string;
  /** As `folded` has it. */
  readonly text: string;
}

/** The marks, and the parts of them that would tell as much. */
const marks = [
  ...Object.values(personal),
  ...Object.values(morePersonal),
  'zq.marker',
  'zqmarker',
  'private-mail.example',
  '77019998877',
];

/**
 * Addresses as bytes, where they are so long that they cannot be there by chance: of an address of version 6 all of it and its
 * network, of version 4 the form that it has among those of version 6. Its four bytes alone are in a hundred kilobytes of hashes once
 * in some forty thousand runs, so they are not looked for.
 */
const addresses: readonly (readonly [string, Buffer])[] = [
  [morePersonal.ipv6, Buffer.from('20010db877aa001900000000000004d2', 'hex')],
  [`the network of ${morePersonal.ipv6}`, Buffer.from('20010db877aa0019', 'hex')],
  [`${personal.ip} in version 6`, Buffer.from([0, 0, 0xff, 0xff, ...personal.ip.split('.').map(Number)])],
];

/** In both byte orders of texts, and as what everybody can compute who guesses the value: a digest without a key. */
const traces: readonly Trace[] = [
  ...marks.flatMap((mark) => {
    const digests = ['md5', 'sha1', 'sha256'].map((name) => [name, createHash(name).update(mark).digest()] as const);
    return [
      ['UTF-8', Buffer.from(mark)] as const,
      ['UTF-16LE', Buffer.from(mark, 'utf16le')] as const,
      ['UTF-16BE', Buffer.from(mark, 'utf16le').swap16()] as const,
      ...digests,
      ...digests.map(([name, digest]) => [`${name} in hex`, Buffer.from(digest.toString('hex'))] as const),
    ].map(([form, bytes]) => ({ name: `${mark} (${form})`, text: folded(bytes) }));
  }),
  ...addresses.map(([name, bytes]) => ({ name: `${name} (bytes)`, text: folded(bytes) })),
];

/** The traces of marks in a text or in raw bytes, by name; in small and in capital letters alike. */
export function tracesIn(content: string | Buffer): string[] {
  const all = folded(Buffer.from(content));
  return traces.filter(({ text }) => all.includes(text)).map(({ name }) => name);
}

/** All traces, each in bytes that contain it, in capital letters, and little else: what the search must find. */
export function eachTrace(): { readonly name: string; readonly bytes: Buffer }[] {
  return traces.map(({ name, text }) => {
    const shouted = text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
    return { name, bytes: Buffer.from(`\0${shouted}\xff`, 'latin1') };
  });
}

/** A character a byte, without capital letters. */
function folded(bytes: Buffer): string {
  return bytes.toString('latin1').toLowerCase();
}
