import { expect, it } from 'vitest';
import { unread } from '../../../load-tests/load/reader.ts';

const records = ['7', '8', '9'].map((offset) => ({ offset }));

it('a reader that had to begin anew counts nothing twice, which would look like decisions that were made twice', () => {
  expect(unread(records, 0)).toEqual(records);
  expect(unread(records, 9)).toEqual([{ offset: '9' }]);
  expect(unread(records, 10)).toEqual([]);
});
