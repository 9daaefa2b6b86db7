import { readFileSync } from 'node:fs';

/**
 * Loaded into a processor before anything of it (`node --import`): its wall clock is off by as many milliseconds as a file says, which is
 * looked at ten times a second. The monotonic clock goes on, as that of a machine does whose time is set.
 */

const file = process.env['CAMPAIGN_CLOCK_FILE'];
const lookEveryMs = 100;
const rightNow = Date.now.bind(Date);
let offMs = 0;

if (file !== undefined) {
  const look = (): void => {
    offMs = Number(readFileSync(file, 'utf8'));
  };
  look();
  setInterval(look, lookEveryMs).unref();
  const RightDate = Date;
  class ShiftedDate extends RightDate {
    constructor(...given: unknown[]) {
      if (given.length === 0) super(rightNow() + offMs);
      else super(...(given as [number]));
    }
    static override now(): number {
      return rightNow() + offMs;
    }
  }
  globalThis.Date = ShiftedDate as DateConstructor;
}
