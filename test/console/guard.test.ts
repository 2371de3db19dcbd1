import { describe, expect, test } from 'vitest';
import { openConsole, ORIGIN } from './open.ts';

const TOKEN = 'a-token-of-24-characters';
const JSON_TYPE = { 'content-type': 'application/json' };
const REPLAY = { method: 'POST', headers: JSON_TYPE, body: '{"ids":["evt_1"],"dryRun":true}' };

const code = async (answer: Response) => ((await answer.json()) as { error: { code: string } }).error.code;

describe('on this machine', () => {
  test('a page on another site that points its own name here learns nothing', async () => {
    await using opened = openConsole();
    for (const host of ['evil.example', 'evil.example:4242', '127.0.0.1.evil.example', 'localhost.evil.example']) {
      const answer = await opened.ask('/api/events', { headers: { host } });
      expect(answer.status).toBe(403);
      expect(await code(answer)).toBe('foreign_host');
      expect((await opened.ask('/', { headers: { host } })).status).toBe(403);
    }
    for (const host of ['127.0.0.1:4242', 'localhost:4242', '[::1]:4242', 'localhost', '127.0.0.2:4242'])
      expect((await opened.ask('/api/events', { headers: { host } })).status).toBe(200);
  });

  test('a page of another origin may not send anything, and nothing but JSON is taken', async () => {
    await using opened = openConsole();
    const send = (headers: Record<string, string>) => opened.ask('/api/replay', { ...REPLAY, headers });
    expect((await send({ ...JSON_TYPE })).status).toBe(200);
    expect((await send({ ...JSON_TYPE, origin: ORIGIN })).status).toBe(200);
    for (const origin of ['http://evil.example', 'http://127.0.0.1:9999', 'null']) {
      const answer = await send({ ...JSON_TYPE, origin });
      expect(answer.status).toBe(403);
      expect(await code(answer)).toBe('foreign_origin');
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'text/plain; application/json'])
      expect(await code(await send({ 'content-type': type }))).toBe('bad_content_type');
    expect((await opened.ask('/api/replay', { method: 'POST' })).status).toBe(403);
  });

  test('a page of another site, or of another port of this host, does not even make it work', async () => {
    await using opened = openConsole();
    const ask = (path: string, headers: Record<string, string>) => opened.ask(path, { headers });
    for (const site of ['cross-site', 'same-site'])
      for (const path of ['/api/events?text=a', '/api/live', '/api/scenarios/refund', '/status.json', '/bell.svg']) {
        const answer = await ask(path, { 'sec-fetch-site': site, 'sec-fetch-dest': 'empty' });
        expect(answer.status, path).toBe(403);
        expect(answer.headers.get('access-control-allow-origin')).toBe(null);
      }
    for (const site of ['same-origin', 'none'])
      expect((await ask('/api/events', { 'sec-fetch-site': site })).status).toBe(200);
    // Browsers without those headers say where a request that wants to read comes from.
    expect((await ask('/api/events', { origin: 'http://evil.example' })).status).toBe(403);
    // A link to a page may be followed; one to the API may not.
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' };
    expect((await ask('/', link)).status).toBe(200);
    expect((await ask('/api/events', link)).status).toBe(403);
    expect((await ask('/', { ...link, 'sec-fetch-dest': 'iframe' })).status).toBe(403);
  });

  test('behind a proxy on this machine that passes everything on, it is closed', async () => {
    await using opened = openConsole();
    for (const name of ['forwarded', 'x-forwarded-for', 'x-real-ip', 'x-forwarded-host']) {
      const answer = await opened.ask('/api/events', { headers: { [name]: '203.0.113.9' } });
      expect(await code(answer)).toBe('forwarded');
    }
    await using guarded = openConsole({ token: TOKEN });
    const headers = { 'x-forwarded-for': '203.0.113.9', authorization: `Bearer ${TOKEN}` };
    expect((await guarded.ask('/api/events', { headers })).status).toBe(200);
  });

  test('odd paths and methods are refused in its own words', async () => {
    await using opened = openConsole();
    for (const path of ['/api/events/%E0%A4%A', '/api//events', '//api/session'])
      expect((await opened.ask(path)).status, path).toBe(404);
    expect((await opened.ask('/api/events', { method: 'OPTIONS' })).status).toBe(403);
    expect((await opened.ask(`/api/events?text=${'a'.repeat(15_000)}`)).status).toBe(200);
    expect(await code(await opened.ask(`/api/events?type=${'a.'.repeat(7_000)}!`))).toBe('bad_request');
    expect(opened.problems).toEqual([]);
  });

  test('bodies are bounded, whether they say their size or not', async () => {
    await using opened = openConsole();
    const large = JSON.stringify({ ids: ['x'.repeat(70_000)], dryRun: true });
    expect((await opened.ask('/api/replay', { ...REPLAY, body: large })).status).toBe(413);
    const stream = new Blob([large]).stream();
    const init = { ...REPLAY, body: stream, duplex: 'half' } as RequestInit;
    expect((await opened.ask('/api/replay', init)).status).toBe(413);
  });
});

