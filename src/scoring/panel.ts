import { championForAll, type Ballot } from './ballot.ts';
import type { Norms } from '../features/norms/norms.ts';
import type { ModelLease, ModelSlot } from './model-slot.ts';

/** One batch's hold on all models that sit on the panel, whatever takes their places meanwhile. */
export interface PanelLease {
  readonly champion: ModelLease;
  /** Which of them speaks for which account. */
  readonly ballot: Ballot;
  /** Must be called once, when the batch is done. */
  end(): Promise<void>;
}

/** The models that judge: so far the champion alone. They are taken together, so that a batch is judged by one set of versions. */
export class Panel {
  readonly #champion: ModelSlot;

  constructor(champion: ModelSlot) {
    this.#champion = champion;
  }

  /** @param platform its norms, or none. */
  lease(platform: Norms | null = null): PanelLease {
    const champion = this.#champion.lease(platform);
    return { champion, ballot: championForAll(champion.reference), end: () => champion.end() };
  }
}
