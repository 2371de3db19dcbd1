import type { Resource } from './define.ts';
import { event } from './event.ts';
import { webhookEndpoint } from './webhook-endpoint.ts';

/** Every resource with behaviour of its own. To add one: write its file, and name it here. */
export const resources: ReadonlyMap<string, Resource> = new Map(
  [event, webhookEndpoint].map((resource) => [resource.object, resource]),
);
