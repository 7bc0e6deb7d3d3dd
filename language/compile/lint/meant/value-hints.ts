/** What to write, by the key at which something of another shape stands, or nothing: with what was written, where it will do. */

import { written } from '../../../diagnostics/written.ts';
import { isJsonObject } from '../../../json.ts';

type Hint = string | ((came: unknown) => string | undefined);

/** For a value of another shape, and for a key that is missing. */
const BY_KEY: { [key: string]: Hint } = {
  playbook: (came) => {
    const name = typeof came === 'string' ? nameOf(came) : '';
    return `it is the name of the file, without its ending${name === '' ? '' : `, as playbook: ${name} in ${name}.yaml`}`;
  },
  trigger: (came) => {
    if (Array.isArray(came)) return 'for one of several write trigger: { any: [{ event: cart.updated }, …] }';
    return `write trigger: { event: ${typeof came === 'string' && !/[\s:]/.test(came) ? came : 'cart.updated'} }`;
  },
  any: 'write any: [{ event: cart.updated }, { event: order.completed }]',
  sequence: (came) => `write sequence: [${listed(came) ?? 'trial.started, demo.booked'}]`,
  metric: 'write metric: { sum: event.units, event: usage.reported }',
  steps: listOfSteps,
  then: listOfSteps,
  else: listOfSteps,
  on_goal: listOfSteps,
  on_exit: listOfSteps,
  tests: 'each test begins with a dash: - it: reminds a shopper',
  it: 'write it: reminds a shopper who leaves',
  audience: (came) => oneExpression('audience', came),
  if: (came) => oneExpression('if', came),
  where: (came) => oneExpression('where', came),
  becomes: (came) => oneExpression('becomes', came),
  until: (came) => oneExpression('until', came),
  pause: (came) => oneExpression('pause', came),
  when: (came) => oneExpression('when', came),
  again: (came) => {
    const once = typeof came === 'string' && /^(?:once|no|false)$/i.test(came);
    return once || came === false ? 'write never' : 'write never, always, after 7d, or { after: 7d, per: key }';
  },
  precedence:
    'write a number from 0 to 100, as precedence: 80: who has more goes first; 50 is what all have who say nothing',
  topic: (came) => `a playbook has one: topic: ${listed(came)?.split(',')[0] ?? 'news'}`,
  quiet_hours: (came) => `write quiet_hours: "${dayPart(came) ?? '21:00-08:00'}"`,
  wait: (came) => (typeof came === 'number' ? `write ${came}d, ${came}h or ${came}m` : 'write 4d, or { until: … }'),
  wait_for: 'write wait_for: order.completed, and below it within: 2d',
  choose: 'write choose: [{ if: contact.plan == "pro", then: […] }, { else: […] }]',
  repeat: (came) =>
    `write repeat: { at_most: ${typeof came === 'number' ? came : 3}, every: 1d }, and its steps below, as deep as it`,
  split: 'write split: subject-line, and below it arms: { a: { weight: 50, steps: […] }, b: … }',
  arms: (came) => {
    const [a, b] = Array.isArray(came) && came.every((arm) => typeof arm === 'string') ? came : [];
    return `write arms: { ${a ?? 'a'}: { weight: 50, steps: […] }, ${b ?? 'b'}: { weight: 50, steps: […] } }`;
  },
  weight: (came) => `write weight: ${typeof came === 'string' ? (/^\d+/.exec(came.trim())?.[0] ?? 50) : 50}`,
  exit: 'say why: exit: no longer needed',
  update: (came) => {
    if (Array.isArray(came) && came.length === 1 && isJsonObject(came[0])) came = came[0];
    const [name, to] = isJsonObject(came) ? (Object.entries(came)[0] ?? []) : [];
    const path = name ?? (typeof came === 'string' && /^[\w.]+$/.test(came) ? came : 'contact.stage');
    return `write update: { ${path}: ${typeof to === 'string' || typeof to === 'number' ? to : 'working'} }`;
  },
  with: 'write with: { code: SPRING, until: "{{ trigger.until }}" }',
  retry: (came) => `write retry: { attempts: ${typeof came === 'number' ? came : 5}, backoff: 10s }`,
  checklist: (came) => `write checklist: [${listed(came) ?? 'Call, Send the offer'}]`,
  events: 'write { at: 2026-03-02T10:00:00Z, event: trial.started }',
  expect: 'write expect: nothing, or a list of lines: [{ send: cart-reminder }]',
  expect_only: (came) => `write expect_only: [${listed(came) ?? 'send, outcome'}]`,
  contact: 'write contact: { id: ada, name: Ada }; for several contacts: [{ id: ada }, { id: bob }]',
  contacts: 'write contacts: [{ id: ada }, { id: bob }]',
  account: 'write account: { id: acme }',
  accounts: 'write accounts: [{ id: acme }, { id: beta }]',
  deal: 'write deal: { id: d1, stage: proposal }',
  deals: 'write deals: [{ id: d1 }, { id: d2 }]',
  ticket: 'write ticket: { id: "1", priority: high }',
  tickets: 'write tickets: [{ id: "1" }, { id: "2" }]',
  people: 'write people: [{ person: kim, team: sales }]',
  settings: 'write settings: { quiet_hours: "21:00-08:00" }',
  never: 'write never: { send: cart-reminder, after: order.completed }',
  for_all: 'write for_all: { events: [cart.updated, order.completed], within: 7d, at_most: 6 }',
  holdout: 'write 10%, or none where nobody is held out',
  template: 'name a file of templates/: template: cart-reminder',
  assign: 'write assign: kim, team:sales or contact.owner',
  among: (came) => `write among: team:sales, or a list: [${listed(came) ?? 'kim, max'}]`,
  by: 'write by: round_robin, or several that narrow the choice: [territory, least_loaded]',
  to: 'write one: to: kim, team:sales or contact.owner; a `notify` takes a list',
  at_most: (came) => `write at_most: ${count(came) ?? 3}`,
  at_least: (came) => `write at_least: ${count(came) ?? 3}`,
  fewer_than: (came) => `write fewer_than: ${count(came) ?? 3}`,
  only_if_baseline: 'write a number, as only_if_baseline: 100',
  hours: (came) =>
    came === '24/7'
      ? 'write hours: { mon-sun: ["00:00-24:00"] }'
      : 'write hours: { mon-thu: ["09:00-12:30", "13:30-18:00"], fri: ["09:00-15:00"] }',
  except: (came) => {
    const days = Array.isArray(came) ? came.filter((day) => typeof day === 'string').slice(0, 2) : [];
    return `write except: { ${days.length > 0 ? days.map((day) => `${day}: closed`).join(', ') : '2026-12-25: closed'} }`;
  },
  caps: 'write caps: { marketing: { at_most: 3, per: 1w } }',
  marketing: 'write marketing: { at_most: 3, per: 1w }',
  per: 'write per: 1w',
  send_window: 'write send_window: { email: "09:00-18:00" }',
  sender: (came) => {
    const [, name = 'Shop', from = 'hello@shop.example'] = /^(.+?)\s*<(\S+@\S+)>$/.exec(written(came)) ?? [];
    return `write sender: { name: ${name}, from: ${from}, postal_address: "Weg 1, 10115 Berlin" }`;
  },
  required: 'write required: { contact: [email, country] }',
  priorities: (came) =>
    `write priorities: [${listed(came) ?? 'low, normal, high, urgent'}], from the lowest to the highest`,
  email: 'write an address: kim@shop.example',
  away: (came) => {
    if (/^(?:yes|y|on|true)$/i.test(written(came))) return 'write true, or { from: 2026-12-24, to: 2027-01-02 }';
    if (/^(?:no|n|off|false)$/i.test(written(came))) return 'write false, or leave it out';
    const [from, to] = written(came).match(/\d{4}-\d\d-\d\d/g) ?? [];
    const days =
      to !== undefined
        ? `from: ${from}, to: ${to}`
        : from !== undefined
          ? `to: ${from}`
          : 'from: 2026-12-24, to: 2027-01-02';
    return `write away: { ${days} }, or true for until further notice`;
  },
  deputy: 'name a person of people/: deputy: max',
  person: 'write person: kim, the id by which playbooks name them',
  teams: (came) => `write teams: { ${listed(came)?.split(',')[0] ?? 'sales'}: { lead: kim } }`,
  channels: 'write channels: { support: support@shop.example }',
  team: (came) => `a person is in one: team: ${listed(came)?.split(',')[0] ?? 'sales'}`,
  territories: (came) => `write territories: [${listed(came) ?? 'DE, AT'}]`,
  clocks: 'write clocks: { first_response: { start: ticket.created, stop: ticket.replied, target: 4 business hours } }',
  target: (came) =>
    typeof came === 'number'
      ? `write ${came}h, or ${came} business hours`
      : 'write target: 4 business hours, or a table and `by`',
  start: 'write start: ticket.created',
  stop: 'write stop: ticket.solved',
  calendar: 'name a file of calendars/: calendar: office-eu',
  segments: 'write segments: { vip: contact.value > 100 }',
  traits: 'write traits: { visits: { count: true, event: page.viewed, over: 30d } }',
  event: 'write event: page.viewed, or a list of events',
  score: 'write score: [{ event: page.viewed, points: 5 }, …], and half_life: 14d',
  tiers: 'write tiers: [{ if: contact.score >= 80, is: hot }, { else: cold }]',
  predicts: 'write predicts: { event: order.completed, within: 30d, when: contact.score >= 50 }',
  consent: 'write consent: { marketing: true }',
};

