import { describe, expect, it } from 'vitest';
import { contentTypeOf, envelopeOf, isBinaryMode } from '../../../src/wire/binary-mode.ts';
import { headersOf } from '../../headers.ts';

const attributes = {
  ce_specversion: '1.0',
  ce_id: '1',
  ce_source: '/s',
  ce_type: 'account.login',
  ce_subject: 'a',
  ce_time: '2026-11-24T04:36:51Z',
};

describe('isBinaryMode', () => {
  it.each<[string, Parameters<typeof headersOf>[0], boolean]>([
    ['no headers', {}, false],
    ['other headers', { traceparent: '00-1-1-00', 'content-type': 'application/json' }, false],
    ['all attributes', attributes, true],
    ['all attributes and the type of data', { ...attributes, 'content-type': 'application/json' }, true],
    ['attributes without the specversion', { ce_id: '1' }, true],
    ['a type alone', { ce_type: 'account.login' }, true],
    ['attributes in other spellings', { 'ce-id': '1', Ce_Type: 'account.login' }, true],
    ['attributes whose values are null', { ce_specversion: undefined, ce_id: undefined }, false],
  ])('%s', (_, headers, expected) => {
    expect(isBinaryMode(headersOf(headers))).toBe(expected);
  });
});

describe('contentTypeOf', () => {
  it.each<[string, Parameters<typeof headersOf>[0], string | undefined]>([
    ['none', {}, undefined],
    ['null', { 'content-type': undefined }, undefined],
    [
      'one in capitals, with a parameter',
      { 'Content-Type': Buffer.from('Application/JSON ; a=b') },
      'application/json',
    ],
    ['one that is not UTF-8', { 'content-type': Buffer.from([0xff]) }, undefined],
  ])('%s', (_, headers, expected) => {
    expect(contentTypeOf(headersOf(headers))).toBe(expected);
  });
});

describe('envelopeOf', () => {
  it('takes the last value of a header that repeats', () => {
    const headers = [...headersOf({ ce_id: 'former', ce_type: 't' }), ...headersOf({ ce_id: 'latter' })];
    expect(envelopeOf(headers, null)).toEqual({ envelope: { id: 'latter', type: 't', data: null } });
  });

  it('makes the structured form of headers in text or bytes', () => {
    const headers = { ...attributes, ce_subject: Buffer.from('әйгерім'), ce_extension: 'x', other: 'y' };
    expect(envelopeOf(headersOf(headers), { status: 'failed' })).toEqual({
      envelope: {
        specversion: '1.0',
        id: '1',
        source: '/s',
        type: 'account.login',
        subject: 'әйгерім',
        time: '2026-11-24T04:36:51Z',
        data: { status: 'failed' },
      },
    });
  });

  it('leaves out what no header says', () => {
    expect(envelopeOf(headersOf({ ce_id: '1', ce_type: null }), null)).toEqual({ envelope: { id: '1', data: null } });
  });

  it.each<[string, Uint8Array | string]>([
    ['bytes that are not UTF-8', Buffer.from([0xc3])],
    ['text that UTF-8 cannot hold', '\ud800'],
  ])('names the attribute with %s', (_, header) => {
    expect(envelopeOf(headersOf({ ...attributes, ce_source: header }), {})).toEqual({ faulty: 'source' });
  });
});
