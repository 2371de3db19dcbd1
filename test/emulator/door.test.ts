import { describe, expect, test } from 'vitest';
import { send } from './http.ts';
import { start } from './sdk.ts';
import { dump } from './worlds.ts';

test('every answer has a Request-Id of its own, errors included', async () => {
  const { emulator, stripe } = start();
  const first = await stripe.customers.create({});
  const second = await stripe.customers.create({});
  expect(first.lastResponse.requestId).toMatch(/^req_\w{14}$/);
  expect(second.lastResponse.requestId).not.toBe(first.lastResponse.requestId);
  const missing = await send(emulator, 'GET', '/v1/customers/cus_none');
  expect(missing.headers.get('request-id')).toMatch(/^req_/);
});

test.each([
  ['GET', '/v1/nothing_here'],
  ['GET', '/'.concat('v2/core/events')],
  ['DELETE', '/v1/charges/ch_1'],
  ['GET', '/v1/charges/ch_1/unheard_of'],
  ['GET', '/v1/charges/%ff'],
])('%s %s is no call of the API', async (method, path) => {
  const { emulator } = start();
  const { status, error } = await send(emulator, method, path);
  expect(status).toBe(404);
  expect(error).toMatchObject({ type: 'invalid_request_error' });
  expect(error['message']).toContain(`Unrecognized request URL (${method}: ${path})`);
});

test('a trailing slash changes nothing', async () => {
  const { emulator, stripe } = start();
  const { id } = await stripe.customers.create({});
  expect((await send(emulator, 'GET', `/v1/customers/${id}/`)).body['id']).toBe(id);
});

test('an action that is not modelled is refused with 501, a code and a link, and changes nothing', async () => {
  const { emulator, ...open } = start();
  const before = dump(open);
  const { status, error } = await send(emulator, 'POST', '/v1/issuing/authorizations/iauth_1/approve', { body: '' });
  expect(status).toBe(501);
  expect(error).toMatchObject({ code: 'paybell_not_modelled', type: 'invalid_request_error' });
  expect(error['message']).toMatch(/issuing\.authorizations\.approve/);
  expect(error['message']).toMatch(/docs\//);
  expect(dump(open)).toBe(before);
});

test('what is answered from the schema alone says so', async () => {
  const { emulator } = start();
  const schema = await send(emulator, 'POST', '/v1/apple_pay/domains', { body: 'domain_name=example.com' });
  expect(schema.status).toBe(200);
  expect(schema.headers.get('paybell-fidelity')).toBe('schema');
  const modelled = await send(emulator, 'POST', '/v1/customers', { body: '' });
  expect(modelled.headers.get('paybell-fidelity')).toBeNull();
});

test('a list filter that could not be obeyed is named', async () => {
  const { emulator } = start();
  const { headers } = await send(emulator, 'GET', '/v1/products?url=https://example.com&shippable=true');
  expect(headers.get('paybell-ignored-filters')).toBeNull();
  const other = await send(emulator, 'GET', '/v1/shipping_rates?active=true&currency=usd');
  expect(other.headers.get('paybell-ignored-filters')).toBe('currency');
});

describe('bodies', () => {
  test('parameters may come in the query of a POST as well', async () => {
    const { emulator } = start();
    const { body } = await send(emulator, 'POST', '/v1/customers?name=Jenny', { body: 'email=jenny@example.com' });
    expect(body).toMatchObject({ name: 'Jenny', email: 'jenny@example.com' });
  });

  test('one that is too large is refused', async () => {
    const { emulator, stripe: _, ...open } = start();
    const before = dump(open);
    const body = `description=${'x'.repeat(4 * 1024 * 1024)}`;
    const { status, error } = await send(emulator, 'POST', '/v1/customers', { body });
    expect({ status, code: error['code'] }).toEqual({ status: 413, code: 'paybell_body_too_large' });
    expect(dump(open)).toBe(before);
  });

  test.each([
    ['broken percent signs', 'description=%E0%A4%A', {}],
    ['a name that is nested too deeply', `a${'[b]'.repeat(40)}=1`, {}],
    ['JSON', '{"description":"x"}', { 'content-type': 'application/json' }],
    ['a file upload', '--x--', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['compression', 'description=x', { 'content-encoding': 'gzip' }],
  ])('unreadable: %s', async (_, body, headers) => {
    const { emulator, stripe: __, ...open } = start();
    const before = dump(open);
    const { status, error } = await send(emulator, 'POST', '/v1/customers', { body, headers });
    expect(status).toBe(400);
    expect(error['message']).toContain('could not be read');
    expect(dump(open)).toBe(before);
  });
});
