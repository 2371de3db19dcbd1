import { useMemo } from 'react';
import type { JsonObject } from '../../../src/base/json.ts';
import { CopyAs } from './copy-as.tsx';
import { Json } from './json.tsx';

type SomeEvent = JsonObject & { type: string };

/** An event's whole payload; the fields that `previous_attributes` says have changed are marked, with what stood there. */
export function EventJson({ event, why }: { event: SomeEvent; why?: string }) {
  const changed = useMemo(() => changedPaths(event), [event]);
  return (
    <Json
      label={`Payload of ${event.type}`}
      value={event}
      changed={changed}
      actions={<CopyAs event={event} {...(why !== undefined && { why })} />}
    />
  );
}

/** Dotted path in the event → what `previous_attributes` says stood there. */
export function changedPaths(event: JsonObject): ReadonlyMap<string, unknown> {
  const data = event['data'] as { previous_attributes?: JsonObject; object?: JsonObject } | undefined;
  const paths = new Map<string, unknown>();
  const walk = (before: unknown, now: unknown, path: string): void => {
    const within = isPlain(before) && isPlain(now);
    if (!within) paths.set(path, before);
    else for (const [key, value] of Object.entries(before)) walk(value, now[key], `${path}.${key}`);
  };
  for (const [key, value] of Object.entries(data?.previous_attributes ?? {}))
    walk(value, data?.object?.[key], `data.object.${key}`);
  return paths;
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
