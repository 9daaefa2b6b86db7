import { accessSync, constants, readFileSync, statSync } from 'node:fs';

/**
 * History in huge pages.
 *
 * An event touches a dozen entities that lie anywhere in hundreds of megabytes. With pages of 4 KiB the processor has to look up nearly
 * each of them in the tables of pages first, on a virtual machine in those of the host too: half of what a look-up waits for. Pages
 * of 2 MiB are few enough to be known by heart. Linux gives them to who asks, and Node does not ask; the allocator of the C
 * library does when it is told so, and it is told by the environment in which the process starts.
 */

/** What Linux does by itself: `always [madvise] never`, say. */
const settingFile = '/sys/kernel/mm/transparent_hugepage/enabled';
const switchName = 'glibc.malloc.hugetlb';
/**
 * Huge pages for what is asked for. Pieces up to 8 MiB side by side: one of history takes half a megabyte, and mapped by itself it could
 * not lie in such a page. Of what is free at the end up to 64 MiB kept: what one fetch gives back, the next one takes.
 */
const tunables = [`${switchName}=1`, 'glibc.malloc.mmap_threshold=8388608', 'glibc.malloc.trim_threshold=67108864'];

/** In the environment, the process that has started itself anew: it does so once. */
const restartedName = 'HUGE_PAGES_RESTARTED_PID';

/**
 * The allocator's settings (`GLIBC_TUNABLES`) with which history gets huge pages; undefined where a restart would be in vain.
 * @param former of this process: who says anything of huge pages there has decided.
 * @param setting of the kernel; undefined where it says nothing.
 */
export function tunablesForHugePages(former: string | undefined, setting: string | undefined): string | undefined {
  if (setting === undefined || setting.includes('[never]') || former?.includes(switchName)) return undefined;
  return [...(former ? [former] : []), ...tunables].join(':');
}

/**
 * Starts this program anew in its place, as the same process with the same arguments, where its memory then gets huge pages; returns
 * where it would not, or where it has been done. To be called before anything is open. A process that was forked has a channel to its
 * parent, which would be lost: it has its parent's settings anyway.
 *
 * That it was done is not read off the settings alone: of a program with rights of its own, such as a Node that may take port 80, the loader
 * drops them, and it would start anew without end.
 * @param filesRead what this program has read by now and reads again when it starts: a pipe gives what is in it once, so with one among them
 *   it goes on as it is.
 */
export function restartForHugePages(filesRead: readonly string[]): void {
  if (process.platform !== 'linux' || process.execve === undefined || process.send !== undefined) return;
  if (process.env[restartedName] === String(process.pid)) return;
  const settings = tunablesForHugePages(process.env['GLIBC_TUNABLES'], kernelSetting());
  if (settings === undefined || !isThere(process.execPath) || !filesRead.every(isReadAgain)) return;
  const args = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const environment = { ...process.env, GLIBC_TUNABLES: settings, [restartedName]: String(process.pid) };
  process.execve(process.execPath, args, environment);
}

function kernelSetting(): string | undefined {
  try {
    return readFileSync(settingFile, 'utf8');
  } catch {
    return undefined;
  }
}

function isReadAgain(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

/** A new version may have been put in its place: then to start it would end the process. */
function isThere(program: string): boolean {
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
