import { expect, test } from 'vitest';
import { openExampleWorld, recipes } from '../../src/examples/index.ts';
import { typesOf } from '../emulator/sdk.ts';

test.for(recipes)('$id fires what it says, and no field of what has behaviour is made up', async (recipe) => {
  await using at = await openExampleWorld(`recipe ${recipe.id}`);
  await recipe.run(at.stage);
  await at.open.settled();
  expect(typesOf(at.open.world)).toEqual(expect.arrayContaining([...recipe.fires]));
  if (recipe.fidelity === 'behaviour') expect([...at.open.world.filled]).toEqual([]);
});

test('each has a name of its own', () => {
  expect(new Set(recipes.map(({ id }) => id)).size).toBe(recipes.length);
});
