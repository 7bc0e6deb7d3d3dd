/** P3: what stops mails, beside changed addresses, visitors, second claims and aliases: the same in every way of playing it. */
import { expect, it } from 'vitest';
import type { WorkspaceFile } from '../../language/compile.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { type Random, randomOf } from '../../simulate/random.ts';
import { type Arrival, type History, START, UNIT_MS, type WireCall } from '../../simulate/worlds/world.ts';
import { checkHistories } from './check.ts';

const COUNT = Number(process.env.WORLDS ?? 40);
const FIRST_SEED = Number(process.env.WORLDS_SEED ?? 1);

const mail = (messageClass: string) => ({ send: 'email', template: 'hello', class: messageClass });
const playbook = (name: string, body: object): WorkspaceFile => ({
  path: `${name}.yaml`,
  text: JSON.stringify({ playbook: name, owner: 'ops@shop.example', again: 'always', ...body }),
});
const FILES: WorkspaceFile[] = [
  playbook('both', {
    anonymous: true,
    trigger: { event: 'a' },
    steps: [mail('transactional'), { wait: '2h' }, mail('transactional'), mail('marketing')],
  }),
  playbook('news', { trigger: { event: 'b' }, steps: [mail('marketing')] }),
  { path: 'templates/hello.txt', text: '---\nsubject: Hello\n---\nHello.\n' },
  {
    path: 'settings.yaml',
    text: 'time_zone: UTC\nglobal_holdout: 0%\nsender: { name: Shop, from: hello@shop.example, postal_address: "Weg 1" }\n',
  },
];

const TOLD = ['email.bounced', 'email.bounced', 'email.complained', 'email.unsubscribed', 'email.resubscribed'];

function callOf(random: Random, seed: number): WireCall {
  const who = random.pick([{ userId: 'K' }, { userId: 'K' }, { userId: 'L' }, { anonymousId: 'A' }]);
  // Each history has addresses of its own: what stops mails to one stops them for whoever has it.
  const email = random.pick([`one${seed}@x.example`, `Two${seed}@x.example `, `three${seed}@x.example`]);
  const kind = random.next();
  if (kind < 0.3) return { type: 'identify', ...who, traits: { email, consent: { marketing: true } } };
  if (kind < 0.4) {
    const traits: WireCall = random.chance(0.5) ? { email } : {};
    return { type: 'identify', userId: random.pick(['K', 'L']), anonymousId: 'A', traits };
  }
  if (kind < 0.45) return { type: 'alias', previousId: random.pick(['L', 'A']), userId: 'K' };
  return { type: 'track', event: random.pick(kind < 0.7 ? TOLD : ['a', 'b']), ...who };
}

function drawn(seed: number): History {
  const random = randomOf(seed, 'suppressions');
  const arrivals = Array.from({ length: random.int(4, 10) }, (): Arrival => {
    const at = START + random.int(0, 8) * UNIT_MS;
    return { call: { ...callOf(random, seed), timestamp: isoInstant(at) }, at, sentAt: at, cut: random.int(0, 1) };
  });
  const arriving = arrivals.sort((a, b) => a.sentAt - b.sentAt || a.cut - b.cut);
  return arriving.map((one, n) => ({ ...one, call: { ...one.call, messageId: `m${n + 1}` } }));
}

it('a test, backtests of a file and of the store, and live send and refuse the same mails', async () => {
  const histories = Array.from({ length: COUNT }, (_, n) => drawn(FIRST_SEED + n));
  const { faults, done } = await checkHistories(FILES, histories);
  expect(faults).toEqual([]);
  expect(done).toBeGreaterThan(COUNT);
}, 600_000);
