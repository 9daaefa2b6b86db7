import { readFileSync } from 'node:fs';
import { nowMs } from './time.ts';

/** CPU time that a process had used at an instant. */
export interface CpuSample {
  readonly atMs: number;
  readonly cpuMs: number;
}

const sampleIntervalMs = 100;
/** The unit of /proc: the kernel's USER_HZ, 100 per second on every architecture that Node runs on. */
const msPerTick = 10;

/** Watches the CPU time of a process, all its threads, from outside. Knows nothing where there is no /proc. */
export class CpuMeter {
  readonly #path: string;
  readonly #samples: CpuSample[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.#path = `/proc/${pid}/stat`;
    this.#timer = setInterval(() => this.#sample(), sampleIntervalMs).unref();
    this.#sample();
  }

  /** CPU milliseconds used between two instants, of which the later one is not in the future; null when not known. */
  spentMs(fromMs: number, toMs: number): number | null {
    this.#sample();
    return cpuBetween(this.#samples, fromMs, toMs);
  }

  /** The same of a process that may have begun later than the span, or ended before it does. */
  spentWithinMs(fromMs: number, toMs: number): number | null {
    this.#sample();
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined) return null;
    const [from, to] = [Math.max(fromMs, first.atMs), Math.min(toMs, last.atMs)];
    return to <= from ? 0 : cpuBetween(this.#samples, from, to);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    try {
      this.#samples.push({ atMs: nowMs(), cpuMs: cpuMsOf(readFileSync(this.#path, 'utf8')) });
    } catch {
      // It has ended, or this system has no /proc.
    }
  }
}

/** From the text of `/proc/<pid>/stat` (proc(5)): user and system time. The name of the program may hold anything. */
export function cpuMsOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * msPerTick;
}

/** Memory of a process at its most, from `/proc/<pid>/status` (proc(5)); null where there is none. */
export function residentMiBMax(pid: number): number | null {
  try {
    const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) / 1024;
  } catch {
    return null;
  }
}

/** Between two instants, interpolated; null when there are no samples, or none that reach that far. */
export function cpuBetween(samples: readonly CpuSample[], fromMs: number, toMs: number): number | null {
  const from = cpuAt(samples, fromMs);
  const to = cpuAt(samples, toMs);
  return from === null || to === null ? null : to - from;
}

function cpuAt(samples: readonly CpuSample[], atMs: number): number | null {
  const after = samples.findIndex((sample) => sample.atMs >= atMs);
  const right = samples[after];
  const left = samples[after - 1] ?? right;
  if (left === undefined || right === undefined || left.atMs > atMs) return null;
  if (right.atMs === left.atMs) return right.cpuMs;
  return left.cpuMs + ((right.cpuMs - left.cpuMs) * (atMs - left.atMs)) / (right.atMs - left.atMs);
}
