import type { GovernorSettings } from '../../domain/governor.ts';
import type { ListEntry } from '../../domain/list-entry.ts';
import { formatCount } from '../style.ts';

const hourMs = 3_600_000;

/**
 * For a person, before entries that stop are written: what their lists may block while they are new, and how to let them block all. Empty
 * where the lists have stopped before.
 * @param before what the lists hold now.
 */
export function describeProbation(
  before: Iterable<ListEntry>,
  written: Iterable<ListEntry>,
  { blocksMin, blocksMax, probationMs, probationShare }: GovernorSettings,
): string {
  if (probationMs === 0 || probationShare >= 1) return '';
  const known = listsThatStop(before);
  const capOf = (blocks: number): string => formatCount(Math.max(1, Math.floor(blocks * probationShare)));
  const [least, most] = [capOf(blocksMin), capOf(blocksMax)];
  const cap = least === most ? `${least} accounts an hour` : `${least} accounts an hour (${most} where many sign up)`;
  return [...listsThatStop(written)]
    .filter((list) => !known.has(list))
    .map(
      (list) =>
        `${list} stops nobody yet: for ${formatCount(Math.ceil(probationMs / hourMs))} hours from its first block on, and anew where it goes beyond that, it is on probation, and blocks at most ${cap}; ` +
        `whom it hits beyond that is put up for review. You have looked at it? Then let it block all of them:\n` +
        `  winnow governor override --cause list:${list} --author … --reason … --until 24h\n`,
    )
    .join('');
}

function listsThatStop(entries: Iterable<ListEntry>): Set<string> {
  return new Set(Array.from(entries).flatMap(({ kind, list }) => (kind === 'deny' ? [list] : [])));
}
