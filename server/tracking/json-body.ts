/** The body of a request: inflated within bounds, and parsed. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readJson } from '../../events/read-json.ts';
import { Problem } from '../problems.ts';

/** 500 kB, as it came and inflated alike. */
const MAX_REQUEST_BYTES = 500 * 1024;

const inflate = promisify(gunzip);
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Browsers send `text/plain` where they want no preflight; it holds JSON all the same. */
const CONTENT_TYPES = ['application/json', 'text/plain'];

/** Makes `app` read JSON bodies, gzip or not. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    CONTENT_TYPES,
    { parseAs: 'buffer', bodyLimit: MAX_REQUEST_BYTES },
    async (request: FastifyRequest, body: Buffer) => parseJson(await decode(body, request.headers['content-encoding'])),
  );
  // Some SDKs say of a gzip body that it is a form.
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: MAX_REQUEST_BYTES },
    async (request: FastifyRequest, body: Buffer) => {
      const encoding = request.headers['content-encoding'];
      if (!isGzip(encoding)) throw unsupportedType();
      return parseJson(await decode(body, encoding));
    },
  );
}

export function unsupportedType(): Problem {
  return new Problem('unsupported_media_type', 'Send application/json (or text/plain that holds JSON).');
}

function isGzip(encoding: string | undefined): boolean {
  return /^(x-)?gzip$/i.test(encoding?.trim() ?? '');
}

async function decode(body: Buffer, encoding = 'identity'): Promise<Buffer> {
  switch (encoding.trim().toLowerCase()) {
    case 'identity':
      return body;
    case 'gzip':
    case 'x-gzip':
      return inflate(body, { maxOutputLength: MAX_REQUEST_BYTES }).catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'ERR_BUFFER_TOO_LARGE'
          ? tooLarge('inflated')
          : new Problem('invalid_json', `The body says that it is gzip, and is not: ${error.message}.`);
      });
    default:
      throw new Problem('unsupported_encoding', `Content-Encoding ${encoding} came; allowed are gzip and identity.`, {
        headers: { 'accept-encoding': 'gzip, identity' },
      });
  }
}

export function tooLarge(how: 'sent' | 'inflated'): Problem {
  return new Problem(
    'too_large',
    `The body as ${how} has more than ${MAX_REQUEST_BYTES} bytes; send the events in smaller batches.`,
  );
}

function parseJson(body: Buffer): unknown {
  try {
    return readJson(utf8.decode(body));
  } catch (error) {
    throw new Problem('invalid_json', `The body cannot be read as JSON in UTF-8: ${(error as Error).message}.`);
  }
}
