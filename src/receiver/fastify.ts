import type { IncomingMessage, ServerResponse } from 'node:http';
import { check, count, maybe, such, text, type Checks } from '../base/check.ts';
import type { Receiver } from './receiver.ts';

// What is used of Fastify, structurally: its own types come from whoever has it installed.
type Request = { raw: IncomingMessage & { rawBody?: Uint8Array }; body: unknown };
type Reply = { raw: ServerResponse; hijack(): unknown };
type Instance = {
  addContentTypeParser(
    type: string,
    options: { parseAs: 'buffer'; bodyLimit?: number },
    parser: (request: unknown, body: Buffer, done: (error: Error | null, body?: unknown) => void) => void,
  ): unknown;
  removeAllContentTypeParsers(): unknown;
  post(path: string, handler: (request: never, reply: never) => unknown): unknown;
};

export type FastifyOptions = {
  receiver: Pick<Receiver, 'node'>;
  /** The receiver's own path; `/payments/webhook/` by default, with or without the last slash. */
  path?: string;
  /** The largest body Fastify reads, in bytes; the receiver has its own limit, 1 MiB by default. */
  bodyLimit?: number;
};

const OPTIONS: Checks<FastifyOptions> = {
  receiver: such('a receiver', (value) => typeof (value as { node?: unknown } | undefined)?.node === 'function'),
  path: maybe(text),
  bodyLimit: maybe(count),
};

/**
 * A Fastify plugin for a receiver: `app.register(paybellFastify, { receiver })`. Its content-type parser keeps the raw
 * bytes, which a signature needs, for this route alone; the rest of the application parses as it did.
 */
export async function paybellFastify(app: unknown, options: FastifyOptions): Promise<void> {
  check('paybellFastify', OPTIONS, options);
  const { receiver, path = '/payments/webhook/', bodyLimit = 1_048_577 } = options;
  const instance = app as Instance;
  // Registered plugins have a scope of their own, so this concerns no other route.
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body));
  const bare = path.replace(/\/$/, '');
  const handle = async ({ raw, body }: Request, reply: Reply): Promise<void> => {
    reply.hijack();
    raw.rawBody = body instanceof Uint8Array ? body : new Uint8Array();
    await receiver.node(raw, reply.raw);
  };
  instance.post(bare || '/', handle);
  try {
    if (bare !== '') instance.post(`${bare}/`, handle);
  } catch (error) {
    // With `ignoreTrailingSlash` the first one was both.
    if ((error as { code?: unknown }).code !== 'FST_ERR_DUPLICATED_ROUTE') throw error;
  }
}
