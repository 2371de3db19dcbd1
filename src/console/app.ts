import { Hono } from 'hono';
import { eventRoutes } from './api/events.ts';
import { healthRoutes } from './api/health.ts';
import { liveRoutes } from './api/live.ts';
import { catalogRoutes } from './api/catalog.ts';
import { objectRoutes } from './api/objects.ts';
import { playRoutes } from './api/play.ts';
import { refusedRoutes } from './api/refused.ts';
import { replayRoutes } from './api/replay.ts';
import { scenarioRoutes } from './api/scenarios.ts';
import { sessionRoutes } from './api/session.ts';
import { timeRoutes } from './api/time.ts';
import { compressed } from './coding.ts';
import { PAGE_HEADERS } from './headers.ts';
import type { Settings } from './options.ts';
import { answerError, missing } from './refusal.ts';

/** Everything below `/api/`: JSON, and streams of JSON. Whoever may ask was decided before. */
export function createApi(settings: Settings): (request: Request) => Promise<Response> {
  const app = new Hono().basePath('/api');
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(PAGE_HEADERS)) c.header(name, value);
  });
  const groups = [
    sessionRoutes(settings),
    eventRoutes(settings),
    liveRoutes(settings),
    scenarioRoutes(),
    playRoutes(settings),
    catalogRoutes(),
    objectRoutes(settings),
    healthRoutes(settings),
    refusedRoutes(settings),
    replayRoutes(settings),
    timeRoutes(settings),
  ];
  for (const routes of groups) app.route('/', routes);
  app.notFound((c) => answerError(c, missing(`route ${c.req.method} ${c.req.path}`), settings.onProblem));
  app.onError((error, c) => answerError(c, error, settings.onProblem));
  return async (request) => compressed(request, await app.fetch(request));
}
