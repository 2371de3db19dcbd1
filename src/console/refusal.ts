import type { Context } from 'hono';
import { PaybellError } from '../base/errors.ts';
import type { ApiError } from './api/types.ts';

/** Why a request is not answered as it was meant: becomes an `ApiError` with this status. */
export class Refusal extends Error {
  readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 503;
  readonly code: string;
  constructor(status: Refusal['status'], code: string, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
  }
}

/** For what is not there. */
export const missing = (what: string): Refusal => new Refusal(404, 'not_found', `There is no ${what}.`);

/** For a request that cannot be meant as it is. */
export const invalid = (message: string): Refusal => new Refusal(400, 'bad_request', message);

/** Answers with an error: its own words where it is one of ours, nothing of the inside where it is not. */
export function answerError(c: Context, error: unknown, onProblem: (what: string, error: unknown) => void): Response {
  const answer = (status: Refusal['status'] | 500, code: string, message: string) =>
    c.json({ error: { code, message } } satisfies ApiError, status);
  if (error instanceof Refusal) return answer(error.status, error.code, error.message);
  if (error instanceof PaybellError) return answer(NOT_THERE.has(error.code) ? 404 : 400, error.code, error.message);
  onProblem(`the console could not answer ${c.req.method} ${c.req.path}`, error);
  return answer(500, 'internal', 'This could not be answered: the log of this process says why.');
}

const NOT_THERE: ReadonlySet<string> = new Set(['unknown_scenario', 'unknown_handler']);
