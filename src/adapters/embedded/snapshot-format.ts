import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import { crc32 } from 'node:zlib';
import { actions } from '../../domain/decision.ts';
import { labels } from '../../domain/event.ts';
import { allowedLatenessMs, distinctExactMax, earliestMs, entityState, windows } from '../../features/state.ts';
import type { StoreState } from './dump.ts';
import type { Pieces } from './pieces.ts';

/**
 * A snapshot file is a row of sections, numbered from 0. Each has a frame of four words (mark, number, length in bytes, checksum)
 * and then its payload; the checksum (CRC-32) goes over the rest of the frame and the payload, so that no bit can change unseen.
 *
 *     section 0       the header, JSON in UTF-8
 *     sections 1 to n records: per entity its kind, and what `KindTable.save` writes
 *     section n + 1   empty: the end, behind which there is nothing, unless the header says that there are pieces:
 *     sections to m   pieces, what a companion of the store has written: JSON in UTF-8
 *     section m + 1   empty: the end
 */

/** Changes with every change to what the words of a file mean that the names of fields do not tell. */
export const snapshotVersion = 6;

export const frameWords = 4;
export const frameBytes = frameWords * 4;
/** Bytes of a section of records, frame included: the most that is made and checked between two turns of the event loop. */
export const recordSectionBytes = 256 * 1024;
/** Bytes of any section; the header's grows with the number of partitions. */
const sectionBytesMax = 4 * 1024 * 1024;
/** "WNOW", read as a word. */
const mark = 0x574f4e57;

/** What a snapshot and the store that reads it must have in common. */
export interface SnapshotIdentity {
  /** Equal where records mean the same. */
  readonly layout: string;
  /** Equal under the same key secret. */
  readonly keyCheck: string;
}

/** Section 0. */
export interface SnapshotHeader extends SnapshotIdentity, StoreState {
  readonly version: number;
  /** What a companion of the store keeps with it; absent where there was none. */
  readonly companion?: unknown;
  /** Pieces of a companion stand behind the records; absent where there are none. */
  readonly hasPieces?: true;
}

/** What is kept with a store, of the same moment: something small that JSON can write. */
export interface Companion {
  kept(): unknown;
  restore(kept: unknown): void;
  /** What is larger; absent where nothing is. */
  readonly pieces?: Pieces;
}

/**
 * Fills in the frame at the beginning of a section of which all behind the frame is payload.
 * @param section the whole section, at a place divisible by 4.
 */
export function sealSection(section: Uint8Array, number: number): void {
  assert(section.length <= sectionBytesMax, 'a section is of a size that will be read');
  const frame = frameOf(section);
  frame[0] = mark;
  frame[1] = number;
  frame[2] = section.length - frameBytes;
  frame[3] = checksum(section);
}

/** Bytes of the section that a frame begins, or null when it is no frame of that number. */
export function sectionBytes(frame: Uint8Array, number: number): number | null {
  const [itsMark, itsNumber, payloadBytes] = frameOf(frame);
  const isFrame = itsMark === mark && itsNumber === number && payloadBytes! <= sectionBytesMax - frameBytes;
  return isFrame ? frameBytes + payloadBytes! : null;
}

/** Whether a section is as it was sealed. */
export function isIntact(section: Uint8Array): boolean {
  return frameOf(section)[3] === checksum(section);
}

/**
 * Names what the records of a store with these fields mean.
 * @param fields of each kind, as `Slab.fields`.
 * @param declared what is remembered of each kind: counters of one size may mean another thing, or lie in another order.
 */
export function layoutOf(fields: unknown, declared: unknown = entityState): string {
  const meaning = [fields, declared, windows, allowedLatenessMs, earliestMs, distinctExactMax, actions, labels];
  return createHash('sha256')
    .update(JSON.stringify([...meaning, endianness()]))
    .digest('hex')
    .slice(0, 16);
}

function frameOf(section: Uint8Array): Uint32Array {
  assert(section.length >= frameBytes && section.byteOffset % 4 === 0, 'a section begins with its frame');
  return new Uint32Array(section.buffer, section.byteOffset, frameWords);
}

function checksum(section: Uint8Array): number {
  const head = section.subarray(0, frameBytes - 4);
  return crc32(section.subarray(frameBytes), crc32(head));
}