/** For the values of a map whose keys are names. */
const IN_MAP: { [key: string]: Hint } = {
  hours: (came) => `write ["${isSpan(came) ? came : (dayPart(came) ?? '09:00-17:00')}"], or closed`,
  except: (came) => `write ["${isSpan(came) ? came : '09:00-12:00'}"], or closed`,
  channels: 'write an address, as support@shop.example: mail is the only channel of this release',
  arms: 'write { weight: 50, steps: […] }',
  teams: 'write { lead: kim, fallback: max }',
  clocks: 'write { start: ticket.created, stop: ticket.replied, target: 4 business hours }',
  caps: 'write { at_most: 3, per: 1w }',
  send_window: 'write "09:00-18:00"',
  required: 'write a list of traits: [email, country]',
  segments: (came) => {
    const where = isJsonObject(came) ? Object.values(came).find((value) => typeof value === 'string') : undefined;
    return `write the condition itself: ${where ?? 'contact.value > 100'}`;
  },
  traits: (came) =>
    typeof came === 'string' ? `write { formula: ${came} }` : 'write { count: true, event: page.viewed, over: 30d }',
  with: 'write a text, a number, true or false',
  update: 'write a value, { add: … } or { remove: … }',
};

/** In tests, where a key means something else than elsewhere. */
const IN_TESTS: { [key: string]: Hint } = {
  holdout: 'write holdout: in for a test of who is held out; all others are not',
  arms: 'write arms: { subject-line: a }',
};

