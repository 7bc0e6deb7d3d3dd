/** A browser of a kind: a page of another origin, with what the SDKs for browsers need, and with CORS. */
import { Window } from 'happy-dom';

const window = new Window({ url: 'http://shop.example/cart', settings: { fetch: { disableSameOriginPolicy: false } } });
for (const name of ['document', 'location', 'navigator', 'localStorage', 'sessionStorage', 'history', 'screen']) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true });
}
for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) globalThis[name] = window[name].bind(window);
globalThis.window = globalThis;
globalThis.self = globalThis;
globalThis.fetch = window.fetch.bind(window);
