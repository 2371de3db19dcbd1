import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { setUp } from '../receiver/set-up.ts';
import { anEvent, bodyOf, NOW, SECRET } from '../receiver/events.ts';
import { signatureHeader } from '../../src/stripe/signature.ts';

const DOCS = readFileSync(join(import.meta.dirname, '../../docs/frameworks.md'), 'utf8');

/** The function as the documentation has it. */
function documented(receiver: unknown): (event: object) => Promise<{ statusCode: number; body: string }> {
  const [, source] = /## AWS Lambda[^]*?```ts\nexport ([^]*?)```/.exec(DOCS)!;
  return new Function('receiver', `return ${source}`)(receiver) as ReturnType<typeof documented>;
}

test('the function of the documentation takes bodies in base64 and as text', async () => {
  const { receiver, store } = setUp({ secrets: SECRET });
  const handler = documented(receiver);
  const event = (id: string, isBase64Encoded: boolean, method = 'POST') => {
    const body = bodyOf(anEvent({ id, object: { id: 'ch_1', object: 'charge', description: 'Grüße ☃' } }));
    return {
      rawPath: '/payments/webhook',
      headers: { 'stripe-signature': signatureHeader(body, [SECRET], NOW), 'content-type': 'application/json' },
      requestContext: { domainName: 'abc.lambda-url.eu-west-1.on.aws', http: { method } },
      ...(method === 'POST' && { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
      isBase64Encoded,
    };
  };
  expect(await handler(event('evt_1', true))).toMatchObject({ statusCode: 200 });
  expect(await handler(event('evt_2', false))).toMatchObject({ statusCode: 200 });
  expect(await handler(event('evt_3', false, 'GET'))).toMatchObject({ statusCode: 405 });
  expect((await store.listEvents()).items.map(({ id }) => id)).toEqual(['evt_2', 'evt_1']);

  // What comes of forgetting to decode is named.
  const wrong = { ...event('evt_4', true), isBase64Encoded: false };
  expect(JSON.parse((await handler(wrong)).body)).toMatchObject({ reason: 'body_base64' });
});
