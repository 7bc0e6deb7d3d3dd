/** Playbooks that chance draws: every kind of condition, and what may stand beside it. */
import type { WorkspaceFile } from '../../language/compile.ts';
import type { Json } from '../../language/model.ts';
import { type Random, randomOf } from '../random.ts';

type Record = { [key: string]: Json };

const hours = (random: Random, most = 4) => `${random.int(1, most)}h`;
const pattern = (random: Random, event: string): Record => ({
  event,
  ...(random.chance(0.3) && { where: random.pick(['event.v >= 2', 'contact.s == "hot"', 'contact.n < 4']) }),
});
const key = (random: Random): Record => (random.chance(0.4) ? { key: 'event.k' } : {});

const TRIGGERS: { [kind: string]: (random: Random) => Record } = {
  event: (r) => ({ ...pattern(r, 'a'), ...key(r) }),
  count: (r) => ({ ...pattern(r, 'a'), at_least: r.int(2, 3), within: hours(r), ...key(r) }),
  hold: (r) => ({ ...pattern(r, 'a'), at_least: 2, within: hours(r), unless: 'x', hold: hours(r), ...key(r) }),
  absence: (r) => ({
    ...pattern(r, 'a'),
    unless: 'x',
    within: hours(r),
    ...(r.chance(0.3) && { timer: 'first' }),
    ...key(r),
  }),
  shortfall: (r) => ({ ...pattern(r, 'a'), fewer_than: r.int(1, 2), of: 'b', within: hours(r), ...key(r) }),
  inactivity: (r) => ({ inactive: 'a', for: hours(r) }),
  sequence: (r) => ({ sequence: ['a', 'b'], within: hours(r, 6) }),
  becomes: (r) => ({ becomes: r.pick(['contact.s == "hot"', 'contact.n > 2']) }),
  stays: (r) => ({ becomes: r.pick(['contact.s == "hot"', 'contact.n > 2']), for: hours(r) }),
  counted: () => ({ becomes: 'contact.recent >= 2' }),
  enters: () => ({ enters: 'busy' }),
  leaves: () => ({ leaves: 'busy' }),
  date: (r) => ({ date: 'contact.d', offset: `-${hours(r, 2)}` }),
  any: (r) => ({
    any: [
      { event: 'b', as: 'now' },
      { event: 'a', unless: 'x', within: hours(r), as: 'later' },
    ],
  }),
};

const DONE: Json[] = [
  { record: 'done' },
  { task: 'Call {{ contact.name }}', assign: 'kim' },
  { if: 'contact.s == "hot"', then: [{ record: 'hot' }], else: [{ record: 'cold' }] },
  { send: 'email', template: 'hello', class: 'transactional' },
];

const SURROUNDINGS: readonly WorkspaceFile[] = [
  {
    path: 'traits/worlds.yaml',
    text: 'subject: contact\ntraits: { recent: { count: true, event: a, over: 3h } }\n',
  },
  { path: 'segments/worlds.yaml', text: 'subject: contact\nsegments: { busy: contact.recent >= 2 }\n' },
  { path: 'templates/hello.txt', text: '---\nsubject: Hello\n---\nHello {{ contact.name }}\n' },
  {
    path: 'settings.yaml',
    text: 'time_zone: UTC\nglobal_holdout: 0%\nsender: { name: Shop, from: hello@shop.example, postal_address: "Weg 1" }\n',
  },
];

/** @returns files: a playbook of each kind, of which about half are done at once and half wait, and what they read */
export function drawPlaybooks(seed: number): WorkspaceFile[] {
  const drawn = Object.entries(TRIGGERS).map(([kind, draw]) => {
    const random = randomOf(seed, kind);
    return random.chance(0.5) ? atOnce(kind, draw(random), random) : waiting(kind, draw(random), random);
  });
  return [...drawn, ...SURROUNDINGS];
}

/** For small worlds: what waits, what counts, what turns, and each with a journey that the rest of a history may end. */
export function smallPlaybooks(): WorkspaceFile[] {
  const hourly = { within: '1h' };
  const steps = [{ wait: '1h' }, { record: 'done' }];
  return [
    file('absence', { trigger: { event: 'a', unless: 'x', ...hourly }, again: 'always', steps }),
    file('absence-key', { trigger: { event: 'a', unless: 'x', ...hourly, key: 'event.k' }, again: 'always', steps }),
    file('count', { trigger: { event: 'a', at_least: 2, within: '2h' }, again: 'always', steps: [{ record: 'done' }] }),
    file('turning', { trigger: { becomes: 'contact.s == "hot"' }, again: 'always', steps: [{ record: 'done' }] }),
    ...SURROUNDINGS,
  ];
}

function atOnce(kind: string, trigger: Record, random: Random): WorkspaceFile {
  const anonymous = random.chance(0.3) && { anonymous: true };
  const audience = random.chance(0.3) && { audience: 'contact.s != "cold"' };
  const steps = [random.pick(DONE), random.pick(DONE)];
  return file(`once-${kind}`, { trigger, again: 'always', ...anonymous, ...audience, steps });
}

function waiting(kind: string, trigger: Record, random: Random): WorkspaceFile {
  const goal = random.chance(0.5) && { goal: { event: 'b', ...(random.chance(0.5) && { within: '5h' }) } };
  const exit = random.chance(0.4) && { exit_on: ['x'] };
  const anonymous = random.chance(0.3) && { anonymous: true };
  const audience = random.chance(0.2) && { audience: 'contact.s == "hot"', if_refused: 'wait up to 3h' };
  const waits: Json = random.chance(0.5)
    ? { wait: hours(random) }
    : { wait_for: 'b', within: hours(random), then: [{ record: 'came' }], else: [{ record: 'silent' }] };
  return file(`long-${kind}`, {
    trigger,
    again: random.pick(['always', 'never', 'after 3h']),
    ...goal,
    ...exit,
    ...anonymous,
    ...audience,
    steps: [random.pick(DONE), waits, random.pick(DONE)],
  });
}

function file(name: string, body: Record): WorkspaceFile {
  const text = JSON.stringify({ playbook: name, owner: 'ops@shop.example', subject: 'contact', ...body });
  return { path: `${name}.yaml`, text };
}
