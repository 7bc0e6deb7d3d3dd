/** What keys and steps of other tools are called here. */
import { SUBJECT_TYPES } from '../../model.ts';

/** A key that another tool has, and ours: by what is known at the place. */
const MEANT: { [key: string]: string | readonly string[] } = {
  name: 'playbook',
  when: ['trigger', 'if'],
  on: 'trigger',
  triggers: 'trigger',
  filter: ['audience', 'where'],
  filters: ['audience', 'where'],
  condition: ['where', 'if', 'audience'],
  conditions: ['audience', 'where', 'if'],
  if: 'where',
  segment: ['audience', 'enters'],
  actions: ['steps', 'then'],
  flow: 'steps',
  steps: 'then',
  reentry: 'again',
  re_entry: 'again',
  frequency: 'again',
  control_group: 'holdout',
  exit: 'exit_on',
  exits: 'exit_on',
  exit_if: 'exit_on',
  timezone: 'time_zone',
  default_time_zone: 'time_zone',
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
  closed: 'except',
  elif: 'else',
  elseif: 'else',
  default: 'else',
  otherwise: 'else',
  deadline: 'due',
  due_date: 'due',
  to: 'assign',
  message: 'text',
  body: 'text',
  timeout: 'within',
  window: ['within', 'over'],
  within: ['over', 'per', 'for'],
  over: 'within',
  times: ['at_least', 'at_most'],
  count: ['at_least', 'at_most'],
  max: 'at_most',
  limit: 'at_most',
  min: 'at_least',
  interval: ['every', 'per'],
  or: 'any',
  append: 'add',
  push: 'add',
  delete: 'remove',
  weights: 'arms',
  variants: 'arms',
};

/** The names that mean one key each at one place only. */
const AT_TESTS: { [key: string]: string } = { name: 'it' };

/** The key of ours that is meant, where it is one of those that are known here. */
export function keyMeant(key: string, known: readonly string[]): string | undefined {
  const own = known.includes('it') && Object.hasOwn(AT_TESTS, key) ? AT_TESTS[key] : undefined;
  const meant = own ?? (Object.hasOwn(MEANT, key) ? MEANT[key]! : []);
  return [meant].flat().find((name) => known.includes(name));
}

/** Keys of other tools for which there is no key: how it is done here. Each at the places that know a key of ours. */
const OTHERWISE: { [key: string]: { at: string; hint: string } } = {
  class: { at: 'trigger', hint: 'each `send` has its own: class: marketing' },
  enabled: { at: 'trigger', hint: 'take it out: a file that is deployed runs' },
  active: { at: 'trigger', hint: 'take it out: a file that is deployed runs' },
  version: { at: 'trigger', hint: 'take it out: a version follows from what the file says' },
  tags: { at: 'trigger', hint: 'take it out, or say it in the description' },
  subject: { at: 'template', hint: 'the subject line stands in the template, between its dashes: subject: …' },
  html: { at: 'template', hint: 'the text is a file of templates/: template: cart-reminder' },
  text: { at: 'template', hint: 'the text is a file of templates/: template: cart-reminder' },
  steps: { at: 'at_most', hint: '`steps` stands beside `repeat`, as deep as it' },
  cases: { at: 'choose', hint: 'take it out: the ways stand in `choose`, each with its `if`' },
  average: { at: 'max', hint: 'a drop compares sums, counts or maxima: sum: event.units' },
  avg: { at: 'max', hint: 'a drop compares sums, counts or maxima: sum: event.units' },
  members: { at: 'fallback', hint: 'each person names the team, in people/kim.yaml: team: sales' },
  person: { at: 'teams', hint: 'a person has a file of their own: people/kim.yaml' },
  properties: { at: 'event', hint: 'what the event brings stands beside its name: { event: cart.updated, total: 80 }' },
};

/** Keys that say what another one should: where they stand, that one is not missed. */
export const IN_PLACE_OF: { [key: string]: string } = {
  text: 'template',
  html: 'template',
  body: 'template',
  average: 'sum',
  avg: 'sum',
};

/** How it is done here what another tool has a key for. */
export function doneOtherwise(key: string, known: readonly string[]): string | undefined {
  const list = ['traits', 'segments'].find((one) => known.includes(one) && known.includes('subject'));
  if (list !== undefined && SUBJECT_TYPES.some((type) => type === key))
    return `write subject: ${key}, and below it ${list}: with the names`;
  const other = Object.hasOwn(OTHERWISE, key) ? OTHERWISE[key] : undefined;
  return other !== undefined && known.includes(other.at) ? other.hint : undefined;
}

/** What the rules have and this release has not (section 10), and the way round. */
const LATER: { [key: string]: string } = {
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
