import * as fc from 'fast-check';
import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { decodeForm, FormError, type Form } from '../../src/emulator/http/form.ts';
import { runs, SEEDS } from './property.ts';

type Tree = string | number | boolean | Tree[] | { [name: string]: Tree };

/** What the official SDK puts into the body of a POST (or the query of a GET) for these parameters. */
async function encoded(params: Tree, method: 'POST' | 'GET' = 'POST'): Promise<string> {
  let sent = '';
  const httpClient = Stripe.createFetchHttpClient((async (url: string, init?: { body?: string }) => {
    sent = method === 'POST' ? String(init?.body ?? '') : new URL(url).search.slice(1);
    return new Response('{}', { headers: { 'content-type': 'application/json' } });
  }) as never);
  const stripe = new Stripe('sk_test_form', { httpClient, maxNetworkRetries: 0, telemetry: false });
  if (method === 'POST') await stripe.paymentIntents.create(params as never);
  else await stripe.paymentIntents.list(params as never);
  return sent;
}

/** What should come out: everything as text, and members of lists named by their place. */
function expected(tree: Tree): Form | undefined {
  if (typeof tree !== 'object') return String(tree);
  const members = Object.entries(tree).map(([name, member]) => [name, expected(member)] as const);
  const kept = members.filter(([, member]) => member !== undefined);
  return kept.length ? (Object.fromEntries(kept) as Form) : undefined;
}

/** Without what distinguishes nothing: the missing prototype, and the order of names. */
function plain(form: Form): unknown {
  if (typeof form === 'string') return form;
  return new Map(
    Object.keys(form)
      .toSorted()
      .map((name) => [name, plain(form[name]!)]),
  );
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '&=', '[]', 'a[b]', '%25', '100%', '1+1', 'a b', '__proto__', '日本語', '👩‍👩‍👧'),
);
// Brackets in a name would be brackets of the encoding: no API that uses it can have them.
const name = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', 'a&b=c', 'a+b', '%41', 'ключ', 'line1', 'metadata'),
  fc.string({ unit: 'grapheme', minLength: 1 }).filter((name) => !/[[\]]/.test(name)),
);
const { tree } = fc.letrec<{ tree: Tree; hash: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'large', maxDepth: 8 },
    fc.oneof(text, fc.integer(), fc.boolean()),
    fc.array(tie('tree') as fc.Arbitrary<Tree>, { minLength: 1, maxLength: 4 }),
    tie('hash') as fc.Arbitrary<Tree>,
  ),
  hash: fc
    .array(fc.tuple(name, tie('tree') as fc.Arbitrary<Tree>), { minLength: 1, maxLength: 4 })
    .map((members) => Object.fromEntries(members)),
}));
const params = fc
  .array(fc.tuple(name, tree as fc.Arbitrary<Tree>), { minLength: 1, maxLength: 5 })
  .map((members) => Object.fromEntries(members) as Tree);

describe('what the SDK encodes', () => {
  test.each(SEEDS)('decodes to the same tree (seed %i)', async (seed) => {
    let deepest = 0;
    await fc.assert(
      fc.asyncProperty(params, async (given) => {
        deepest = Math.max(deepest, depth(given));
        for (const method of ['POST', 'GET'] as const)
          expect(plain(decodeForm(await encoded(given, method)))).toEqual(plain(expected(given) ?? {}));
      }),
      { seed, numRuns: runs(200) },
    );
    expect(deepest).toBeGreaterThanOrEqual(6);
  });

  test('lists of hashes, deep, with everything that means something to the encoding', async () => {
    const given: Tree = {
      items: [{ price: 'price_1', tiers: [{ up_to: 'inf', amount: 5 }, { flat: true }] }, { price: '&=[]%+' }],
      a: { b: { c: { d: { e: { f: { g: ['x', ''] } } } } } },
    };
    expect(plain(decodeForm(await encoded(given)))).toEqual(plain(expected(given)!));
  });
});

const depth = (tree: Tree): number =>
  typeof tree === 'object' ? 1 + Math.max(0, ...Object.values(tree).map(depth)) : 0;

describe('what others send', () => {
  test.each<[string, unknown]>([
    ['', {}],
    ['a', { a: '' }],
    ['a=1&&b=2', { a: '1', b: '2' }],
    ['a=1&a=2', { a: '2' }],
    ['a=x%2By+z', { a: 'x+y z' }],
    ['a[]=1&a[]=2', { a: { 0: '1', 1: '2' } }],
    ['a[5]=1&a[]=2', { a: { 5: '1', 6: '2' } }],
    ['a[][b]=1&a[][c]=2&a[][b]=3', { a: { 0: { b: '1', c: '2' }, 1: { b: '3' } } }],
    ['a=1&a[b]=2', { a: { b: '2' } }],
    ['a[b=1', { 'a[b': '1' }],
    ['%61%5Bb%5D=1', { a: { b: '1' } }],
  ])('%s', (form, wanted) => {
    expect(JSON.parse(JSON.stringify(decodeForm(form)))).toEqual(wanted);
  });

  test('a name can reach no prototype', () => {
    const form = decodeForm('__proto__[polluted]=1&a[__proto__][polluted]=1&constructor[prototype][polluted]=1');
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
    expect(Object.keys(form)).toEqual(['__proto__', 'a', 'constructor']);
    expect(Object.getPrototypeOf(form)).toBeNull();
  });

  test.each(['a=%', 'a=%zz', '%ff=1', `a${'[b]'.repeat(30)}=1`])('%s cannot be read', (form) => {
    expect(() => decodeForm(form)).toThrow(FormError);
  });
});
