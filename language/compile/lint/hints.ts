/** What to write, by the key at which something else stands; and what keys of other tools are called here. */
import { isJsonObject } from '../../json.ts';

type Hint = string | ((came: unknown) => string | undefined);

/** For a value of another shape, and for a key that is missing. */
const BY_KEY: { [key: string]: Hint } = {
  away: 'write true, or away: { from: 2026-12-21, to: 2027-01-06 }',
  playbook: (came) => {
    const name =
      typeof came === 'string'
        ? came
            .trim()
            .toLowerCase()
            .replaceAll(/[^a-z0-9]+/g, '-')
        : '';
    const write = name === '' ? '' : `, as playbook: ${name} in ${name}.yaml`;
    return `it is the name of the file, without its ending${write}`;
  },
  trigger: (came) =>
    `write trigger: { event: ${typeof came === 'string' && !/[\s:]/.test(came) ? came : 'cart.updated'} }`,
  steps: (came) =>
    `each step begins with a dash: - ${isJsonObject(came) ? entry(Object.entries(came)[0]) : 'send: email'}`,
  tests: 'each test begins with a dash: - it: reminds a shopper',
  it: 'write it: reminds a shopper who leaves',
  again: 'write never, always, after 7d, or { after: 7d, per: key }',
  wait: (came) => (typeof came === 'number' ? `write ${came}d, ${came}h or ${came}m` : 'write 4d, or { until: … }'),
  events: 'write { at: 2026-03-02T10:00:00Z, event: trial.started }',
  expect: 'write expect: nothing, or a list of lines: [{ send: cart-reminder }]',
  template: 'name a file of templates/: template: cart-reminder',
  assign: 'write assign: kim, team:sales or contact.owner',
  at_most: 'write at_most: 3',
  hours: (came) =>
    came === '24/7'
      ? 'write hours: { mon-sun: ["00:00-24:00"] }'
      : 'write hours: { mon-thu: ["09:00-12:30", "13:30-18:00"], fri: ["09:00-15:00"] }',
  caps: 'write caps: { marketing: { at_most: 3, per: 1w } }',
  marketing: 'write marketing: { at_most: 3, per: 1w }',
  email: 'write an address: kim@shop.example',
  start: 'write start: ticket.created',
  stop: 'write stop: ticket.solved',
  calendar: 'name a file of calendars/: calendar: office-eu',
  consent: 'write consent: { marketing: true }',
};

/** For the values of a map whose keys are names. */
const IN_MAP: { [key: string]: Hint } = {
  hours: (came) => `write ["${isSpan(came) ? came : '09:00-17:00'}"], or closed`,
  except: (came) => `write ["${isSpan(came) ? came : '09:00-12:00'}"], or closed`,
  channels: 'write an address, as support@shop.example: mail is the only channel of this release',
};

function isSpan(came: unknown): boolean {
  return typeof came === 'string' && /^\d?\d:\d\d\s*[-–]\s*\d?\d:\d\d$/.test(came);
}

/** For a value at a path: by its own key, or that of the list it stands in. */
export function hintForValue(path: readonly PropertyKey[], came: unknown): string | undefined {
  const names = path.filter((part): part is string => typeof part === 'string');
  const parent = names.at(-2);
  const inside = parent !== undefined && Object.hasOwn(IN_MAP, parent) ? IN_MAP[parent] : undefined;
  const key = names.at(-1) ?? '';
  const hint = inside ?? (Object.hasOwn(BY_KEY, key) ? BY_KEY[key] : undefined);
  return typeof hint === 'function' ? hint(came) : hint;
}

function entry([key, value]: [string, unknown] | [] = []): string {
  return key === undefined ? 'send: email' : `${key}: ${typeof value === 'object' ? '…' : String(value)}`;
}

/** A key that another tool has, and ours: by what is known at the place. */
const MEANT: { [key: string]: string } = {
  name: 'playbook',
  when: 'trigger',
  on: 'trigger',
  triggers: 'trigger',
  filter: 'audience',
  filters: 'audience',
  conditions: 'audience',
  segment: 'audience',
  actions: 'steps',
  flow: 'steps',
  reentry: 'again',
  re_entry: 'again',
  frequency: 'again',
  control_group: 'holdout',
  exit: 'exit_on',
  exits: 'exit_on',
  timezone: 'time_zone',
  tz: 'time_zone',
  priority: 'precedence',
  describe: 'it',
  title: 'it',
  given: 'contact',
  user: 'contact',
  then: 'expect',
  expected: 'expect',
  holidays: 'except',
  exceptions: 'except',
  elif: 'else',
  elseif: 'else',
  deadline: 'due',
  due_date: 'due',
  to: 'assign',
  message: 'text',
  body: 'text',
  timeout: 'within',
};

/** The names that mean one key each at one place only. */
const AT_TESTS: { [key: string]: string } = { name: 'it' };

/** The key of ours that is meant, where it is one of those that are known here. */
export function keyMeant(key: string, known: readonly string[]): string | undefined {
  const own = known.includes('it') && Object.hasOwn(AT_TESTS, key) ? AT_TESTS[key] : undefined;
  const meant = own ?? (Object.hasOwn(MEANT, key) ? MEANT[key] : undefined);
  return meant !== undefined && known.includes(meant) ? meant : undefined;
}

/** What the rules have and this release has not (section 10), and the way round. */
const LATER: { [key: string]: string } = {
  run: 'record an outcome, and let the other playbook listen to an event',
  digest: 'each message goes out by itself: take it out',
  on_unknown: 'take it out',
  predicts: 'see T14',
};

export function notInThisRelease(key: string): string | undefined {
  return Object.hasOwn(LATER, key) ? LATER[key] : undefined;
}

/** Steps of other tools, and words of steps that stand where a step should. */
const STEPS: { [key: string]: string } = {
  email: 'did you mean send: email?',
  mail: 'did you mean send: email?',
  send_email: 'did you mean send: email?',
  delay: 'did you mean `wait`?',
  sleep: 'did you mean `wait`?',
  pause: 'did you mean `wait`?',
  else: '`else` stands below its `if`, as deep as that, and without a dash',
  then: '`then` stands below its `if`, as deep as that, and without a dash',
  elif: 'for more than two ways write choose: [{ if: …, then: […] }, …, { else: […] }]',
  branch: 'did you mean `choose`?',
  switch: 'did you mean `choose`?',
  ab_test: 'did you mean `split`?',
  loop: 'did you mean `repeat`?',
  end: 'did you mean `exit`?',
  stop: 'did you mean `exit`?',
  slack: 'a colleague is told by `notify`, in a mail',
  sms: 'a message is sent by send: email, the only channel of this release',
  push: 'a message is sent by send: email, the only channel of this release',
  call: 'a call is a task: task: Call {{ contact.name }}',
  todo: 'did you mean `task`?',
  set: 'did you mean `update`?',
  tag: 'did you mean update: { contact.tags: { add: vip } }?',
};

export function stepMeant(key: string): string | undefined {
  return Object.hasOwn(STEPS, key) ? STEPS[key] : undefined;
}
