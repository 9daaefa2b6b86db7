import { createLogger, type Logger, type LogLevel } from '../../../../src/adapters/log/logger.ts';
import type { Clock } from '../../../../src/ports.ts';

/** A clock that stands still until it is moved. */
export class HandClock implements Clock {
  ms = Date.UTC(2026, 10, 24, 4, 36, 51, 123);

  nowMs(): number {
    return this.ms;
  }

  monotonicMs(): number {
    return this.ms;
  }
}

/** A logger whose lines can be read again. */
export function recordingLogger(level: LogLevel, clock: Clock): { logger: Logger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { logger: createLogger(level, clock, { write }), lines };
}
