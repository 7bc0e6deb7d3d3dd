/**
 * Sends a steady stream of events and, beside it, asks the API one question after the other: from a thread of its own, since making requests
 * must not hold up the server that answers them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { openPoster, requestsOf, type Target } from '../lib/requests.ts';

export interface Question {
  /** What is asked, in words; questions of one name are one figure. */
  name: string;
  method: 'GET' | 'POST';
  path: string;
  body?: object;
}

export interface Asking {
  target: Target;
  /** Of the API. */
  token: string;
  questions: readonly Question[];
  /** Events a second meanwhile, and the contacts that they are about. */
  perSecond: number;
  contacts: number;
}

export interface Asked {
  /** By a question's name: of each time that it was asked, in ms. */
  latenciesMs: { [name: string]: number[] };
  /** Events a second that were taken in meanwhile. */
  perSecond: number;
}

const EVENTS_A_REQUEST = 10;
const CONNECTIONS = 8;

const { target, token, questions, perSecond, contacts } = workerData as Asking;
const state = { ends: false, sent: 0 };
const beganMs = performance.now();
/** Of this stream alone: what another has sent is not sent again. */
const stamp = Math.round(performance.timeOrigin + beganMs);
const stream = sendSteadily();
const latenciesMs = await askAll();
state.ends = true;
await stream;
const asked: Asked = { latenciesMs, perSecond: (state.sent / (performance.now() - beganMs)) * 1000 };
parentPort!.postMessage(asked);

/** A request is due each few milliseconds; one that is answered late does not hold up the next while a connection is free. */
async function sendSteadily(): Promise<void> {
  const poster = openPoster(target, CONNECTIONS);
  const everyMs = (1000 * EVENTS_A_REQUEST) / perSecond;
  const lane = async (first: number) => {
    for (let n = first; !state.ends; n += CONNECTIONS) {
      await sleep(Math.max(0, beganMs + n * everyMs - performance.now()));
      await poster.post(requestsOf(eventsOf(n), EVENTS_A_REQUEST)[0]!);
      state.sent += EVENTS_A_REQUEST;
    }
  };
  try {
    await Promise.all(Array.from({ length: CONNECTIONS }, (_, first) => lane(first)));
  } finally {
    poster.close();
  }
}

function eventsOf(request: number) {
  return Array.from({ length: EVENTS_A_REQUEST }, (_, i) => {
    const n = request * EVENTS_A_REQUEST + i;
    const userId = `p${1 + ((n * 7919) % contacts)}`;
    return {
      type: 'track',
      messageId: `stream-${stamp}-${n}`,
      userId,
      event: 'shop.seen',
      properties: { category: `c${n % 2}`, price: n % 50 },
    };
  });
}

async function askAll(): Promise<Asked['latenciesMs']> {
  const found: Asked['latenciesMs'] = {};
  for (const { name, method, path, body } of questions) {
    const startMs = performance.now();
    const answer = await fetch(`${target.baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    (found[name] ??= []).push(performance.now() - startMs);
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 500)}`);
  }
  return found;
}
