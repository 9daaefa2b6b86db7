/** Of whom there is something in a batch. */
export interface OfAccount {
  readonly event: { readonly subject: string };
}

/** A batch between its first look at history and its settling. */
interface InHand {
  readonly facts: readonly OfAccount[];
  readonly hasLabels: boolean;
  readonly ended: Promise<void>;
}

/**
 * Keeps what people say of an account, and what happens to it, in one order. Both come by partitions of their own, whose batches
 * overlap: an event that was decided while a label was on its way would be held against what stood before, and its block sent after the
 * lift. So a batch with labels waits for those before it that have one of its accounts, and those after it wait for it. Batches without
 * labels never wait for each other, and where no label is in hand nothing is compared.
 *
 * Who came first goes first, so nobody waits in a circle. In hand are as many batches as partitions at most.
 */
export class AccountTurns {
  readonly #inHand = new Set<InHand>();

  /** Resolves when the batch's turn has come: call what it gives when the batch is settled, or given up. Rejects when `signal` is aborted. */
  async begin(facts: readonly OfAccount[], hasLabels: boolean, signal: AbortSignal): Promise<() => void> {
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const before = [...this.#inHand].filter(
      (other) => (hasLabels || other.hasLabels) && shareAccount(facts, other.facts),
    );
    const one: InHand = { facts, hasLabels, ended };
    const end = (): void => {
      this.#inHand.delete(one);
      resolve();
    };
    this.#inHand.add(one);
    try {
      if (before.length > 0) await abortable(Promise.all(before.map((other) => other.ended)), signal);
    } catch (error) {
      end();
      throw error;
    }
    return end;
  }
}

function shareAccount(some: readonly OfAccount[], others: readonly OfAccount[]): boolean {
  const accounts = new Set(some.map(({ event }) => event.subject));
  return others.some(({ event }) => accounts.has(event.subject));
}

async function abortable(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
