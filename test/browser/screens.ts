/** Every screen of the console, and a text that shows that it is all there. */
export const SCREENS: readonly { name: string; ready: string | RegExp }[] = [
  { name: 'cheat-sheet', ready: 'The cheat sheet' },
  { name: 'scenario', ready: 'The time for retries is over' },
  { name: 'scenario-event', ready: 'previous_attributes' },
  { name: 'events', ready: 'invoice.paid' },
  { name: 'event', ready: 'the mail server is away' },
  { name: 'refused', ready: 't=1,v1=00' },
  { name: 'objects', ready: 'subscription_cycle' },
  { name: 'object', ready: 'How it came to be so' },
  { name: 'time', ready: 'renews' },
  { name: 'health', ready: 'Deliveries in' },
  { name: 'catalogue', ready: 'account.updated' },
  { name: 'catalogue-entry', ready: 'Occurs in' },
];
