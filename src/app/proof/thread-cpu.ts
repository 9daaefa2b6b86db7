/** Processor time of this thread, milliseconds from an arbitrary start. */
export function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
