import { expect, test } from 'vitest';
import { change } from '../../src/examples/change.ts';

const event = {
  id: 'evt_1',
  type: 'invoice.paid',
  account: 'acct_1',
  data: { object: { id: 'in_1', amount_due: 2000, metadata: {}, lines: { data: [{ quantity: 1 }] } } },
};

test('a path leads from the event, or from its subject', () => {
  const changed = change(event, ['amount_due=500', 'data.object.id=in_2', 'account=acct_2', 'lines.data.0.quantity=7']);
  expect(changed).toEqual({
    ...event,
    account: 'acct_2',
    data: { object: { id: 'in_2', amount_due: 500, metadata: {}, lines: { data: [{ quantity: 7 }] } } },
  });
  expect(event.data.object.amount_due).toBe(2000);
});

test('a value is JSON where it reads as JSON, else text; it may hold an equals sign, and metadata is all text', () => {
  const { data } = change(event, [
    'metadata.order=a=b',
    'metadata.n=17',
    'lines.data=[1]',
    'amount_due=null',
  ]) as typeof event;
  expect(data.object).toMatchObject({ metadata: { order: 'a=b', n: '17' }, lines: { data: [1] }, amount_due: null });
});

test('what leads nowhere is refused, and says what there is', () => {
  expect(() => change(event, ['amount_duee=1'])).toThrow(/no 'amount_duee'; there are id, amount_due/);
  expect(() => change(event, ['lines.data.4.quantity=1'])).toThrow(/no '4'/);
  expect(() => change(event, ['amount_due'])).toThrow(/path=value/);
});
