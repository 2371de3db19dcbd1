/** Where an event can be asked for by its id: the part of an official `stripe` instance that verification needs. */
export interface EventSource {
  events: {
    retrieve(id: string, parameters?: {}, options?: { stripeAccount?: string }): Promise<object>;
  };
}
