import type { JsonObject } from '../../base/json.ts';

/** An event of another era: when it was (Unix seconds), how the API of then called itself, and what the event said. */
export type LegacyExample = {
  apiVersion: string;
  created: number;
  object: JsonObject;
  previous?: JsonObject;
};

/** Midday, UTC, of a day. */
export const noon = (day: string): number => Date.parse(`${day}T12:00:00Z`) / 1000;
/** A list as the API shows it, with one entry or more. */
export const listed = (url: string, ...data: JsonObject[]): JsonObject => ({
  object: 'list',
  data,
  has_more: false,
  total_count: data.length,
  url,
});

export const ADDRESS = {
  city: 'San Francisco',
  country: 'US',
  line1: '510 Townsend St',
  line2: null,
  postal_code: '94103',
  state: 'CA',
} satisfies JsonObject;
