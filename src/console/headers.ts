const SHARED = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  // Not even that this console is here can a page of another site find out by loading one of its files.
  'cross-origin-resource-policy': 'same-origin',
};

/** What every page of the web app is sent with: it runs its own files, asks this server alone, and is framed by nobody. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  ...SHARED,
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "font-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'cache-control': 'no-store',
};

/** For pages that this server writes itself: they run nothing, and their style is in them. */
export const PLAIN_HEADERS: Readonly<Record<string, string>> = {
  ...SHARED,
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'cache-control': 'no-store',
};

/** A line of text. */
export const plain = (status: number, text: string, headers: Record<string, string> = {}): Response =>
  new Response(`${text}\n`, {
    status,
    headers: { ...PLAIN_HEADERS, 'content-type': 'text/plain; charset=utf-8', ...headers },
  });
