import { createHash, type KeyObject } from 'node:crypto';
import { PaybellError } from '../base/errors.ts';
import { signingKey } from '../stripe/signature.ts';

/**
 * What a secrets function is told: where the delivery arrived, without the last slash, and the account its body names
 * (not yet proven).
 */
export interface SecretHint {
  path: string;
  account: string;
}

/** One secret, several (while one is being rolled, or for several endpoints), or a function that chooses them. */
export type Secrets =
  string | readonly string[] | ((hint: SecretHint) => string | readonly string[] | Promise<string | readonly string[]>);

/** The keys to try for a delivery. */
export type KeySource = readonly KeyObject[] | ((hint: SecretHint) => Promise<readonly KeyObject[]>);

const WRONG_KIND: Readonly<Record<string, string>> = {
  sk: 'a secret API key',
  rk: 'a restricted API key',
  pk: 'a publishable API key',
};

/** Prepares the keys once; throws `bad_secret` for what cannot be a webhook secret. No secrets give no keys. */
export function keysOf(secrets: Secrets | undefined): KeySource {
  if (secrets === undefined) return [];
  if (typeof secrets !== 'function') return prepare(secrets);
  const prepared = new Map<string, readonly KeyObject[]>();
  return async (hint) => {
    const given = await secrets(hint);
    if (typeof given !== 'string' && !Array.isArray(given)) throw new PaybellError('bad_secret', nothing(hint, given));
    return (typeof given === 'string' ? [given] : (given as readonly string[])).flatMap((secret) => {
      const keys = prepared.get(secret) ?? prepare([secret]);
      prepared.set(secret, keys);
      return keys;
    });
  };
}

const nothing = ({ path, account }: SecretHint, given: unknown): string =>
  `The function given as \`secrets\` answered ${given === undefined ? 'nothing' : `with a value of type ${typeof given}`} ` +
  `for the path ${path} and ${account ? `the account ${account}` : 'the platform'}; it must answer with one or a list.`;

const SEPARATOR = /[\s,]+/;

function prepare(secrets: string | readonly string[]): KeyObject[] {
  // An environment variable or a file may have several, while one is being rolled, and a line end.
  const all = typeof secrets === 'string' ? [secrets] : secrets;
  return all.flatMap((given) => {
    const several = typeof given === 'string' ? given.split(SEPARATOR).filter((one) => one !== '') : [given];
    if (several.length === 0) check('');
    return several.map((secret) => {
      check(secret);
      return signingKey(secret);
    });
  });
}

function check(secret: string): void {
  if (typeof secret !== 'string' || secret === '') throw new PaybellError('bad_secret', 'It is empty.');
  const kind = WRONG_KIND[/^([srp]k)_(?:test|live)_/.exec(secret)?.[1] ?? ''];
  if (kind) throw new PaybellError('bad_secret', `It is ${kind}; a webhook secret begins with whsec_.`);
  if (!secret.startsWith('whsec_')) throw new PaybellError('bad_secret', 'A webhook secret begins with whsec_.');
  if (/^whsec_(?:[.…*x]*|x+|your.*|<.*>|\{.*\}|placeholder|changeme|secret)$/i.test(secret))
    throw new PaybellError('bad_secret', 'It is a placeholder: copy the one that the endpoint shows.');
}

const proofs = new WeakMap<KeyObject, string>();

/** How an event is said to be proven by a signature: which secret matched is kept with it. */
export function proofOf(key: KeyObject): string {
  let known = proofs.get(key);
  if (known === undefined) {
    known = `signature ${fingerprint(key)}`;
    proofs.set(key, known);
  }
  return known;
}

/** Tells secrets apart without telling what they are. */
export const fingerprint = (key: KeyObject): string =>
  createHash('sha256').update('paybell').update(key.export()).digest('hex').slice(0, 8);