describe('where other machines reach it', () => {
  test('without a token nothing is served but health and metrics', async () => {
    await using opened = openConsole({ onLoopback: false });
    for (const path of ['/', '/index.html', '/api/session', '/api/events', '/api/live', '/events/evt_1', '/anything']) {
      const answer = await opened.ask(path, { headers: { host: '127.0.0.1:4242' } });
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain('--console-token');
    }
    expect((await opened.ask('/api/replay', REPLAY)).status).toBe(403);
    for (const path of ['/healthz', '/readyz', '/metrics']) expect((await opened.ask(path)).status).toBe(200);
  });

  test('a token opens it: as a header, or once in the address, after which a cookie stands for it', async () => {
    await using opened = openConsole({ onLoopback: false, token: TOKEN });
    const host = { host: 'pay.example' };
    const missing = await opened.ask('/', { headers: host });
    expect(missing.status).toBe(401);
    expect(await missing.text()).toContain('/?token=');
    for (const authorization of ['Bearer wrong', `Bearer ${TOKEN}x`, `Basic ${TOKEN}`, TOKEN])
      expect((await opened.ask('/api/events', { headers: { ...host, authorization } })).status).toBe(401);
    const bearer = { ...host, authorization: `Bearer ${TOKEN}` };
    expect((await opened.ask('/api/events', { headers: bearer })).status).toBe(200);
    expect((await opened.ask('/healthz', { headers: host })).status).toBe(200);

    expect((await opened.ask('/?token=wrong', { headers: host })).status).toBe(401);
    const given = await opened.ask(`/events/evt_1?state=dead&token=${TOKEN}`, { headers: host });
    expect(given.status).toBe(303);
    expect(given.headers.get('location')).toBe('/events/evt_1?state=dead');
    const cookie = given.headers.get('set-cookie')!;
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(TOKEN);
    const kept = cookie.split(';')[0]!;
    expect((await opened.ask('/api/events', { headers: { ...host, cookie: `a=b; ${kept}` } })).status).toBe(200);
    const forged = `${kept.slice(0, -1)}${kept.endsWith('0') ? '1' : '0'}`;
    expect((await opened.ask('/api/events', { headers: { ...host, cookie: forged } })).status).toBe(401);
    // Another port of the host can set one of the same name, which comes first; it does not shut anybody out.
    expect((await opened.ask('/api/events', { headers: { ...host, cookie: `${forged}; ${kept}` } })).status).toBe(200);
    expect((await opened.ask('/api/events', { headers: { ...host, cookie: `paybell_console=${TOKEN}` } })).status).toBe(
      401,
    );
  });

  test('the redirect never leads to another machine, and its cookie is for TLS where there is TLS', async () => {
    await using opened = openConsole({ onLoopback: false, token: TOKEN });
    const answer = await opened.ask(`//evil.example/x?token=${TOKEN}`);
    expect(answer.headers.get('location')).toBe('/evil.example/x');
    const headers = { 'x-forwarded-proto': 'https' };
    expect((await opened.ask(`/?token=${TOKEN}`, { headers })).headers.get('set-cookie')).toMatch(/; Secure$/);
  });

  test('a token does not open it to pages of other origins', async () => {
    await using opened = openConsole({ onLoopback: false, token: TOKEN });
    const headers = { ...JSON_TYPE, authorization: `Bearer ${TOKEN}`, host: 'pay.example' };
    const send = (origin: string) => opened.ask('/api/replay', { ...REPLAY, headers: { ...headers, origin } });
    expect((await send('https://pay.example')).status).toBe(200);
    expect((await send('https://evil.example')).status).toBe(403);
  });
});

test('read-only refuses whatever changes something, and shows the rest', async () => {
  await using opened = openConsole({ readOnly: true, secret: 'whsec_readonly000000000000000000' });
  for (const path of ['replay', 'scenarios/refund/play', 'time/advance', 'time/customers', 'anything']) {
    const answer = await opened.send('POST', path, {});
    expect(answer.status).toBe(403);
    expect(await code(answer)).toBe('read_only');
  }
  expect(await code(await opened.send('DELETE', 'time/snapshots/a'))).toBe('read_only');
  expect(await opened.get('session')).toMatchObject({ readOnly: true, canPlay: false });
});

test('every answer says what may run, and is stored nowhere', async () => {
  await using opened = openConsole();
  for (const path of ['/api/session', '/api/events', '/api/nothing', '/api/catalog']) {
    const { headers } = await opened.ask(path);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cache-control')).toBe('no-store');
  }
});

test('what goes wrong inside is told to the log alone', async () => {
  await using opened = openConsole();
  await opened.store.close();
  const answer = await opened.ask('/api/objects');
  expect(answer.status).toBe(400);
  expect(await code(answer)).toBe('store_closed');
  const broken = openConsole({
    store: { ...opened.store, objectTypes: () => Promise.reject(new Error('password=hunter2')) },
  });
  const inside = await broken.ask('/api/objects');
  expect(inside.status).toBe(500);
  expect(await inside.text()).not.toContain('hunter2');
  expect(broken.problems).toHaveLength(1);
  await broken[Symbol.asyncDispose]();
});

test('an address that is nothing answers as JSON', async () => {
  await using opened = openConsole();
  const answer = await opened.ask('/api/nothing');
  expect(answer.status).toBe(404);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(await code(answer)).toBe('not_found');
});
