import { Suspense } from 'react';
import { matchPath, Route, Routes } from 'react-router';
import { LiveContext, useLiveConnection } from './api/live.ts';
import { Boundary } from './ui/boundary.tsx';
import { Empty } from './ui/empty.tsx';
import { Loading } from './ui/loading.tsx';
import { screenOf, type Screen } from './ui/screen.tsx';
import { Shell } from './ui/shell.tsx';

const Scenarios = screenOf(() => import('./screens/scenarios/index.tsx'));
const Scenario = screenOf(() => import('./screens/scenarios/scenario.tsx'));
const Events = screenOf(() => import('./screens/events/index.tsx'));
const Event = screenOf(() => import('./screens/events/event.tsx'));
const Refusals = screenOf(() => import('./screens/events/refused.tsx'));
const Objects = screenOf(() => import('./screens/objects/index.tsx'));
const ObjectPage = screenOf(() => import('./screens/objects/object.tsx'));
const Time = screenOf(() => import('./screens/time/index.tsx'));
const Health = screenOf(() => import('./screens/health/index.tsx'));
const Catalogue = screenOf(() => import('./screens/catalogue/index.tsx'));

const ROUTES: readonly [path: string, screen: Screen][] = [
  ['/', Scenarios],
  ['/scenarios/:id', Scenario],
  ['/events', Events],
  ['/events/:id', Event],
  ['/refused', Refusals],
  ['/objects/:object?', Objects],
  ['/objects/:object/:id', ObjectPage],
  ['/time', Time],
  ['/health', Health],
  ['/catalogue/:type?', Catalogue],
];

/** Loads the screen of an address; for an unknown one there is nothing to load. */
export async function preload(path: string): Promise<void> {
  await ROUTES.find(([pattern]) => matchPath(pattern, path))?.[1].load();
}

export function App() {
  const live = useLiveConnection();
  return (
    <LiveContext value={live}>
      <Boundary>
        <Suspense fallback={<Loading />}>
          <Shell>
            <Boundary>
              <Suspense fallback={<Loading />}>
                <Routes>
                  {ROUTES.map(([path, Screen]) => (
                    <Route key={path} path={path} element={<Screen />} />
                  ))}
                  <Route
                    path="*"
                    element={<Empty title="There is nothing at this address">Choose a page on the left.</Empty>}
                  />
                </Routes>
              </Suspense>
            </Boundary>
          </Shell>
        </Suspense>
      </Boundary>
    </LiveContext>
  );
}
