/** On whose behalf the API is asked. */
export interface AskOptions {
  stripeAccount?: string;
  stripeContext?: string;
}

/**
 * What is used of an official `stripe` instance, structurally: events by their id, to verify; and, where they are there,
 * lists of events, to reconcile, and any object by its path, to fetch what notifications link to and what `ensure` is
 * asked for.
 */
export interface EventSource {
  events: {
    retrieve(id: string, parameters?: {}, options?: { stripeAccount?: string }): Promise<object>;
    list?(
      parameters?: { limit?: number; starting_after?: string; created?: { gte: number } },
      options?: { stripeAccount?: string },
    ): PromiseLike<{ data: object[]; has_more: boolean }>;
  };
  rawRequest?(method: string, path: string, parameters?: {}, options?: AskOptions): Promise<unknown>;
}
