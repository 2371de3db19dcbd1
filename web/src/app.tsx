import { lazy, Suspense } from 'react';
import { Route, Routes } from 'react-router';
import { LiveContext, useLiveConnection } from './api/live.ts';
import { Boundary } from './ui/boundary.tsx';
import { Empty } from './ui/empty.tsx';
import { Loading } from './ui/loading.tsx';
import { Shell } from './ui/shell.tsx';

// Each screen is loaded when it is first opened.
const Scenarios = lazy(() => import('./screens/scenarios/index.tsx'));
const Scenario = lazy(() => import('./screens/scenarios/scenario.tsx'));
const Events = lazy(() => import('./screens/events/index.tsx'));
const Event = lazy(() => import('./screens/events/event.tsx'));
const Refusals = lazy(() => import('./screens/events/refused.tsx'));
const Objects = lazy(() => import('./screens/objects/index.tsx'));
const ObjectPage = lazy(() => import('./screens/objects/object.tsx'));
const Time = lazy(() => import('./screens/time/index.tsx'));
const Health = lazy(() => import('./screens/health/index.tsx'));
const Catalogue = lazy(() => import('./screens/catalogue/index.tsx'));

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
                  <Route index element={<Scenarios />} />
                  <Route path="scenarios/:id" element={<Scenario />} />
                  <Route path="events" element={<Events />} />
                  <Route path="events/:id" element={<Event />} />
                  <Route path="refused" element={<Refusals />} />
                  <Route path="objects/:object?" element={<Objects />} />
                  <Route path="objects/:object/:id" element={<ObjectPage />} />
                  <Route path="time" element={<Time />} />
                  <Route path="health" element={<Health />} />
                  <Route path="catalogue/:type?" element={<Catalogue />} />
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
