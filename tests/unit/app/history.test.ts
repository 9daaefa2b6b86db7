import { describe, expect, it } from 'vitest';
import { dividedHistoryTelemetry } from '../../../src/app/worker/history.ts';
import { HandClock, recordingLogger } from '../adapters/log/recording.ts';

describe('members that have each their own history', () => {
  it.each([
    [1, 0],
    [2, 1],
    [9, 1],
  ])('%d in the group: %d lines that say so', (members, count) => {
    const { logger, lines } = recordingLogger('info', new HandClock());
    dividedHistoryTelemetry(logger).membersCounted(members);
    expect(lines).toHaveLength(count);
    if (count > 0)
      expect(lines[0]).toMatchObject({ level: 'error', members, remedy: expect.stringContaining('valkey') as string });
  });
});
