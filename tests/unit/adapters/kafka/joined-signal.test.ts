import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { joinedSignal } from '../../../../src/adapters/kafka/joined-signal.ts';

it('a joined signal ends with the first that does, for its reason', () => {
  const [first, second] = [new AbortController(), new AbortController()];
  using joined = joinedSignal(first.signal, second.signal);
  const heard: unknown[] = [];
  joined.signal.addEventListener('abort', () => heard.push(joined.signal.reason));
  expect(joined.signal.aborted).toBe(false);
  second.abort('the second');
  first.abort('the first');
  expect(heard).toEqual(['the second']);
});

it('a joined signal has ended where one of them had', () => {
  using joined = joinedSignal(new AbortController().signal, AbortSignal.abort('before'));
  expect(joined.signal.reason).toBe('before');
});

// One that lives as long as the process would hold all that were ever joined with it.
it('nothing of a joined signal is left at what it is made of', () => {
  const [long, ended] = [new AbortController(), new AbortController()];
  {
    using first = joinedSignal(long.signal);
    using second = joinedSignal(long.signal, ended.signal);
    expect([first.signal.aborted, second.signal.aborted]).toEqual([false, false]);
    expect(getEventListeners(long.signal, 'abort')).toHaveLength(2);
    ended.abort();
    expect(getEventListeners(long.signal, 'abort')).toHaveLength(1);
  }
  expect(getEventListeners(long.signal, 'abort')).toEqual([]);
});
