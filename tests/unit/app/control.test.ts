import { expect, it } from 'vitest';
import { ControlBoard } from '../../../src/app/worker/control.ts';
import { nothingOrdered, type Withdrawal } from '../../../src/domain/control.ts';
import { deploymentKey, encodeControl, killSwitchKey } from '../../../src/wire/control-schema.ts';
import { exampleOrderedDeployment } from '../../../src/wire/examples.ts';
import type { Deployment } from '../../../src/wire/bundle-schema.ts';

const order = { author: 'ana', reason: 'blocks a school', untilMs: Date.UTC(2030, 0, 1) };

function board() {
  const told: string[] = [];
  const tell = (message: string, fields?: object): void => void told.push(message + JSON.stringify(fields ?? {}));
  const deployments: (Deployment | null)[] = [];
  const withdrawals: Withdrawal[] = [];
  const models = {
    order: (deployment: Deployment | null): void => void deployments.push(deployment),
    withdraw: (withdrawal: Withdrawal): void => void withdrawals.push(withdrawal),
    withdrawals: () => withdrawals,
  };
  const log = { info: tell, warn: tell, error: tell };
  const telemetry = { ordersAway: () => tell('away'), ordersBack: () => tell('back') };
  return { told, deployments, withdrawals, board: new ControlBoard(log, models, telemetry) };
}

const { value } = encodeControl({ kind: 'kill-switch', order });

it('an order holds until it is taken back', () => {
  const { board: orders } = board();
  expect(orders.current).toEqual(nothingOrdered);
  orders.take({ key: killSwitchKey, value: Buffer.from(value), offset: 1 });
  expect(orders.current.killSwitch).toEqual(order);
  orders.take({ key: killSwitchKey, value: null, offset: 2 });
  expect(orders.current.killSwitch).toBeNull();
});

it('a record that is no order leaves what holds, and is told', () => {
  const { board: orders, told } = board();
  orders.take({ key: killSwitchKey, value: Buffer.from(value), offset: 1 });
  orders.take({ key: killSwitchKey, value: Buffer.from('{}'), offset: 2 });
  expect(orders.current.killSwitch).toEqual(order);
  expect(told.at(-1)).toContain('is refused');
});

it('a kind of order that only a later version knows is passed over, and what holds is left', () => {
  const { board: orders, told } = board();
  orders.take({ key: killSwitchKey, value: Buffer.from(value), offset: 1 });
  const before = told.length;
  orders.take({ key: 'freeze|all', value: Buffer.from(value), offset: 2 });
  orders.take({ key: 'freeze|all', value: null, offset: 3 });
  expect(orders.current).toEqual({ ...nothingOrdered, killSwitch: order });
  expect(told).toHaveLength(before);
});

it('orders that cannot be read hold on, and who asks whether all is well is told', () => {
  const { board: orders, told } = board();
  orders.take({ key: killSwitchKey, value: Buffer.from(value), offset: 1 });
  orders.away({ code: 'BROKER_UNREACHABLE', message: 'no answer' });
  orders.away({ code: 'BROKER_UNREACHABLE', message: 'no answer' });
  expect(orders.current.killSwitch).toEqual(order);
  expect(orders.notes()).toHaveLength(1);
  orders.back();
  expect(orders.notes()).toEqual([]);
  expect(told.slice(-2)).toEqual(['away{}', 'back{}']);
});

it('which models serve is handed on as it is ordered and taken back, and who ordered it is not logged', () => {
  const { board: orders, told, deployments } = board();
  const { value: text } = encodeControl({ kind: 'deployment', order: exampleOrderedDeployment });
  orders.take({ key: deploymentKey, value: Buffer.from(text), offset: 1 });
  orders.take({ key: deploymentKey, value: Buffer.from('{}'), offset: 2 });
  orders.take({ key: deploymentKey, value: null, offset: 3 });
  expect(deployments).toEqual([exampleOrderedDeployment, null]);
  expect(orders.current).toEqual(nothingOrdered);
  expect(told[0]).toContain('starter 2026.11.1');
  expect(told[1]).toContain('is refused');
  expect(told.join()).not.toContain(exampleOrderedDeployment.author);
});

it('a canary that another member withdrew is handed on, and stands in nobody’s way among the orders', () => {
  const { board: orders, withdrawals } = board();
  const said: Withdrawal = { name: 'mine', version: '2', author: 'host-2', reason: 'it fails', atMs: 1_000 };
  const { key, value: text } = encodeControl({ kind: 'withdrawal', order: said });
  orders.take({ key, value: Buffer.from(text), offset: 1 });
  orders.take({ key, value: Buffer.from('{}'), offset: 2 });
  orders.take({ key, value: null, offset: 3 });
  expect(withdrawals).toEqual([said]);
  expect(orders.current).toEqual(nothingOrdered);
});

it('a canary that was withdrawn here is told again where its member ended before the log took it', () => {
  const { board: orders } = board();
  const said: Withdrawal = { name: 'mine', version: '2', author: 'host-2', reason: 'it fails', atMs: 1_000 };
  const unsaid: Withdrawal = { ...said, version: '3' };
  const { key, value: text } = encodeControl({ kind: 'withdrawal', order: said });
  orders.take({ key, value: Buffer.from(text), offset: 1 });
  expect(orders.untold([said, unsaid])).toEqual([unsaid]);
});

it('the kill switch is taken however many other orders there are', () => {
  const { board: orders, told } = board();
  for (let index = 0; index <= 1_000; index++) {
    const override = { ...order, cause: `rule:r${index}`, segment: 'all', effect: 'release' } as const;
    const record = encodeControl({ kind: 'override', order: override });
    orders.take({ key: record.key, value: Buffer.from(record.value), offset: index });
  }
  expect(told.at(-1)).toContain('is refused');
  orders.take({ key: killSwitchKey, value: Buffer.from(value), offset: 1_001 });
  expect(orders.current.killSwitch).toEqual(order);
});

it('who gives an order, and why, is not written to the log', () => {
  const { board: orders, told } = board();
  const record = encodeControl({ kind: 'kill-switch', order: { ...order, author: 'jane@example.kz' } });
  orders.take({ key: record.key, value: Buffer.from(record.value), offset: 1 });
  expect(told).toHaveLength(1);
  expect(told[0]).toContain(killSwitchKey);
  expect(told[0]).not.toMatch(/jane|school/);
});
