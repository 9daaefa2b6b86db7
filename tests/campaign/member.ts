import { setTimeout as sleep } from 'node:timers/promises';
import type { Exit, Processor } from '../integration/processor/support/processor.ts';

/** How long whoever runs a processor waits before he starts it anew. */
const restartMs = 1_000;

/**
 * A place in the group, and the processors that hold it one after the other: what ends by itself is started again, as by any machinery
 * that runs programs.
 */
export class Member {
  /** All that were started, the last one perhaps alive. */
  readonly lives: Processor[] = [];
  /** How those ended that ended by themselves. */
  readonly exits: Exit[] = [];
  readonly #start: () => Processor;
  #isWanted = false;
  /** Who ends before he was ready for the first time is not started again: nothing has disturbed him yet. */
  #wasReady = false;

  constructor(start: () => Processor) {
    this.#start = start;
  }

  /** The processor of now. */
  get processor(): Processor {
    return this.lives.at(-1)!;
  }

  start(): void {
    this.#isWanted = true;
    const processor = this.#start();
    this.lives.push(processor);
    void processor.ended.then((exit) => this.#endedBy(exit));
  }

  /** Waits until the first of its processors takes events. Fails at once when it ends instead. */
  async ready(msMax: number): Promise<void> {
    const { processor } = this;
    try {
      await processor.until(async () => (await processor.probe('/readyz')) === 200, 'the processor is ready', msMax);
    } catch (error) {
      processor.showLastLines();
      throw error;
    }
    this.#wasReady = true;
  }

  /** Nobody starts it again from now on. */
  async abandon(): Promise<void> {
    if (this.#isWanted) await this.kill();
  }

  /** As in a power cut; nobody starts it again but `start`. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** As asked to; resolves when it has ended. */
  async stop(): Promise<Exit> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<Exit> {
    this.#isWanted = false;
    return this.processor.end(signal);
  }

  async #endedBy(exit: Exit): Promise<void> {
    if (!this.#isWanted || !this.#wasReady) return;
    this.exits.push(exit);
    await sleep(restartMs);
    // Somebody may have ended the round meanwhile.
    if (this.#isWanted) this.start();
  }
}
