/** Histories that chance draws: visitors, second claims, aliases, late calls, repeats, values of odd types. */
import type { Json } from '../../language/model.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { type Random, randomOf } from '../random.ts';
import { type Arrival, type History, START, UNIT_MS, type WireCall } from './world.ts';

export interface Drawing {
  /** Calls come when they happen, in their order. */
  inTime: boolean;
}

const MOST_CALLS = 9;
const HOURS = 8;
const LATEST_HOURS = 6;

/** One seed draws one history. */
export function drawHistory(seed: number, { inTime }: Drawing): History {
  const random = randomOf(seed, 'history');
  const count = random.int(2, MOST_CALLS);
  const drawn: Arrival[] = [];
  for (let n = 0; n < count; n++) {
    const at = START + random.int(0, HOURS) * UNIT_MS;
    const late = !inTime && random.chance(0.4) ? random.int(1, LATEST_HOURS) * UNIT_MS : 0;
    drawn.push({ call: callOf(random, at), at, sentAt: at + late, cut: random.int(0, 1) });
  }
  const arriving = drawn.sort((a, b) => a.sentAt - b.sentAt || a.cut - b.cut);
  const digits = randomOf(seed, 'ids');
  const areDigits = digits.chance(0.25);
  const huge = digits.chance(0.5);
  const numbered = arriving.map((one, n): Arrival => {
    const named = { ...one, call: { ...one.call, messageId: `m${n + 1}` } };
    return areDigits ? { ...named, ids: { huge, asNumbers: digits.chance(0.5) } } : named;
  });
  return random.chance(0.2) ? withRepeat(numbered, random) : numbered;
}

/** A repeat says something else, and changes nothing (E2). */
function withRepeat(history: readonly Arrival[], random: Random): History {
  const first = random.pick(history);
  const { timestamp, messageId } = first.call;
  const again: WireCall = { type: 'track', event: 'x', userId: 'K', messageId: messageId!, timestamp: timestamp! };
  const place = history.indexOf(first) + 1;
  return [...history.slice(0, place), { ...first, call: again }, ...history.slice(place)];
}

function callOf(random: Random, at: number): WireCall {
  const timestamp = isoInstant(at);
  const kind = random.next();
  if (kind < 0.13)
    return { type: 'identify', userId: random.pick(['K', 'L']), anonymousId: 'A', traits: traits(random), timestamp };
  if (kind < 0.16) return { type: 'identify', userId: 'K', anonymousId: 'B', traits: {}, timestamp };
  if (kind < 0.21) return { type: 'alias', previousId: random.pick(['L', 'A', 'B']), userId: 'K', timestamp };
  if (kind < 0.36) return { type: 'identify', ...who(random), traits: traits(random), timestamp };
  const event = random.pick(['a', 'a', 'a', 'b', 'x']);
  return { type: 'track', event, ...who(random), properties: properties(random), timestamp };
}

function who(random: Random): { [member: string]: string } {
  const kind = random.next();
  if (kind < 0.45) return { userId: 'K' };
  if (kind < 0.6) return { userId: 'L' };
  if (kind < 0.9) return { anonymousId: 'A' };
  return { anonymousId: 'B' };
}

const ODD: readonly Json[] = ['3', '', null, true, [2, 3], '2026-03-02', '2026-03-02 09:00', 1e21, -0.5];

function properties(random: Random): { [name: string]: Json } {
  const said: { [name: string]: Json } = {};
  if (random.chance(0.7)) said.v = random.chance(0.8) ? random.int(1, 3) : random.pick(ODD);
  if (random.chance(0.8)) said.k = random.pick(['k1', 'k2', 'k1', 7, '7']);
  return said;
}

function traits(random: Random): { [name: string]: Json } {
  const said: { [name: string]: Json } = {};
  if (random.chance(0.6)) said.s = random.pick(['hot', 'hot', 'cold', null, 7]);
  if (random.chance(0.4)) said.n = random.chance(0.7) ? random.int(1, 5) : random.pick(ODD);
  if (random.chance(0.3)) said.name = random.pick(['Ada', 'Bob']);
  if (random.chance(0.3)) said.email = random.pick(['ada@example.com', 'bob@example.com']);
  if (random.chance(0.2)) {
    const hour = START + random.int(4, 12) * UNIT_MS;
    said.d = random.pick([isoInstant(hour), isoInstant(hour).replace('T', ' '), 'soon', null]);
  }
  return said;
}
