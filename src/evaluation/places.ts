import { csvLine } from '../adapters/file/csv.ts';
import type { EventFacts } from '../features/facts.ts';

const columns = ['account_id', 'country', 'language'];

/**
 * Country and language of accounts, by the first locale that each one's own client sends: what the client says, and not where somebody
 * is. For reports that show whom a model treats how; never a feature.
 */
export class Places {
  readonly #localeOf = new Map<string, string>();

  /** Takes an event of an account that is reported on: as many are kept as these are. */
  add({ event, context }: EventFacts): void {
    if (context?.locale !== undefined && !this.#localeOf.has(event.subject))
      this.#localeOf.set(event.subject, context.locale);
  }

  /** As the training program reads it. An account without a locale has no row, and a locale without a country none there. */
  csv(): string {
    const rows = [...this.#localeOf].map(([accountId, locale]) => csvLine([accountId, ...placeOf(locale)]));
    return `${[csvLine(columns), ...rows].join('\n')}\n`;
  }
}

/** Country and language of a BCP 47 tag, or of what is nearly one: `zh-Hant-TW` is TW and zh; empty where it does not say. */
function placeOf(locale: string): [country: string, language: string] {
  try {
    const { region = '', language } = new Intl.Locale(locale.replaceAll('_', '-'));
    return [region, language];
  } catch {
    return ['', ''];
  }
}
