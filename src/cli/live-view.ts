import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import type { ReplayProgress } from '../evaluation/replay.ts';
import { actions } from '../domain/decision.ts';
import { bold, cyan, dim, formatCount, formatMs, paint } from './style.ts';

const redrawMs = 100;
/** Without a terminal: a plain line now and then. */
const plainLineMs = 5_000;
const barWidth = 32;
const reasonsShown = 4;

/** Shows how a replay goes on: redrawn in place on a terminal, a plain line every few seconds elsewhere. */
export class LiveView {
  readonly #stream: WriteStream;
  readonly #total: number | null;
  readonly #isTerminal: boolean;
  #lastMs = 0;
  #linesDrawn = 0;

  constructor(stream: WriteStream, total: number | null) {
    this.#stream = stream;
    this.#total = total;
    this.#isTerminal = stream.isTTY;
  }

  show(progress: ReplayProgress): void {
    const waitMs = this.#isTerminal ? redrawMs : plainLineMs;
    if (progress.elapsedMs - this.#lastMs < waitMs) return;
    this.#lastMs = progress.elapsedMs;
    if (this.#isTerminal) this.#redraw(this.#picture(progress));
    else this.#stream.write(`${this.#plainLine(progress)}\n`);
  }

  /** Takes the picture away: the summary says it all. */
  end(): void {
    this.#erase();
  }

  #picture({ tally, latencies, elapsedMs }: ReplayProgress): string[] {
    const color = this.#stream.hasColors();
    const [p50, p99] = latencies.percentiles(0.5, 0.99);
    const decisions = actions
      .filter((action) => tally.decisions[action] > 0)
      .map((action) => `${paint(action, action, color)} ${formatCount(tally.decisions[action])}`);
    const rate = (tally.events / elapsedMs) * 1000;
    return [
      this.#bar(tally.events, color),
      `  ${bold(formatCount(rate), color)} events/s   latency p50 ${formatMs(p50)}  p99 ${formatMs(p99)}`,
      `  decisions  ${decisions.join('   ') || dim('none yet', color)}`,
      ...tally
        .topReasons(reasonsShown)
        .map(({ code, count }) => `  ${dim('reason', color)}     ${code} ${formatCount(count)}`),
    ];
  }

  #bar(events: number, color: boolean): string {
    if (this.#total === null) return `  ${formatCount(events)} events`;
    const share = Math.min(1, events / this.#total);
    const full = Math.round(share * barWidth);
    const bar = `${cyan('█'.repeat(full), color)}${dim('░'.repeat(barWidth - full), color)}`;
    return `  ${bar} ${Math.floor(share * 100)} %  ${formatCount(events)} of ${formatCount(this.#total)} events`;
  }

  #plainLine({ tally, latencies, elapsedMs }: ReplayProgress): string {
    const [p50, p99] = latencies.percentiles(0.5, 0.99);
    const rate = formatCount((tally.events / elapsedMs) * 1000);
    const decisions = actions.map((action) => `${action} ${tally.decisions[action]}`).join(', ');
    return `${formatCount(tally.events)} events, ${rate} events/s, latency p50 ${formatMs(p50)} p99 ${formatMs(p99)}, ${decisions}`;
  }

  #redraw(lines: readonly string[]): void {
    this.#erase();
    // A line that wraps would break the count of lines to erase.
    const width = this.#stream.columns;
    this.#stream.write(lines.map((line) => `${cut(line, width)}\n`).join(''));
    this.#linesDrawn = lines.length;
  }

  #erase(): void {
    if (this.#linesDrawn === 0) return;
    this.#stream.moveCursor(0, -this.#linesDrawn);
    this.#stream.clearScreenDown();
    this.#linesDrawn = 0;
  }
}

/** A line that fits; one that is too long loses its colours, since an escape must not be cut. */
function cut(line: string, width: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length < width ? line : plain.slice(0, Math.max(1, width - 1));
}
