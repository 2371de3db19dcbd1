import { expect, test } from 'vitest';
import { startProgram, ROOT } from '../cli/paybell.ts';
import { catalogue, exampleOf } from '../../src/examples/catalog.ts';

test('the catalogue is data with types, and an example is one call away', async () => {
  expect(catalogue['charge.refunded'].subject).toEqual(['charge']);
  const { event, by } = await exampleOf('charge.refunded');
  expect(by).toBe('refund/current');
  expect(event).toMatchObject({ type: 'charge.refunded', data: { object: { refunded: true, amount_refunded: 2000 } } });
  // @ts-expect-error there is no such event
  await expect(exampleOf('charge.refundet')).rejects.toThrow(/did you mean charge\.refunded/);
});

test.for(['src/examples/catalog.ts', 'src/receiver/index.ts', 'src/scenarios/index.ts'])(
  'importing %s makes no example',
  async (entry) => {
    // A hook tells of every module that is loaded.
    const program = `
      import { registerHooks } from 'node:module';
      const loaded = [];
      registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
      await import('./${entry}');
      const found = loaded.filter((url) => /src\\/examples\\/(?!catalog\\.ts)/.test(url));
      console.log('loaded', loaded.length > 3, JSON.stringify(found));`;
    const { output, ended } = await startProgram(['--input-type=module', '--eval', program], /loaded/, { cwd: ROOT });
    expect(await ended).toBe(0);
    expect(output()).toBe('loaded true []\n');
  },
);
