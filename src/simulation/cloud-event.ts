import type { EventType } from '../domain/event.ts';
import type { PlannedEvent } from './life.ts';
import type { Random } from './random.ts';

/** The service that writes events of a type. */
const serviceByType: Readonly<Record<EventType, string>> = {
  'account.signup': 'signup-service',
  'account.login': 'identity-service',
  'account.verified': 'identity-service',
  'account.profile_updated': 'profile-service',
  'social.request_sent': 'graph-service',
  'social.request_answered': 'graph-service',
  'content.created': 'content-service',
  'account.reported': 'report-service',
  'account.labelled': 'review-service',
  'account.erasure_requested': 'privacy-service',
  'account.hold_placed': 'legal-service',
  'account.hold_lifted': 'legal-service',
  'account.group_verdict': 'winnow',
  'account.listed': 'review-service',
};

/** The platform's data centre by the first part of the country's time zone. */
function regionOf(timeZone: string): string {
  if (timeZone.startsWith('America/')) return 'us-1';
  return timeZone.startsWith('Asia/') || timeZone.startsWith('Australia/') ? 'ap-1' : 'eu-1';
}

/** One event as CloudEvents 1.0 JSON text, members always in the same order; with the account's age where `createdAt`. */
export function toCloudEvent(event: PlannedEvent, random: Random, createdAt: boolean): string {
  return JSON.stringify({
    specversion: '1.0',
    id: ulid(event.timeMs, random),
    source: `/${serviceByType[event.type]}/${regionOf(event.account.country.homeZone)}`,
    type: event.type,
    subject: event.account.id,
    time: new Date(event.timeMs).toISOString(),
    data: createdAt
      ? { ...event.data, account_created_at: new Date(event.account.createdMs).toISOString() }
      : event.data,
  });
}

/** Crockford's base 32, as ULIDs use it (github.com/ulid/spec). */
const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** An identifier in the form of a ULID: 10 characters of time, 16 of chance. */
function ulid(timeMs: number, random: Random): string {
  let text = '';
  for (let place = 9; place >= 0; place -= 1) text += crockford[Math.floor(timeMs / 32 ** place) % 32];
  for (let count = 0; count < 16; count += 1) text += crockford[random.uint32() >>> 27];
  return text;
}
