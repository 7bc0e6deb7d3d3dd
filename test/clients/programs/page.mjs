/** A browser of a kind: a page of another origin, with what the SDKs for browsers need, and with CORS. */
import { Window } from 'happy-dom';

const window = new Window({ url: 'http://shop.example/cart', settings: { fetch: { disableSameOriginPolicy: false } } });
for (const name of ['document', 'location', 'navigator', 'localStorage', 'sessionStorage', 'history', 'screen']) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true });
}
for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) {
  globalThis[name] = window[name].bind(window);
}
globalThis.window = globalThis;
globalThis.self = globalThis;

const SAFE_NAMES = ['accept', 'accept-language', 'content-language'];
const SAFE_TYPES = /^(text\/plain|multipart\/form-data|application\/x-www-form-urlencoded)\b/i;
const askServer = globalThis.fetch;

/** Happy DOM asks before a request, and does not look at which headers are allowed: browsers block it where one is not. */
globalThis.fetch = async (url, init = {}) => {
  const isSafe = ([name, value]) => SAFE_NAMES.includes(name) || (name === 'content-type' && SAFE_TYPES.test(value));
  const names = [...new Headers(init.headers)].filter((one) => !isSafe(one)).map(([name]) => name);
  if (names.length > 0) {
    const answer = await askServer(url, {
      method: 'OPTIONS',
      headers: {
        origin: window.location.origin,
        'access-control-request-method': (init.method ?? 'GET').toUpperCase(),
        'access-control-request-headers': names.join(','),
      },
    });
    const allowed = (answer.headers.get('access-control-allow-headers') ?? '').toLowerCase().split(/ *, */);
    const missing = names.filter((name) => !allowed.includes(name));
    if (missing.length > 0) throw new TypeError(`Failed to fetch: ${missing.join(', ')} not allowed by the preflight`);
  }
  return window.fetch(url, init);
};
