/** `/app/`: the web app, as it was built. Every path of its own screens gets the one page; assets are named by their content. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from './problems.ts';

/** Styles are set by scripts of ours (editors, graphs); scripts come from files alone. Mails are shown in a frame of their own text. */
export const APP_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; " +
  "font-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const TYPES: { [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
};
/** Pictures and fonts are compressed already. */
const COMPRESSED = /^(text|application|image\/svg)/;
/** Built files that are served; an app of ours has some dozens. */
const MAX_FILES = 500;

interface Served {
  type: string;
  etag: string;
  bodies: { [encoding in 'identity' | 'gzip' | 'br']?: Buffer };
}

/** Reads what was built, once; a new build is served by a new process. Undefined where nothing was built. */
export async function readWebApp(folder: string): Promise<Map<string, Served> | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && extname(entry.name) in TYPES).slice(0, MAX_FILES);
  const read = await Promise.all(
    files.map(async ({ parentPath, name }): Promise<[string, Served]> => {
      const path = join(parentPath, name);
      const type = TYPES[extname(name)]!;
      return [relative(folder, path).split(sep).join('/'), await servedOf(await readFile(path), type)];
    }),
  );
  const served = new Map(read);
  return served.has('index.html') ? served : undefined;
}

async function servedOf(identity: Buffer, type: string): Promise<Served> {
  const etag = `"${createHash('sha256').update(identity).digest('base64url').slice(0, 27)}"`;
  if (!COMPRESSED.test(type)) return { type, etag, bodies: { identity } };
  const params = { [constants.BROTLI_PARAM_QUALITY]: 5 };
  const [gz, br] = await Promise.all([promisify(gzip)(identity), promisify(brotliCompress)(identity, { params })]);
  return { type, etag, bodies: { identity, gzip: gz, br } };
}

/** @param files as `readWebApp` has read them */
export function webApp(app: FastifyInstance, files: ReadonlyMap<string, Served> | undefined): void {
  const answer = (request: FastifyRequest, reply: FastifyReply) => {
    if (files === undefined)
      throw new Problem(
        'not_found',
        'The web app was not built: npm run prepare builds it, and a new start serves it.',
      );
    const path = request.url.split('?')[0]!.replace(/^\/+app\/?/, '');
    const file = files.get(path);
    // What has a name of a file and is not there is missing; what has none is a screen.
    if (file === undefined && /^assets\//.test(path))
      throw new Problem('not_found', 'There is no such file: the page is of another version. Load it again.');
    const isHashed = file !== undefined && /^assets\//.test(path);
    return send(request, reply, file ?? files.get('index.html')!, isHashed);
  };
  app.get('/app', answer);
  app.get('/app/*', answer);
}

function send({ headers }: FastifyRequest, reply: FastifyReply, file: Served, isHashed: boolean): FastifyReply {
  reply
    .header('content-security-policy', APP_POLICY)
    .header('x-frame-options', 'DENY')
    .header('referrer-policy', 'no-referrer')
    .header('cross-origin-opener-policy', 'same-origin')
    .header('vary', 'accept-encoding')
    .header('etag', file.etag)
    .header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    .type(file.type);
  if (headers['if-none-match'] === file.etag) return reply.code(304).send();
  const accepted = String(headers['accept-encoding'] ?? '');
  const encoding = (['br', 'gzip'] as const).find(
    (one) => file.bodies[one] && new RegExp(`\\b${one}\\b`).test(accepted),
  );
  if (encoding) reply.header('content-encoding', encoding);
  return reply.send(file.bodies[encoding ?? 'identity']);
}
