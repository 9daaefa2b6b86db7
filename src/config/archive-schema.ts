import { limits } from '../domain/limits.ts';
import { choice, count, flag, milliseconds, optionalPath, optionalText, secret, section } from './setting.ts';
import { tlsSection } from './tls-schema.ts';

const tls = tlsSection({
  one: 'A PostgreSQL',
  several: 'PostgreSQL',
  example: 'db.example.com',
  asksForCertificate: 'PostgreSQL asks for a client certificate.',
});

export const archive = section({
  store: choice(['sqlite', 'postgres'], {
    default: 'sqlite',
    reason: 'What keeps the record of decisions: a file of this machine, or a PostgreSQL.',
    change: 'Several people ask it at once, or the machine has no disk that outlives it.',
  }),
  file: optionalPath({
    reason: 'The file of the archive, with store sqlite; made where it is not there. On a disk of the machine itself.',
    change: 'Required by `winnow archive`, with store sqlite.',
  }),
  url: optionalText({
    expected: 'an address such as postgres://user@host:5432/database, without a password',
    example: 'postgres://winnow@db.example.com:5432/winnow',
    pattern: /^postgres(ql)?:\/\/[^:@/?#]{1,128}@[^@/?#]{1,253}\/[^/?#]{1,128}$/,
    reason: 'Where the PostgreSQL is, with store postgres, and who Winnow is there. The database is its own.',
    change: 'Required by store postgres.',
  }),
  password: secret({
    expected: 'a text of 1 to 1024 characters',
    pattern: /^[^]{1,1024}$/,
    remedy: 'Give the password of the user.',
    reason: 'The password of the user that `url` names.',
    change: 'PostgreSQL asks for one.',
  }),
  clearTextAllowed: flag({
    default: false,
    reason:
      'Without TLS, whoever listens has the password and the record. So that is refused, but for the own machine.',
    change: 'On a closed network whose PostgreSQL has no TLS, knowing this.',
  }),
  tls,
  secret: secret({
    expected: 'a text of 64 hex digits (32 bytes)',
    pattern: /^[0-9A-Fa-f]{64}$/,
    remedy: 'Make one with: openssl rand -hex 32',
    reason:
      'Under it accounts are found in the archive, and their keys lie; who has the database but not this opens nothing. Another one than state.keySecret.',
    change: 'Required by `winnow archive`. An archive keeps the one that it was made with.',
  }),
  retentionDays: count({
    default: 730,
    min: 1,
    max: 36_500,
    reason: 'Decisions, and what was said of accounts, go after this many days, unless a hold keeps them. Two years.',
    change: 'As long as figures are restated and decisions may be contested, and no longer.',
  }),
  erasureGraceMs: milliseconds({
    default: limits.eventBehindMsMax,
    min: 0,
    max: limits.durationMsMax,
    reason:
      'What is dated up to this long after a request for erasure goes with it: events may come as late as that, and their decisions later. Seven days.',
    change: 'Together with events.behindMsMax.',
  }),
  erasureRememberedDays: count({
    default: 35,
    min: 1,
    max: 3_650,
    reason:
      'For this long it is remembered, under a keyed hash, that an account was forgotten, so that what topics still bring of it is too.',
    change: 'No shorter than the longest retention of the topics that the archive reads; and not much longer.',
  }),
});
