import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Where an order is taken, and the header that it comes with. */
export const drainPath = '/drain';
export const orderHeader = 'x-winnow-order';

/** For how long an order may be on its way. Milliseconds; both clocks are of one machine. */
const ageMsMax = 30_000;
/** Orders that are remembered, each for as long as it would be good; what comes beyond them is not obeyed. */
const takenMax = 1_000;

/**
 * An order with the proof that who gives it knows the processor's key secret. From where a request comes proves nothing: behind a proxy
 * beside the processor, or an address translator, all of them come from this machine.
 * @param port where it is taken: beside another processor may listen that has the same secret
 * @param nowMs milliseconds since the epoch: what somebody reads on its way is worth nothing soon.
 */
export function orderOf(what: 'drain', port: number, keySecret: string, nowMs: number): string {
  const told = `${what} ${port} ${nowMs} ${randomBytes(16).toString('hex')}`;
  return `${told} ${proofOf(told, keySecret).toString('hex')}`;
}

/**
 * Takes orders, each once: one that was overheard does nothing when it comes again, nor where a process has begun to listen since it was
 * given, which may be the same one, started anew to work.
 */
export class Orders {
  readonly #keySecret: string;
  readonly #sinceMs: number;
  /** By proof: until when the order would be good. */
  readonly #taken = new Map<string, number>();

  /** @param nowMs since when it listens, milliseconds since the epoch */
  constructor(keySecret: string, nowMs: number) {
    this.#keySecret = keySecret;
    this.#sinceMs = nowMs;
  }

  /**
   * Whether a header is such an order, given just now by whoever knows the secret. It is not a second time.
   * @param port where it came
   */
  take(header: unknown, port: number, nowMs: number): boolean {
    const [, told, portText, timeText, proof] =
      /^(drain (\d{1,5}) (\d{1,15}) [0-9a-f]{32}) ([0-9a-f]{64})$/.exec(typeof header === 'string' ? header : '') ?? [];
    if (told === undefined || proof === undefined || Number(portText) !== port) return false;
    const timeMs = Number(timeText);
    if (Math.abs(nowMs - timeMs) > ageMsMax || timeMs < this.#sinceMs) return false;
    if (!timingSafeEqual(Buffer.from(proof, 'hex'), proofOf(told, this.#keySecret))) return false;
    for (const [former, untilMs] of this.#taken) if (untilMs < nowMs) this.#taken.delete(former);
    if (this.#taken.has(proof) || this.#taken.size >= takenMax) return false;
    this.#taken.set(proof, timeMs + ageMsMax);
    return true;
  }
}

function proofOf(told: string, keySecret: string): Buffer {
  return createHmac('sha256', keySecret).update(`winnow order: ${told}`).digest();
}
