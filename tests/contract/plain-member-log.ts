import { FailureError } from '../../src/domain/failure.ts';
import type { MemberLog, MemberLogAnswer, MemberLogCall } from '../../src/domain/member-log.ts';

/** The plainest log that keeps the contract: what others are held against, and a group in a test shares. */
export class PlainMemberLog implements MemberLog {
  /** While it is set, nobody gets an answer; `after`: the entry was written all the same. */
  outage: 'none' | 'before' | 'after' = 'none';
  calls = 0;
  #birth = 1;
  #entries: string[] = [];
  #sum: { readonly at: number; readonly text: string } | null = null;

  /** All of it is gone. */
  empty(): void {
    this.#birth++;
    this.#entries = [];
    this.#sum = null;
  }

  async exchange({ birth, readTo, entry, sum }: MemberLogCall): Promise<MemberLogAnswer> {
    this.calls++;
    await Promise.resolve();
    if (this.outage === 'before') throw away();
    if (entry !== undefined) this.#entries.push(entry);
    if (this.outage === 'after') throw away();
    const last = this.#entries.length;
    const isKnown = birth === this.#birth;
    if (isKnown && sum !== undefined && sum.at > (this.#sum?.at ?? 0) && sum.at <= last) this.#sum = sum;
    const at = this.#sum?.at ?? 0;
    const from = isKnown ? readTo : 0;
    return {
      birth: this.#birth,
      readTo: last,
      unsummed: last - at,
      entries: this.#entries.slice(Math.max(from, at)),
      ...(from < at ? { sum: this.#sum!.text } : {}),
    };
  }
}

function away(): FailureError {
  return new FailureError({ code: 'STORE_UNAVAILABLE', message: 'It is away.' });
}
