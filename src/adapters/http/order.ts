import { createHmac, timingSafeEqual } from 'node:crypto';

/** Where an order is taken, and the header that it comes with. */
export const drainPath = '/drain';
export const orderHeader = 'x-winnow-order';

/** For how long an order may be on its way. Milliseconds; both clocks are of one machine. */
const ageMsMax = 30_000;

/**
 * An order with the proof that who gives it knows the processor's key secret. From where a request comes proves nothing: behind a proxy
 * beside the processor, or an address translator, all of them come from this machine.
 * @param nowMs milliseconds since the epoch: what somebody reads on its way is worth nothing soon.
 */
export function orderOf(what: 'drain', keySecret: string, nowMs: number): string {
  const told = `${what} ${nowMs}`;
  return `${told} ${proofOf(told, keySecret).toString('hex')}`;
}

/** Whether a header is such an order, given just now by whoever knows the secret. */
export function isOrder(header: unknown, what: 'drain', keySecret: string, nowMs: number): boolean {
  const [, timeText, proof] = /^drain (\d{1,15}) ([0-9a-f]{64})$/.exec(typeof header === 'string' ? header : '') ?? [];
  if (timeText === undefined || proof === undefined || Math.abs(nowMs - Number(timeText)) > ageMsMax) return false;
  return timingSafeEqual(Buffer.from(proof, 'hex'), proofOf(`${what} ${timeText}`, keySecret));
}

function proofOf(told: string, keySecret: string): Buffer {
  return createHmac('sha256', keySecret).update(`winnow order: ${told}`).digest();
}
