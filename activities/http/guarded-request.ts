/**
 * Requests to other systems, none of which reaches an inner network: names are resolved here, every address is checked,
 * and the connection goes to an address that was checked. Redirects are not followed.
 */
import dns from 'node:dns';
import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { allowsHost } from '../../steps/allowed-hosts.ts';
import { isInnerAddress } from './inner-addresses.ts';

export interface HttpRequest {
  url: string;
  method: string;
  headers: { [name: string]: string };
  body?: string;
  /** From the call to the end of the answer. */
  timeoutMs: number;
  /** Hosts, as `host` or `host:port`, that may be reached without TLS and in inner networks. */
  allow: readonly string[];
  /** Of the answer's body; more is not read. */
  maxBytes: number;
  signal?: AbortSignal;
}

export type HttpOutcome =
  /** `isCut`: its body is longer than was read. */
  | { is: 'answered'; status: number; headers: IncomingHttpHeaders; body: Buffer; isCut: boolean }
  /** It must not go there: `bad_url`, `no_tls`, `inner_address`. */
  | { is: 'forbidden'; code: string }
  /** Nothing came back: `dns`, `connection`, `tls`, `timeout`. */
  | { is: 'unanswered'; code: string };

/** Never rejects. */
export async function guardedRequest(asked: HttpRequest): Promise<HttpOutcome> {
  const url = URL.canParse(asked.url) ? new URL(asked.url) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    return { is: 'forbidden', code: 'bad_url' };
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isAllowed = allowsHost(asked.allow, url);
  if (url.protocol === 'http:' && !isAllowed) return { is: 'forbidden', code: 'no_tls' };
  // A literal address is not looked up.
  if (!isAllowed && isIP(host) !== 0 && isInnerAddress(host)) return { is: 'forbidden', code: 'inner_address' };
  return exchange(url, asked, isAllowed ? undefined : publicLookup);
}

function exchange(url: URL, asked: HttpRequest, lookup: LookupFunction | undefined): Promise<HttpOutcome> {
  const { method, headers, body, timeoutMs, maxBytes, signal } = asked;
  const options: RequestOptions = {
    method,
    headers,
    agent: false,
    ...(lookup && { lookup }),
    ...(signal && { signal }),
  };
  return new Promise((done) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options);
    const timer = setTimeout(() => request.destroy(new TimedOut()), timeoutMs);
    const end = (outcome: HttpOutcome) => {
      clearTimeout(timer);
      done(outcome);
      request.destroy();
    };
    const fail = (error: unknown) => end(failureOf(error));
    request.on('error', fail);
    request.on('response', (response) => {
      const { statusCode: status = 0, headers: received } = response;
      const chunks: Buffer[] = [];
      let length = 0;
      const answered = (isCut: boolean) => {
        const whole = Buffer.concat(chunks).subarray(0, maxBytes);
        end({ is: 'answered', status, headers: received, body: whole, isCut });
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > maxBytes) answered(true);
      });
      response.on('end', () => answered(false));
      response.on('error', fail);
    });
    request.end(body);
  });
}

class TimedOut extends Error {}
class InnerAddress extends Error {}

/** As `dns.lookup`; an error where any address of the name is an inner one: a name that leads to both is not to be trusted. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  dns.lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    if (addresses.length === 0 || addresses.some(({ address }) => isInnerAddress(address))) {
      return callback(new InnerAddress(), []);
    }
    if (options.all) return callback(null, addresses);
    callback(null, addresses[0]!.address, addresses[0]!.family);
  });
};

function failureOf(error: unknown): HttpOutcome {
  if (error instanceof InnerAddress) return { is: 'forbidden', code: 'inner_address' };
  if (error instanceof TimedOut) return { is: 'unanswered', code: 'timeout' };
  const { code, name } = error as { code?: unknown; name?: unknown };
  const text = typeof code === 'string' ? code : '';
  if (name === 'AbortError') return { is: 'unanswered', code: 'timeout' };
  if (/^(ENOTFOUND|EAI_|ENODATA)/.test(text)) return { is: 'unanswered', code: 'dns' };
  if (text === 'ETIMEDOUT') return { is: 'unanswered', code: 'timeout' };
  if (/CERT|TLS|SSL|SIGNATURE|ALTNAME/.test(text)) return { is: 'unanswered', code: 'tls' };
  return { is: 'unanswered', code: 'connection' };
}
