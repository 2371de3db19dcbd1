import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiError } from './api/types.ts';
import { plain, PLAIN_HEADERS } from './headers.ts';

export type GuardOptions = {
  /** Whether only this machine can reach the address it listens on. */
  onLoopback: boolean;
  /** What everybody who asks has to know, when there is one. */
  token: string | undefined;
  /** Refuse whatever changes something. */
  readOnly: boolean;
};

/** Decides whether a request is answered at all: undefined when it is, else the answer. */
export type Guard = (request: Request) => Response | undefined;

const COOKIE = 'paybell_console';
/** How long a browser remembers the token: 30 days, in seconds. */
const REMEMBERED = 30 * 86_400;

/**
 * Who may see and steer the console. A token, where there is one, opens it: as `Authorization: Bearer`, or given once as
 * `?token=`, after which a cookie stands for it. Without one it is for this machine alone.
 */
export function createGuard({ onLoopback, token, readOnly }: GuardOptions): Guard {
  const wanted = token === undefined ? undefined : digest(token);
  return (request) => {
    const url = new URL(request.url);
    const host = request.headers.get('host') ?? url.host;
    if (wanted !== undefined) {
      const given = url.searchParams.get('token');
      const reads = request.method === 'GET' || request.method === 'HEAD';
      if (given !== null && reads && same(digest(given), wanted)) return remember(url, request, wanted);
      if (!knows(request, wanted)) return refused(401, 'unauthorized', TOKEN_HELP, url);
    } else if (!onLoopback) return refused(403, 'no_token', NO_TOKEN, url);
    else if (!isThisMachine(host)) return refused(403, 'foreign_host', 'This console is for this machine only.', url);
    else if (PROXIED.some((name) => request.headers.has(name))) return refused(403, 'forwarded', FORWARDED, url);
    const foreign = askedFromElsewhere(request, host, url);
    if (foreign) return foreign;
    if (request.method === 'GET' || request.method === 'HEAD') return undefined;
    if (!isJson(request)) return refused(403, 'bad_content_type', NOT_JSON, url);
    return readOnly ? refused(403, 'read_only', READ_ONLY, url) : undefined;
  };
}

const TOKEN_HELP =
  'The console needs its token: open /?token=… with what --console-token (or PAYBELL_CONSOLE_TOKEN) was given, or send it as Authorization: Bearer.';
const NO_TOKEN =
  'The console is closed, because other machines reach this address: start with --console-token (or PAYBELL_CONSOLE_TOKEN) to open it.';
const FORWARDED =
  'This request came through a proxy, so that others than this machine may reach the console: start with --console-token (or PAYBELL_CONSOLE_TOKEN) to open it.';
const NOT_JSON = 'What is sent here has the content type application/json.';
const READ_ONLY = 'This console only shows: it was started with --read-only.';

// A page on another site that points its own name at 127.0.0.1 shows itself by its Host.
const isThisMachine = (host: string): boolean => /^(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d+)?$/.test(host);

/** What proxies add. One on this machine that passes the whole site on would open a console without a token to everybody. */
const PROXIED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'cf-connecting-ip'];

/**
 * Another site's page may not even make this console work, though it would not see the answer. Another port of the same
 * host is another site here: cookies are sent to it all the same. Only a link, followed by somebody, leads to a page.
 */
function askedFromElsewhere({ headers }: Request, host: string, url: URL): Response | undefined {
  const origin = headers.get('origin');
  const known = origin === null || origin === `http://${host}` || origin === `https://${host}`;
  const site = headers.get('sec-fetch-site');
  const follows = headers.get('sec-fetch-dest') === 'document' && !url.pathname.startsWith('/api/');
  if (known && (site === null || site === 'same-origin' || site === 'none' || follows)) return undefined;
  const from = known ? 'another site' : origin;
  return refused(403, 'foreign_origin', `A page of ${from} may neither read nor steer this console.`, url);
}

const isJson = ({ headers }: Request): boolean =>
  headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() === 'application/json';

function knows(request: Request, wanted: Buffer): boolean {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (bearer !== undefined && same(digest(bearer), wanted)) return true;
  // Another port of the same host can set a cookie of this name beside ours.
  const right = digest(cookieOf(wanted));
  return (request.headers.get('cookie') ?? '').split(/;\s*/).some((cookie) => {
    const [name, value] = cookie.split('=');
    return name === COOKIE && value !== undefined && same(digest(value), right);
  });
}

/** Keeps the token out of the address, of the history and of what is sent on: the cookie holds what follows from it. */
function remember(url: URL, request: Request, wanted: Buffer): Response {
  const clean = new URLSearchParams(url.searchParams);
  clean.delete('token');
  // One slash at the beginning, or it would be another machine's address.
  const location = `/${url.pathname.replace(/^\/+/, '')}${clean.size > 0 ? `?${clean}` : ''}`;
  const encrypted = url.protocol === 'https:' || request.headers.get('x-forwarded-proto') === 'https';
  const cookie = `${COOKIE}=${cookieOf(wanted)}; Path=/; Max-Age=${REMEMBERED}; HttpOnly; SameSite=Strict`;
  return new Response(null, {
    status: 303,
    headers: { ...PLAIN_HEADERS, location, 'set-cookie': encrypted ? `${cookie}; Secure` : cookie },
  });
}

const cookieOf = (wanted: Buffer): string =>
  createHash('sha256').update('paybell console cookie').update(wanted).digest('hex');
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
/** Digests have one length, so that the comparison says nothing of the token's. */
const same = (a: Buffer, b: Buffer): boolean => timingSafeEqual(a, b);

function refused(status: number, code: string, message: string, url: URL): Response {
  const challenge: Record<string, string> = status === 401 ? { 'www-authenticate': 'Bearer' } : {};
  if (!url.pathname.startsWith('/api/')) return plain(status, message, challenge);
  return Response.json({ error: { code, message } } satisfies ApiError, {
    status,
    headers: { ...PLAIN_HEADERS, ...challenge },
  });
}
