import { randomInt } from 'node:crypto';

/** One fixed seed and one fresh, which is printed, so that a failure can be repeated with PAYBELL_SEED. */
export function seeds(): number[] {
  const given = Number(process.env['PAYBELL_SEED']);
  const fresh = Number.isInteger(given) && given > 0 ? given : randomInt(1, 2 ** 31);
  console.log(`property tests: seeds 1 and PAYBELL_SEED=${fresh}`);
  return [1, fresh];
}
