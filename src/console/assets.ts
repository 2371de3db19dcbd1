import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codingFor } from './coding.ts';
import { PAGE_HEADERS } from './headers.ts';

/** Answers with a file of the web app: undefined for an address that is none of its, and without a build. */
export type Assets = { readonly built: boolean; answer(request: Request): Response | undefined };

type File = { type: string; plain: Buffer; br: Buffer | undefined; gzip: Buffer | undefined };

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};
const COMPRESSED = { br: '.br', gzip: '.gz' } as const;

/** Where the build is: beside `dist/console` in the package, in `web/dist` of a clone. */
function buildFolder(): string | undefined {
  const places = ['../web/', '../../web/dist/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return places.find((place) => existsSync(join(place, 'index.html')));
}

/** The web app's files, read once. Only names that were read are ever answered, so that no path leads out of the folder. */
export function createAssets(folder: string | undefined): Assets {
  let read: Map<string, File> | undefined;
  const files = (): Map<string, File> => {
    if (read) return read;
    const found = folder ?? buildFolder();
    // A build made after the start is found when it is there.
    if (found === undefined || !existsSync(join(found, 'index.html'))) return new Map();
    return (read = readFolder(found));
  };

  return {
    get built() {
      return files().size > 0;
    },
    answer(request) {
      const { pathname } = new URL(request.url);
      const known = files();
      const file = known.get(pathname.slice(1));
      if (file) return send(file, request, pathname.startsWith('/assets/'));
      const page = known.get('index.html');
      const wantsPage = request.headers.get('accept')?.includes('text/html') ?? false;
      // The app's own addresses, such as /events/evt_1, are all the same page.
      return page && (pathname === '/' || (wantsPage && !pathname.startsWith('/assets/')))
        ? send(page, request, false)
        : undefined;
    },
  };
}

function readFolder(folder: string): Map<string, File> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, sep).length));
  const has = new Set(names);
  const compressed = (name: string, end: string): Buffer | undefined =>
    has.has(name + end) ? readFileSync(join(folder, name + end)) : undefined;
  return new Map(
    names
      .filter((name) => extname(name) in TYPES)
      .map((name) => [
        name.split(sep).join('/'),
        {
          type: TYPES[extname(name)]!,
          plain: readFileSync(join(folder, name)),
          br: compressed(name, COMPRESSED.br),
          gzip: compressed(name, COMPRESSED.gzip),
        },
      ]),
  );
}

function send(file: File, request: Request, immutable: boolean): Response {
  const coding = codingFor(request, (each) => file[each] !== undefined);
  return new Response(new Uint8Array(coding ? file[coding]! : file.plain), {
    headers: {
      ...PAGE_HEADERS,
      'content-type': file.type,
      // Names below /assets/ contain a hash of what is in them.
      'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding',
      ...(coding && { 'content-encoding': coding }),
    },
  });
}
