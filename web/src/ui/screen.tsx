import { lazy, useState, type ComponentType } from 'react';

type Module = { default: ComponentType };

/** A screen whose code is loaded when it is first shown, or before. */
export type Screen = ComponentType & { load(): Promise<unknown> };

/**
 * Like React's `lazy`, but a screen that has been loaded before it is shown is shown at once: a fallback, once there, stays
 * for a third of a second however soon the screen comes.
 */
export function screenOf(load: () => Promise<Module>): Screen {
  let loaded: ComponentType | undefined;
  const get = async (): Promise<Module> => {
    const module = await load();
    loaded = module.default;
    return module;
  };
  // One whose code did not come, with the server away, is asked for again when it is next shown.
  const again = (): Promise<Module> =>
    get().catch((error: unknown) => {
      later = lazy(again);
      throw error;
    });
  let later = lazy(again);
  const Shown = () => {
    const [Component] = useState<ComponentType>(() => loaded ?? later);
    return <Component />;
  };
  return Object.assign(Shown, { load: get });
}
