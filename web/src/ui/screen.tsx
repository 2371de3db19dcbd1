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
  const Later = lazy(get);
  const Shown = () => {
    const [Component] = useState<ComponentType>(() => loaded ?? Later);
    return <Component />;
  };
  return Object.assign(Shown, { load: get });
}
