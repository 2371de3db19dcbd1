import { withoutKeys } from '../../base/keys.ts';

/** What the API answered instead of what it was asked for. */
export interface Failure {
  /** The HTTP status; null when there was no answer. */
  status: number | null;
  /** Stripe's own code, such as `resource_missing`. */
  code: string | null;
  /** In words, without keys. */
  text: string;
}

/** Reads an error of the SDK. */
export function failureOf(error: unknown): Failure {
  const { statusCode, status, code, message } = error as {
    statusCode?: number;
    status?: number;
    code?: unknown;
    message?: string;
  };
  const number = statusCode ?? status ?? null;
  const words = withoutKeys(String(message ?? error)).slice(0, 500);
  return {
    status: number,
    code: typeof code === 'string' ? code : null,
    text: `API: ${number ?? 'no answer'}: ${words}`,
  };
}
