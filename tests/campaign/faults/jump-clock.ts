import { writeFile } from 'node:fs/promises';
import { anywhere, type Fault } from './fault.ts';

const minuteMs = 60_000;

/** What comes now would count as ahead of its time: it waits until the clock is right. */
export const clockBack: Fault = {
  name: 'clock-back',
  what: 'the clocks of all processors jump back by 10 to 600 minutes',
  parts: ['clock'],
  lastsMs: [3_000, 10_000],
  isPossible: anywhere,
  tells: [[{ metric: 'winnow_holds_total', labels: { step: 'clock' } }], [{ log: 'CLOCK_BEHIND' }]],
  begin: async ({ clockFile }, random) => {
    await writeFile(clockFile, String(-random.integer(10, 600) * minuteMs));
    return () => writeFile(clockFile, '0');
  },
};

/** A clock that is fast cannot be told from a backlog, until an hour ahead, where topics refuse what is sent: what must hold is that nothing is lost by it. */
export const clockAhead: Fault = {
  name: 'clock-ahead',
  what: 'the clocks of all processors jump ahead by 10 minutes to 10 hours',
  parts: ['clock'],
  lastsMs: [3_000, 10_000],
  isPossible: anywhere,
  tells: [],
  begin: async ({ clockFile }, random) => {
    await writeFile(clockFile, String(random.integer(10, 600) * minuteMs));
    return () => writeFile(clockFile, '0');
  },
};
