import type { JsonObject } from '../base/json.ts';

/** An event as Stripe would send it, and where it comes from. */
export type Example = {
  type: string;
  /** The whole event. */
  event: JsonObject;
  /** `scenario` and `recipe`: fired by a run of the emulator. `schema`: worked out from the declared shape of its subject. */
  reachedBy: 'scenario' | 'recipe' | 'schema';
  /** The scenario (`refund/current`) or the recipe that fires it. */
  by: string | null;
  /**
   * `behaviour`: every field is what the run made of it. `schema`: the emulator only keeps such objects, and what it was
   * not told is completed from their shape. `era`: written down from the API of its time.
   */
  fidelity: 'behaviour' | 'schema' | 'era';
  /** The share of its subject's values that are null, 0 to 1. */
  nulls: number;
};
