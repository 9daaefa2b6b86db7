import { readdirSync, readFileSync } from 'node:fs';
import type { Point } from '../judge/trend.ts';
import { nowMs } from '../load/time.ts';

/** What is looked at again and again, as points in time. */
export class Watch {
  readonly points: Point[] = [];
  readonly #timer: NodeJS.Timeout;

  /** @param look what is seen now; null: nothing. Never rejects. */
  constructor(everyMs: number, look: () => number | null | Promise<number | null>) {
    const take = async (): Promise<void> => {
      const value = await look();
      if (value !== null) this.points.push({ atMs: nowMs(), value });
    };
    this.#timer = setInterval(() => void take(), everyMs).unref();
  }

  within(fromMs: number, toMs: number): readonly Point[] {
    return this.points.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** Memory of a process now, from `/proc/<pid>/status` (proc(5)); null where there is none. */
export function residentMiB(pid: number): number | null {
  return attempt(() => {
    const kibibytes = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) / 1_024;
  });
}

/** Files, sockets and timers' descriptors that a process holds; null where the system does not tell. */
export function openFiles(pid: number): number | null {
  return attempt(() => readdirSync(`/proc/${pid}/fd`).length);
}

/** CPU milliseconds that all of the machine has used since it began, idle time and waiting for disks not among them. */
export function machineCpuMs(): number | null {
  return attempt(() => machineCpuMsOf(readFileSync('/proc/stat', 'utf8')));
}

/** From the text of `/proc/stat` (proc(5)): user, nice, system, interrupts, and what a hypervisor gave to others. */
export function machineCpuMsOf(stat: string): number | null {
  const ticks = /^cpu +(.*)$/m.exec(stat)?.[1]?.split(' ').map(Number);
  if (ticks === undefined) return null;
  const [user, nice, system, , , interrupts, softInterrupts, stolen] = ticks;
  return ((user! + nice! + system! + interrupts! + softInterrupts! + (stolen ?? 0)) * 1_000) / ticksPerSecond;
}

/** The kernel's USER_HZ, on every architecture that Node runs on. */
const ticksPerSecond = 100;

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
