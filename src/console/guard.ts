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
    if (request.method === 'GET' || request.method === 'HEAD') return undefined;
    return sentFromElsewhere(request, host, url) ?? (readOnly ? refused(403, 'read_only', READ_ONLY, url) : undefined);
  };
}

const TOKEN_HELP =
  'The console needs its token: open /?token=… with what --console-token (or PAYBELL_CONSOLE_TOKEN) was given, or send it as Authorization: Bearer.';
const NO_TOKEN =
  'The console is closed, because other machines reach this address: start with --console-token (or PAYBELL_CONSOLE_TOKEN) to open it.';
const READ_ONLY = 'This console only shows: it was started with --read-only.';

// A page on another site that points its own name at 127.0.0.1 shows itself by its Host.
const isThisMachine = (host: string): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);

/** Another site's page can send a form here, but neither this type of content nor this origin. */
function sentFromElsewhere(request: Request, host: string, url: URL): Response | undefined {
  const origin = request.headers.get('origin');
  if (origin !== null && origin !== `http://${host}` && origin !== `https://${host}`)
    return refused(403, 'foreign_origin', `A page of ${origin} may not steer this console.`, url);
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json')
    return refused(403, 'bad_content_type', 'What is sent here has the content type application/json.', url);
  return undefined;
}

function knows(request: Request, wanted: Buffer): boolean {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (bearer !== undefined && same(digest(bearer), wanted)) return true;
  const cookie = new RegExp(`(?:^|;\\s*)${COOKIE}=([0-9a-f]{64})(?:;|$)`).exec(
    request.headers.get('cookie') ?? '',
  )?.[1];
  return cookie !== undefined && same(digest(cookie), digest(cookieOf(wanted)));
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
