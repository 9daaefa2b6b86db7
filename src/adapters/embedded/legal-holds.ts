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
import type { Pieces } from './snapshot-format.ts';

/** What was said of an account: never changed, but replaced. */
interface Held {
  readonly partition: number;
  readonly words: readonly string[];
}

/** What it writes into a snapshot, a piece after the other: JSON in UTF-8. */
interface Piece {
  /** The format of the piece; no other part of a snapshot begins with this name. */
  readonly legalHolds: number;
  readonly accounts: readonly (readonly [account: string, held: Held])[];
}

/** Changes with every change to what is written. */
const pieceFormat = 1;
const pieceStart = Buffer.from('{"legalHolds":');
/** Accounts and words of one piece: some 100 bytes a word, and a kilobyte for the longest name. */
const accountsPerPiece = 500;
const wordsPerPiece = 4_000;

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
  write(): Iterable<Uint8Array> {
    return pieces([...this.#held]);
  }

  /** As `Pieces`: what `write` wrote. */
  read(bytes: Uint8Array): void {
    const text = Buffer.from(bytes);
    if (!text.subarray(0, pieceStart.length).equals(pieceStart)) return;
    const { legalHolds, accounts } = JSON.parse(text.toString()) as Piece;
    if (legalHolds === pieceFormat) for (const [account, held] of accounts) this.#set(account, held);
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

function* pieces(held: readonly (readonly [string, Held])[]): Generator<Uint8Array> {
  let accounts: (readonly [string, Held])[] = [];
  let words = 0;
  for (const entry of held) {
    const count = entry[1].words.length;
    if (accounts.length === accountsPerPiece || (words + count > wordsPerPiece && accounts.length > 0)) {
      yield pieceOf(accounts);
      [accounts, words] = [[], 0];
    }
    accounts.push(entry);
    words += count;
  }
  if (accounts.length > 0) yield pieceOf(accounts);
}

function pieceOf(accounts: Piece['accounts']): Uint8Array {
  return Buffer.from(JSON.stringify({ legalHolds: pieceFormat, accounts } satisfies Piece));
}
