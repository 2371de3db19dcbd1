import { stripeError } from './errors.ts';

/** What a key stands for: the world all keys of its name share, and whether it may only do what a browser may. */
export type Key = { world: string; publishable: boolean; shown: string };

const KEY = /^(sk|rk|pk)_test_([A-Za-z0-9_-]{1,128})$/;

/** Reads the key of a request (Bearer, or Basic with the key as its user). Throws Stripe's 401; live keys are refused. */
export function readKey(authorization: string | null): Key {
  const key = keyIn(authorization);
  if (!key) throw stripeError('api_key_missing');
  if (/^(sk|rk|pk)_live_/.test(key)) throw stripeError('api_key_live');
  const match = KEY.exec(key);
  if (!match) throw stripeError('api_key_invalid', [mask(key)]);
  return { world: match[2]!, publishable: match[1] === 'pk', shown: mask(key) };
}

function keyIn(authorization: string | null): string | undefined {
  const [scheme, value] = (authorization ?? '').trim().split(/\s+/);
  if (!value) return undefined;
  if (/^bearer$/i.test(scheme!)) return value;
  if (/^basic$/i.test(scheme!)) return Buffer.from(value, 'base64').toString('latin1').split(':')[0];
  return undefined;
}

const mask = (key: string) => (key.length <= 12 ? '***' : `${key.slice(0, 8)}***${key.slice(-4)}`);
