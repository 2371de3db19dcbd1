import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** How an answer may be compressed, the smaller form first. */
export const CODINGS = ['br', 'gzip'] as const;
export type Coding = (typeof CODINGS)[number];

/** The smallest form that a client takes, of those that `has` says there are. */
export function codingFor(request: Request, has: (coding: Coding) => boolean = () => true): Coding | undefined {
  const takes = new Set(
    (request.headers.get('accept-encoding') ?? '')
      .split(',')
      .map((part) => part.trim().toLowerCase())
      .filter((part) => !/;\s*q=0(\.0*)?$/.test(part))
      .map((part) => part.split(';')[0]!.trim()),
  );
  return CODINGS.find((coding) => has(coding) && takes.has(coding));
}

/** What is smaller is sent as it is, in bytes. */
const LEAST = 1_024;
/** Of 11: a page of 100 events takes about a millisecond, and not of the thread that answers. */
const QUALITY = 4;

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/** The same answer in a smaller form where the client takes one. Only JSON: a stream of messages goes out as it comes. */
export async function compressed(request: Request, answer: Response): Promise<Response> {
  const { status, headers, body } = answer;
  if (!body || !headers.get('content-type')?.startsWith('application/json')) return answer;
  headers.append('vary', 'accept-encoding');
  const coding = codingFor(request);
  if (!coding) return answer;
  const plain = Buffer.from(await answer.arrayBuffer());
  if (plain.length < LEAST) return new Response(plain, { status, headers });
  headers.set('content-encoding', coding);
  headers.delete('content-length');
  const params = { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
  const small = coding === 'br' ? await brotli(plain, { params }) : await zip(plain);
  return new Response(new Uint8Array(small), { status, headers });
}
