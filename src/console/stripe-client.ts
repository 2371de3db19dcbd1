import type { JsonObject } from '../base/json.ts';
import type { LocalStripe } from './options.ts';
import { Refusal } from './refusal.ts';

/** Asks the local Stripe as any program does: its API as forms, its control routes as JSON. */
export type StripeClient = {
  get(path: string, params?: object): Promise<JsonObject>;
  post(path: string, params?: object): Promise<JsonObject>;
  control(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<JsonObject>;
};

export function stripeClient({ emulator, key, url }: LocalStripe): StripeClient {
  async function ask(path: string, init: RequestInit): Promise<JsonObject> {
    const headers = { authorization: `Bearer ${key}`, ...(init.headers as Record<string, string>) };
    const response = await emulator.fetch(new Request(`${url}${path}`, { ...init, headers }));
    const body = (await response.json()) as JsonObject & { error?: { code?: string; message: string } };
    if (response.ok) return body;
    const { code = 'stripe', message } = body.error ?? { message: `The local Stripe answered ${response.status}.` };
    throw new Refusal(response.status === 404 ? 404 : 400, code, message);
  }
  return {
    get: (path, params = {}) => ask(`/v1/${path}?${formOf(params)}`, {}),
    post: (path, params = {}) =>
      ask(`/v1/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: formOf(params),
      }),
    control: (method, path, body) => ask(`/_paybell/${path}`, { method, ...(body && { body: JSON.stringify(body) }) }),
  };
}

/** Stripe's bracket notation: `items[0][price]=price_1`. */
function formOf(params: object): string {
  const form = new URLSearchParams();
  const add = (name: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) add(name === '' ? key : `${name}[${key}]`, inner);
    else if (value !== undefined) form.append(name, String(value));
  };
  add('', params);
  return form.toString();
}
