import type { Stage } from '../../scenarios/index.ts';

/** A short way to events that no scenario tells of: the SDK, the clock, and outside actions that change state. */
export type Recipe = {
  id: string;
  /** What is done, in a sentence. */
  about: string;
  /** The event types it is the way to. */
  fires: readonly string[];
  /**
   * `behaviour`: the emulator knows what these objects do. `schema`: it keeps what it is given, and what it is not given is
   * completed from the object's shape.
   */
  fidelity: 'behaviour' | 'schema';
  run(stage: Stage): Promise<void>;
};

/** Declares a recipe. To add one: write it into the file of its area. */
export const defineRecipe = (recipe: Recipe): Recipe => recipe;

/** Declares one for objects that are kept as they are given. */
export const schemaRecipe = (recipe: Omit<Recipe, 'fidelity'>): Recipe => ({ ...recipe, fidelity: 'schema' });
