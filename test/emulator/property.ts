import { seeds } from '../receiver/seeds.ts';

/** The seeds of every property test here: one that never changes, and a fresh one, printed. */
export const SEEDS: readonly number[] = seeds();

/** How many cases each seed plays: more of them when `npm run test:deep` asks for it. */
export const runs = (usual: number): number => (process.env['PAYBELL_DEEP'] ? usual * 20 : usual);