/** For a value that stands where another is wanted in whatever way; undefined where what is allowed says enough. */
const OWN: { [key: string]: (came: unknown) => string | undefined } = {
  send(came) {
    if (typeof came !== 'string' || /^e-?mails?$/i.test(came)) return undefined;
    return OTHER_CHANNELS.test(came)
      ? 'mail is the only channel of this release (semantics 10): write send: email, or a task: Text {{ contact.name }}'
      : `the channel stands here, and the template below it: send: email, template: ${came}`;
  },
  count: (came) => (typeof came === 'string' ? `write count: true, event: ${came}` : undefined),
  escalate: () => 'only tickets are escalated: write escalate: ticket in a playbook with subject: ticket',
};
const OTHER_CHANNELS = /^(?:sms|text|push|whats_?app|slack|in_?app|voice|call|letter|telegram)$/i;

export function ownHint(path: readonly PropertyKey[], came: unknown): string | undefined {
  const key = String(path.at(-1));
  return came !== undefined && Object.hasOwn(OWN, key) ? OWN[key]!(came) : undefined;
}

function isSpan(came: unknown): boolean {
  return typeof came === 'string' && /^\d?\d:\d\d\s*[-–]\s*\d?\d:\d\d$/.test(came);
}

/**
 * For a value at a path: by its own key, or that of the list it stands in.
 * @param came what stands there; undefined where nothing does
 */
