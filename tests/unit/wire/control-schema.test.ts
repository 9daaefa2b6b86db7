import { describe, expect, it } from 'vitest';
import { inForceAt, nothingOrdered } from '../../../src/domain/control.ts';
import { controlOf, decodeControl, encodeControl, type ControlRecord } from '../../../src/wire/control-schema.ts';

const order = { author: 'ana', reason: 'blocks a school', untilMs: Date.UTC(2026, 10, 24) };
const kill: ControlRecord = { kind: 'kill-switch', order };
const override: ControlRecord = {
  kind: 'override',
  order: { ...order, cause: 'rule:everybody', segment: 'all', effect: 'release' },
};
const deployment: ControlRecord = {
  kind: 'deployment',
  order: {
    schema: 'winnow.deployment/1',
    champion: { name: 'mine', version: '2' },
    challengers: [],
    canary: null,
    author: 'ana',
    reason: 'half as many wrong blocks',
  },
};
const withdrawal: ControlRecord = {
  kind: 'withdrawal',
  order: { name: 'mine', version: '2', author: 'host-2', reason: 'it fails', atMs: Date.UTC(2026, 10, 24) },
};
const value = (json: object): Uint8Array => Buffer.from(JSON.stringify(json));

describe('an order', () => {
  it.each([kill, override, deployment, withdrawal])('is read as it was written: %j', (record) => {
    const { key, value: text } = encodeControl(record);
    expect(decodeControl(key, Buffer.from(text))).toEqual({ ok: true, value: record });
  });

  it.each([
    ['without an author', 'kill-switch', { reason: 'a', until: '2026-11-24T00:00:00Z' }],
    ['without a reason', 'kill-switch', { author: 'a', until: '2026-11-24T00:00:00Z' }],
    ['without an end', 'kill-switch', { author: 'a', reason: 'a' }],
    [
      'of a cause that nothing is called',
      'governor|everybody|all',
      { author: 'a', reason: 'a', until: '2026-11-24T00:00:00Z' },
    ],
    ['without an effect', 'governor|rule:a|all', { author: 'a', reason: 'a', until: '2026-11-24T00:00:00Z' }],
    ['that deploys, without an author', 'deployment', { ...deployment.order, author: undefined }],
    ['that deploys, without a reason', 'deployment', { ...deployment.order, reason: undefined }],
    ['that withdraws a canary without a reason', 'withdrawn|mine|2', { author: 'a', at: '2026-11-24T00:00:00Z' }],
    ['that withdraws no bundle', 'withdrawn|mine', { author: 'a', reason: 'a', at: '2026-11-24T00:00:00Z' }],
    ['that withdraws from elsewhere', 'withdrawn|..|2', { author: 'a', reason: 'a', at: '2026-11-24T00:00:00Z' }],
    ['that deploys nothing', 'deployment', { author: 'a', reason: 'a', until: '2026-11-24T00:00:00Z' }],
    [
      'that deploys from elsewhere',
      'deployment',
      { ...deployment.order, champion: { name: '../../elsewhere', version: '2' } },
    ],
  ])('%s is refused', (_, key, json) => {
    expect(decodeControl(key, value(json))).toMatchObject({ ok: false, failure: { code: 'CONTROL_INVALID' } });
  });

  it('of something else is left to others', () => {
    expect(decodeControl('holidays', value({}))).toBeUndefined();
  });

  it('ends when it says', () => {
    const control = controlOf([kill, override, deployment]);
    expect(inForceAt(control, order.untilMs - 1)).toEqual(control);
    expect(inForceAt(control, order.untilMs)).toEqual(nothingOrdered);
  });
});
