import type { TopicOutput } from '../../adapters/kafka/topic-output.ts';
import type { Logger } from '../../adapters/log/logger.ts';
import type { Archive, ErasureRecord } from '../../archive/archive.ts';
import type { OutgoingRecord } from '../../ports.ts';
import { encodeErased } from '../../wire/encode-erased.ts';

/** Says of each account that was forgotten that it was, once at least: who reads takes what comes twice for one, by its id. */
export async function confirmErasures(archive: Archive, audit: TopicOutput | null, logger: Logger): Promise<void> {
  const erasures = await archive.unconfirmed();
  if (erasures.length === 0) return;
  await audit?.send(erasures.map(recordOf));
  await archive.confirmed(erasures.map(({ id }) => id));
  logger.info('Accounts were forgotten.', { erasures: erasures.map(({ id }) => id) });
}

function recordOf(erasure: ErasureRecord): OutgoingRecord {
  return { key: erasure.id, value: encodeErased(erasure), headers: [] };
}
