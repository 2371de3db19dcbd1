import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { fillFields } from '../../../src/emulator/shapes/fill.ts';
import type { Field } from '../../../src/stripe/schema.ts';

const FIELDS: Record<string, Field> = {
  id: { kind: 'string' },
  coupon: { kind: 'string', optional: true },
  amount: { kind: 'integer', nullable: true },
  currency: { kind: 'enum', values: ['usd', 'eur'] },
};

function filled(given: JsonObject) {
  const madeUp: string[] = [];
  const result = fillFields(FIELDS, given, (path) => void madeUp.push(path), '');
  return { text: JSON.stringify(result), madeUp, result };
}

test('an object has its fields in the order of their declaration, whatever was given in whatever order', () => {
  const given = { currency: 'eur', amount: 5, coupon: 'free', id: 'x_1' };
  expect(filled(given)).toMatchObject({
    text: '{"id":"x_1","coupon":"free","amount":5,"currency":"eur"}',
    madeUp: [],
  });
  expect(filled({ currency: 'eur', id: 'x_2' }).text).toBe('{"id":"x_2","amount":null,"currency":"eur"}');
});

test('what may be null is null, what may be missing is missing, and what may be neither is made up and told', () => {
  expect(filled({})).toMatchObject({ text: '{"id":"","amount":null,"currency":"usd"}', madeUp: ['id', 'currency'] });
});

test('what nobody declared stays, for the check to find', () => {
  expect(filled({ id: 'x', currency: 'usd', more: 1 }).text).toBe('{"id":"x","amount":null,"currency":"usd","more":1}');
});

test('one object knows nothing of another', () => {
  const { result } = filled({ id: 'x_1', amount: 5 });
  result['amount'] = 6;
  result['id'] = 'x_2';
  expect(filled({ id: 'x_3' }).text).toBe('{"id":"x_3","amount":null,"currency":"usd"}');
});
