import type { HoldWord } from '../../domain/legal-hold.ts';
import {
  holdRoom,
  holdWordMarks,
  holdWordText,
  readHoldWord,
  roomFor,
  type HoldRoom,
} from '../../history/hold-words.ts';
import type { LegalHolds, WaitingAccount } from '../../ports.ts';
import { inPieces, type Pieces } from './pieces.ts';

/** What was said of an account: never changed, but replaced. */
interface Held {
  readonly partition: number;
  readonly words: readonly string[];
}

/** What it writes into a snapshot, a piece after the other. */
interface Piece {
  /** The format of the piece; no other part of a snapshot begins with this name. */
  readonly legalHolds: number;
  readonly accounts: readonly (readonly [account: string, held: Held])[];
}

/** Changes with every change to what is written. */
const pieceFormat = 1;
/** Words of one piece, some 100 bytes each; and as how many of these the name of an account counts, of a kilobyte at most. */
const wordsPerPiece = 4_000;
const wordsPerName = 8;

/** Legal holds in this process. A snapshot of the history can have them with it, piece by piece. */
export class EmbeddedLegalHolds implements LegalHolds, Pieces {
  readonly #room: HoldRoom;
  /** Words of all accounts. */
  #words = 0;
  readonly #held = new Map<string, Held>();
  /** Accounts with a request among their words: looked at again and again, and few. */
  readonly #asked = new Set<string>();

  constructor(room: Partial<HoldRoom> = {}) {
    this.#room = { ...holdRoom, ...room };
  }

  of(account: string): Promise<readonly HoldWord[]> {
    return Promise.resolve((this.#held.get(account)?.words ?? []).map(readHoldWord));
  }

  add(account: string, word: HoldWord, partition: number): Promise<boolean> {
    const former = this.#held.get(account)?.words ?? [];
    const text = holdWordText(word);
    if (former.includes(text)) return Promise.resolve(true);
    const { accountsMax, wordsMax, allWordsMax } = roomFor(word, this.#room);
    const isKnown = former.length > 0 || this.#held.size < accountsMax;
    const hasRoom = isKnown && former.length < wordsMax && this.#words < allWordsMax;
    if (hasRoom) this.#set(account, { partition, words: [...former, text] });
    return Promise.resolve(hasRoom);
  }

  remove(account: string, words: readonly HoldWord[]): Promise<void> {
    const held = this.#held.get(account);
    if (held === undefined) return Promise.resolve();
    const gone = new Set(words.map(holdWordText));
    const left = held.words.filter((text) => !gone.has(text));
    this.#set(account, { ...held, words: left });
    return Promise.resolve();
  }

  waiting(): Promise<readonly WaitingAccount[]> {
    return Promise.resolve(
      Array.from(this.#asked, (account) => ({ account, partition: this.#held.get(account)!.partition })),
    );
  }

  accounts(): Promise<readonly string[]> {
    return Promise.resolve([...this.#held.keys()]);
  }

  /** As `Pieces`, for a snapshot. */
  write(): Iterable<Piece> {
    return pieces([...this.#held]);
  }

  /** As `Pieces`: what `write` wrote. */
  read(piece: Partial<Piece>): void {
    if (piece.legalHolds === pieceFormat) for (const [account, held] of piece.accounts ?? []) this.#set(account, held);
  }

  #set(account: string, held: Held): void {
    this.#words += held.words.length - (this.#held.get(account)?.words.length ?? 0);
    if (held.words.some(isRequest)) this.#asked.add(account);
    else this.#asked.delete(account);
    if (held.words.length === 0) this.#held.delete(account);
    else this.#held.set(account, held);
  }
}

function isRequest(text: string): boolean {
  return text.startsWith(holdWordMarks['account.erasure_requested']);
}

function* pieces(held: Piece['accounts']): Generator<Piece> {
  const weightOf = ([, { words }]: Piece['accounts'][number]): number => wordsPerName + words.length;
  for (const accounts of inPieces(held, wordsPerPiece, weightOf)) yield { legalHolds: pieceFormat, accounts };
}
