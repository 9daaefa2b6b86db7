import { type GroupMember, type SharedValue } from '../../domain/group-member.ts';

/** What the store of groups writes into a snapshot, a piece after the other: JSON in UTF-8. */
export interface GroupPiece {
  /** Another one is not read. */
  readonly format: number;
  /** Accounts that an epoch brought, by epoch. */
  readonly population?: readonly (readonly [epoch: number, accounts: number])[];
  /** Values that are common. */
  readonly common?: readonly SharedValue[];
  readonly members?: readonly KeptMember[];
}

/** JSON knows no infinity: what nobody knows is null. */
type KeptMember = Omit<GroupMember, 'createdMs'> & { readonly createdMs: number | null };

/** Changes with every change to what is written. */
const pieceFormat = 1;

/** Accounts, or values, of one piece: a millisecond's work, and far below the bytes that a piece may have. */
const perPiece = 200;

export function writePiece(piece: Omit<GroupPiece, 'format'>): Uint8Array {
  return Buffer.from(JSON.stringify({ format: pieceFormat, ...piece }));
}

/** Undefined where this version did not write it. */
export function readPiece(bytes: Uint8Array): GroupPiece | undefined {
  try {
    const piece = JSON.parse(Buffer.from(bytes).toString()) as GroupPiece;
    return piece.format === pieceFormat ? piece : undefined;
  } catch {
    return undefined;
  }
}

export function keptMember(member: GroupMember): KeptMember {
  return { ...member, createdMs: Number.isFinite(member.createdMs) ? member.createdMs : null };
}

export function memberKept(kept: KeptMember): GroupMember {
  return { ...kept, createdMs: kept.createdMs ?? Infinity };
}

/** Items a few at a time; what comes while they are gone through is among them, or will be told again. */
export function* inPieces<T>(items: Iterable<T>): Generator<readonly T[]> {
  let piece: T[] = [];
  for (const item of items) {
    piece.push(item);
    if (piece.length < perPiece) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}
