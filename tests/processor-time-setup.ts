import { afterAll } from 'vitest';
import { processorMs } from './processor-time.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** Of a file: what it and the programs that it started took of the processors, milliseconds. */
    processorMs?: number;
  }
}

/** Loaded before each file. Where several share a process, what its start took is the first one's. */
const begun: { winnowTestBegan?: true } = globalThis as object;
const before = begun.winnowTestBegan === true ? processorMs() : 0;
begun.winnowTestBegan = true;

// Asked for before those of the file, so called after them, when what they started has ended.
// oxlint-disable-next-line no-empty-pattern -- vitest wants its fixtures taken apart, also where none is taken.
afterAll(({}, file) => {
  const now = processorMs();
  if (now !== null && before !== null) file.meta.processorMs = now - before;
});
