/**
 * Every error Paybell itself raises: code → what happened and what to do about it.
 * `docs/errors.md` lists the same codes; a test holds the two together. The emulator's Stripe-shaped
 * errors are another table (`src/emulator/http/errors.ts`), because their wording is an API of its own.
 */
export const ERRORS = {
  no_verification: 'Neither a webhook secret nor an API key was given, so no delivery could ever be proven.',
  bad_secret: 'The webhook secret is empty, a placeholder, or not a webhook secret at all.',
  bad_option: 'An option has a value that cannot work.',
  store_unopened: 'The database could not be opened.',
  store_unsafe: 'The database does not keep its promise that a committed event survives a power cut.',
  store_version: 'The database is of another version of Paybell.',
  store_closed: 'The store was used after it was closed.',
  receiver_closed: 'The receiver was used after it was closed.',
  no_endpoint: 'A signed delivery came to a path that no endpoint has.',
  bad_pattern: 'A handler was registered for an event type that does not exist.',
  bad_envelope: 'This is no envelope of EventBridge or Event Grid with a Stripe event in it.',
  unknown_handler: 'No handler of that name is registered here.',
  unknown_scenario: 'There is no scenario of that name.',
  live_key: 'A live key was given to something that only ever works with test keys.',
  sdk_missing: 'The official `stripe` package is not installed, and this needs it.',
  port_taken: 'Another program already listens on that port.',
  unreachable: 'The server that was asked did not answer.',
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof ERRORS;

/** An error of Paybell's own: `code` is stable, `message` names the cause and the fix. */
export class PaybellError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, detail: string, options?: { cause?: unknown }) {
    super(`${ERRORS[code]} ${detail}`, options);
    this.name = 'PaybellError';
    this.code = code;
  }
}
