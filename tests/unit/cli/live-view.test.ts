import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Latencies } from '../../../src/evaluation/latencies.ts';
import type { ReplayProgress } from '../../../src/evaluation/replay.ts';
import { Tally } from '../../../src/evaluation/tally.ts';
import { LiveView } from '../../../src/cli/live-view.ts';

/** A terminal of a width, or a pipe, that remembers what is on it. */
function streamOf(options: { readonly columns?: number; readonly hasColors?: boolean } = {}) {
  const isTTY = options.columns !== undefined;
  const written: string[] = [];
  /** Lines that are on the screen now; the cursor stands below the last. */
  const screen: string[] = [];
  let cursor = 0;
  const stream = {
    ...(isTTY ? { isTTY: true as const } : {}),
    columns: options.columns ?? 0,
    hasColors: () => options.hasColors ?? false,
    write(text: string) {
      written.push(text);
      for (const line of text.split('\n').slice(0, -1)) screen.splice(cursor++, 1, line);
      return true;
    },
    moveCursor: (_columns: number, rows: number) => {
      cursor += rows;
      return true;
    },
    clearScreenDown: () => {
      screen.splice(cursor);
      return true;
    },
  };
  return { stream: stream as unknown as WriteStream, written, screen };
}

function progressAt(elapsedMs: number, events = 500): ReplayProgress {
  const tally = new Tally(new Map());
  Object.defineProperty(tally, 'events', { value: events });
  Object.defineProperty(tally, 'decisions', { value: { allow: 0, challenge: 3, review: 0, block: 2 } });
  tally.topReasons = () => [{ code: 'FORM_MS', count: 5 }];
  const latencies = new Latencies();
  latencies.add(Float64Array.of(1, 2, 4));
  return { tally, latencies, elapsedMs };
}

describe('the live view without a terminal', () => {
  it('is a plain line every five seconds', () => {
    const { stream, written } = streamOf();
    const view = new LiveView(stream, 1_000);
    for (const elapsedMs of [100, 4_999, 5_000, 6_000, 9_999, 10_000]) view.show(progressAt(elapsedMs));
    view.end();
    expect(written).toEqual([
      '500 events, 100 events/s, latency p50 2 ms p99 4 ms, allow 0, challenge 3, review 0, block 2\n',
      '500 events, 50 events/s, latency p50 2 ms p99 4 ms, allow 0, challenge 3, review 0, block 2\n',
    ]);
  });

  it('is nothing for a short job', () => {
    const { stream, written } = streamOf();
    const view = new LiveView(stream, null);
    view.show(progressAt(900));
    view.end();
    expect(written).toEqual([]);
  });
});

describe('the live view on a terminal', () => {
  it('shows progress, rate, latency, decisions and reasons', () => {
    const { stream, screen } = streamOf({ columns: 120 });
    new LiveView(stream, 1_000).show(progressAt(250));
    expect(screen).toEqual([
      `  ${'█'.repeat(16)}${'░'.repeat(16)} 50 %  500 of 1,000 events`,
      '  2,000 events/s   latency p50 2 ms  p99 4 ms',
      '  decisions  challenge 3   block 2',
      '  reason     FORM_MS 5',
    ]);
  });

  it('shows how many events there were, where nobody knows how many will come', () => {
    const { stream, screen } = streamOf({ columns: 120 });
    new LiveView(stream, null).show(progressAt(250));
    expect(screen[0]).toBe('  500 events');
  });

  it.each([0, 1_000, 2_000])('fills the bar no further than its end (%i of 1,000 events)', (events) => {
    const { stream, screen } = streamOf({ columns: 120 });
    new LiveView(stream, 1_000).show(progressAt(250, events));
    expect(screen[0]!.match(/[█░]/g)).toHaveLength(32);
    expect(screen[0]).toContain(` ${Math.min(100, events / 10)} %`);
  });

  it('draws itself anew in its place, ten times a second at most', () => {
    const { stream, written, screen } = streamOf({ columns: 120 });
    const view = new LiveView(stream, 1_000);
    for (const elapsedMs of [100, 150, 199, 200, 250, 300]) view.show(progressAt(elapsedMs, elapsedMs));
    expect(written).toHaveLength(3);
    expect(screen).toHaveLength(4);
    expect(screen[0]).toContain('300 of 1,000');
  });

  it('leaves nothing behind', () => {
    const { stream, screen } = streamOf({ columns: 120 });
    stream.write('before\n');
    const view = new LiveView(stream, 1_000);
    view.show(progressAt(250));
    view.end();
    view.end();
    expect(screen).toEqual(['before']);
  });

  it.each([true, false])('cuts lines that would wrap (colours: %s)', (hasColors) => {
    const { stream, screen } = streamOf({ columns: 30, hasColors });
    new LiveView(stream, 1_000).show(progressAt(250));
    for (const line of screen) expect(stripVTControlCharacters(line).length).toBeLessThan(30);
  });
});
