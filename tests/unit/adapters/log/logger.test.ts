import { describe, expect, it } from 'vitest';
import { HandClock, recordingLogger } from './recording.ts';

const clock = new HandClock();

describe('createLogger', () => {
  it('writes one JSON object with time, level, sentence and fields', () => {
    const { logger, lines } = recordingLogger('info', clock);
    logger.warn('A partition is held.', { partition: 3 });
    expect(lines).toEqual([
      {
        level: 'warn',
        time: '2026-11-24T04:36:51.123Z',
        pid: process.pid,
        partition: 3,
        message: 'A partition is held.',
      },
    ]);
  });

  it.each([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['error', ['error']],
    ['fatal', []],
    ['silent', []],
  ] as const)('writes from level %s on', (level, written) => {
    const { logger, lines } = recordingLogger(level, clock);
    for (const each of ['debug', 'info', 'warn', 'error'] as const) logger[each]('A sentence.');
    expect(lines.map((line) => line['level'])).toEqual(written);
  });

  it.each([
    ['debug', true],
    ['info', false],
  ] as const)('says at level %s whether debug lines are written', (level, debugs) => {
    expect(recordingLogger(level, clock).logger.debugs()).toBe(debugs);
  });

  it('writes an error with its causes', () => {
    const { logger, lines } = recordingLogger('info', clock);
    logger.error('It failed.', { error: new Error('outer', { cause: new Error('inner') }) });
    const { error } = lines[0] as { error: { message: string; stack: string } };
    expect(error.message).toContain('outer');
    expect(error.stack).toContain('inner');
  });

  it.each([
    ['an event', { event: { subject: 'acc_8f3k2', data: { context: { ip: '95.56.234.10' } } } }],
    ['its data', { data: { email: 'aigerim.s@example.kz', phone: '+77011234567', device_id: 'd_91af' } }],
    ['a context', { context: { ip: '95.56.234.10', user_agent: 'Mozilla/5.0' } }],
    ['a member', { ip: '95.56.234.10', username: 'aigerim_s' }],
    ['a secret', { kafka: { sasl: { username: 'winnow', password: 'hunter2' } } }],
  ])('withholds personal data and secrets of %s', (_case, fields) => {
    const { logger, lines } = recordingLogger('info', clock);
    logger.info('Something.', fields);
    expect(JSON.stringify(lines)).not.toMatch(/aigerim|7701|d_91af|95\.56|Mozilla|hunter2/);
  });
});
