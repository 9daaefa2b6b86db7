import { distinctExactMax } from '../../features/state.ts';
import { AccountMemory } from '../../history/account-memory.ts';
import { addDistinct, clearDistinct, distinctWordsMax } from '../../history/distinct-counts.ts';
import { isJudgement } from '../../history/judgement.ts';
import { KindHistory, type DistinctBlocks } from '../../history/kind-history.ts';
import { memoryOfWords, RecordLayout, type Memory } from '../../history/record.ts';
import { counterWords } from '../../history/single-element.ts';
import type { KindPlan } from './kind-plan.ts';

/** The largest block for each distinct counter of one entity, one behind the other; a handle is a counter's place, plus 1. */
class InlineBlocks implements DistinctBlocks {
  readonly #words: Uint32Array;

  constructor(count: number) {
    this.#words = new Uint32Array(count * distinctWordsMax);
  }

  add(handle: number, element: number, second: number, spanS: number): number {
    addDistinct(this.#words, this.placeOf(handle), distinctExactMax, element, second, spanS);
    return handle;
  }

  wordsOf(): Uint32Array {
    return this.#words;
  }

  placeOf(handle: number): number {
    return (handle - 1) * distinctWordsMax;
  }
}

/** The record of one entity of a kind, which is filled with one entity after the other: its memory, and what `history` knows of it. */
export class EntityRecord {
  readonly plan: KindPlan;
  readonly layout = new RecordLayout();
  readonly memory: Memory;
  readonly history: KindHistory;
  /** Accounts alone have one. */
  readonly accounts: AccountMemory | null;
  readonly blocks: InlineBlocks;
  /** Words of an account: the event that brought the judgement, and the one before. By these it can move twice, and count once. */
  readonly labelEvent: number;
  /** Words: handles of the blocks, which never change. */
  readonly #handles: number;

  constructor(plan: KindPlan) {
    const { distincts } = plan.layout;
    this.plan = plan;
    this.blocks = new InlineBlocks(distincts.length);
    this.#handles = this.layout.reserve('handles', distincts.length * counterWords, 4);
    this.history = new KindHistory(plan.layout, this.layout, this.#handles, this.blocks);
    this.accounts = plan.isAccount ? new AccountMemory(this.layout) : null;
    this.labelEvent = this.layout.reserve('judgement event, former judgement', plan.isAccount ? 2 : 0, 4);
    this.layout.settle();
    this.memory = memoryOfWords(this.layout.recordWords);
    this.clear();
  }

  /** Makes it the record of an entity that was never touched. */
  clear(): void {
    const { words } = this.memory;
    words.fill(0);
    for (let index = 0; index < this.plan.layout.distincts.length; index++) {
      words[this.#handles + index * counterWords] = index + 1;
      clearDistinct(this.blocks.wordsOf(), this.blockAt(index));
    }
  }

  /** Whether touches can have made it. */
  isSound(): boolean {
    const { words } = this.memory;
    return (
      this.history.isSound(this.memory, 0) &&
      (this.accounts === null || (this.accounts.isSound(this.memory, 0) && isJudgement(words[this.labelEvent + 1]!)))
    );
  }

  /** Place of a distinct counter's block. */
  blockAt(index: number): number {
    return this.blocks.placeOf(index + 1);
  }
}