export function hintForValue(path: readonly PropertyKey[], came: unknown): string | undefined {
  const names = path.filter((part): part is string => typeof part === 'string');
  const parent = names.at(-2);
  const inside = parent !== undefined && Object.hasOwn(IN_MAP, parent) ? IN_MAP[parent] : undefined;
  const key = names.at(-1) ?? '';
  if (names[0] === 'tests' && Object.hasOwn(IN_TESTS, key)) return String(IN_TESTS[key]);
  // What a list holds is of its own shape where it is a map already.
  const own = typeof path.at(-1) === 'number' && isJsonObject(came) ? undefined : BY_KEY;
  const hint = inside ?? (own !== undefined && Object.hasOwn(own, key) ? own[key] : undefined);
  return typeof hint === 'function' ? hint(came) : hint;
}

function listOfSteps(came: unknown): string {
  const first = isJsonObject(came) ? Object.entries(came)[0] : undefined;
  return `each step begins with a dash: - ${first === undefined ? 'send: email' : entry(first)}`;
}

function entry([key, value]: [string, unknown]): string {
  return `${key}: ${typeof value === 'object' ? '…' : written(value)}`;
}

/** A list of expressions holds where all do, and a map where each trait has its value. */
function oneExpression(key: string, came: unknown): string {
  const parts = Array.isArray(came)
    ? came.filter((part) => typeof part === 'string')
    : isJsonObject(came)
      ? Object.entries(came).flatMap(([name, value]) => {
          if (typeof value === 'object') return [];
          return /^[\w.]+$/.test(name) ? [`${name} == ${JSON.stringify(value)}`] : [];
        })
      : [];
  return `write one expression: ${key}: ${parts.length > 0 ? parts.join(' && ') : 'contact.plan == "pro"'}`;
}

/** The items of a text that is meant as a list, or of a list of texts; undefined where there are none. */
function listed(came: unknown): string | undefined {
  const items = typeof came === 'string' ? came.split(/\s*(?:,|;|->|→|>|\bthen\b|\band\b|\|)\s*/) : came;
  if (!Array.isArray(items)) return undefined;
  const words = items.filter((item) => (typeof item === 'string' && item !== '') || typeof item === 'number');
  return words.length === 0 ? undefined : words.join(', ');
}

const NUMBERS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** `three`, `3x`, `"3"`: the number that is meant. */
function count(came: unknown): number | undefined {
  const text = written(came ?? '')
    .trim()
    .toLowerCase();
  const word = NUMBERS.indexOf(text);
  const digits = /^(\d+)\s*(?:x|×|times)?$/.exec(text)?.[1];
  return digits !== undefined ? Number(digits) : word > 0 ? word : undefined;
}

function dayPart(came: unknown): string | undefined {
  const times = Array.isArray(came) ? came : isJsonObject(came) ? Object.values(came) : [];
  const [from, to] = times.map((time) => /^\d\d:\d\d$/.exec(written(time))?.[0]);
  return times.length === 2 && from !== undefined && to !== undefined ? `${from}-${to}` : undefined;
}

function nameOf(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
}
