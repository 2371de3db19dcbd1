import { stripeError } from './errors.ts';
import type { Incoming } from './message.ts';
import { decodeForm, FormError, type FormHash } from './form.ts';

/** A request to the API, read: body and query are one form, as they are for Stripe. */
export type Sent = {
  method: string;
  path: string;
  form: FormHash;
  version: string | null;
  account: string | null;
  idempotencyKey: string | undefined;
};

const MAX_BODY = 4 * 1024 * 1024;

/** Reads a request within bounds. Throws a `StripeError` for a body that is too large or unreadable. */
export async function readRequest({ method, path, query, header, text: read }: Incoming): Promise<Sent> {
  const type = header('content-type') ?? '';
  let text = query;
  if (method === 'POST') {
    const encoding = header('content-encoding') ?? 'identity';
    if (encoding !== 'identity') throw stripeError('body_unreadable', [`it is encoded as ${encoding}`]);
    const body = await read(MAX_BODY);
    if (/multipart\/form-data/i.test(type))
      throw stripeError('body_unreadable', ['file uploads are not modelled by the local Stripe yet']);
    if (/json/i.test(type) && body) throw stripeError('body_unreadable', ['v1 calls are form-encoded, not JSON']);
    text = text && body ? `${text}&${body}` : text || body;
  }
  try {
    return {
      method,
      path,
      form: decodeForm(text),
      version: header('stripe-version'),
      account: header('stripe-account'),
      idempotencyKey: header('idempotency-key') ?? undefined,
    };
  } catch (error) {
    if (error instanceof FormError) throw stripeError('body_unreadable', [error.message]);
    throw error;
  }
}

/** Reads a body of at most so many bytes as text. Throws a `StripeError` for one that is larger. */
export async function readBody(stream: AsyncIterable<Uint8Array>, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > limit) throw stripeError('body_too_large', [String(limit)]);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
