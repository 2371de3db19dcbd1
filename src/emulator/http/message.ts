/** A request as the API's door reads it, wherever it came in. */
export type Incoming = {
  method: string;
  path: string;
  /** Without the question mark. */
  query: string;
  header(name: string): string | null;
  /** The body as text. Throws a `StripeError` for one of more than `limit` bytes. */
  text(limit: number): Promise<string>;
};

/** An answer before it goes out in the form that its listener wants. */
export type Outgoing = { status: number; headers: Record<string, string>; body: string };
