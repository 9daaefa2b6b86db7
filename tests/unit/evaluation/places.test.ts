import { expect, it } from 'vitest';
import { Places } from '../../../src/evaluation/places.ts';
import { readFacts } from '../../../src/features/facts.ts';
import { eventOf } from '../steps/events.ts';

function loginFrom(subject: string, locale?: string) {
  const context = locale === undefined ? {} : { locale };
  return readFacts(eventOf('account.login', { status: 'succeeded', method: 'password', context }, { subject }));
}

it('keeps the first locale of each account, and says no country where there is none', () => {
  const places = new Places();
  places.add(
    readFacts(eventOf('account.reported', { reason: 'spam', context: { locale: 'en-GB' } }, { subject: 'a' })),
  );
  const locales = { a: 'kk-KZ', b: 'en', c: 'zh-Hant-TW', d: 'pt_BR', e: 'es-419', f: '*' };
  for (const [subject, locale] of Object.entries(locales)) places.add(loginFrom(subject, locale));
  places.add(loginFrom('a', 'fr-FR'));
  places.add(loginFrom('g'));
  expect(places.csv().split('\n')).toEqual([
    'account_id,country,language',
    'a,KZ,kk',
    'b,,en',
    'c,TW,zh',
    'd,BR,pt',
    'e,419,es',
    'f,,',
    '',
  ]);
});
