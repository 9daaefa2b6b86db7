import type { Logger } from '../../adapters/log/logger.ts';
import { encodeNorms } from '../../scoring/norms-file.ts';
import type { OnEnough } from '../../scoring/own-norms.ts';
import { writeSmallFile } from '../write-small-file.ts';

/** Norms have rows of single accounts: their sample. */
const ownerOnly = 0o600;

/**
 * Says, in one line, that enough has been gathered to be adopted as norms; and writes them where a file is named. Nothing waits for it, and a
 * file that cannot be written is no more than told.
 */
export function offerNorms(file: string | undefined, logger: Pick<Logger, 'info' | 'warn'>): OnEnough {
  return (norms, { events, accounts, days }) => {
    const gathered = { events, accounts, days: Math.floor(days) };
    if (file === undefined) {
      logger.info(
        'Enough came to say what is usual here: make norms by winnow calibrate, or name norms.gatheredFile.',
        gathered,
      );
      return;
    }
    void writeSmallFile(file, new TextDecoder().decode(encodeNorms(norms)), ownerOnly).then(
      () => logger.info('What is usual here was written down, to be adopted as norms.file.', { ...gathered, file }),
      (error: unknown) => logger.warn('What is usual here cannot be written down.', { file, error }),
    );
  };
}
