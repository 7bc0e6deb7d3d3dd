/** A playbook for every step, every gate and every way in which a journey ends or a step fails; and what happens to people. */
import type { WorkspaceFile } from '../../language/compile.ts';
import type { SystemCall } from '../support/system.ts';

export const HOUR = 3_600_000;
/** In the evening: messages are held until the morning. */
export const START = Date.parse('2026-03-02T19:00:00Z');
export const WEBHOOK = 'https://crm.example/leads';

const SEND = '{ send: email, template: hello, class: marketing }';
const CALL = 'do: level-of, with: { name: "{{ contact.name }}" }, retry: { attempts: 1, backoff: 1m }';

/** By name: the event that begins each is `<name>.came`. */
const PLAYBOOKS: { [name: string]: string } = {
  'all-steps': `
  - { if: contact.points > 1, then: [{ record: many }], else: [{ record: few }] }
  - { choose: [{ if: contact.points > 5, then: [{ record: very many }] }, { else: [{ record: not so many }] }] }
  - { split: test, arms: { a: { weight: 1, steps: [{ record: in a }] }, b: { weight: 1, steps: [{ record: in b }] } } }
  - { update: { contact.points: { add: 1 } } }
  - { assign: owner, by: round_robin, among: [kim, max] }
  - { notify: kim, text: "{{ contact.name }} came" }
  - { notify: kim, text: "{{ contact.name }} came", digest: 'daily at "17:00"' }
  - { task: Call, assign: contact.owner, wait_until_done: { within: 4h, else: [{ record: not called }] } }
  - { approve: sara, text: May we?, within: 4h, then: [{ record: approved }], else: [{ record: not approved }] }
  - { id: crm, webhook: "${WEBHOOK}", body: { name: "{{ contact.name }}" } }
  - { id: level, ${CALL} }
  - { repeat: { at_most: 2, every: 1h }, steps: [{ record: round }] }
  - { run: called, within: 3h }
  - { wait: 1h }
  - { wait_for: booked, within: 30h, then: [{ record: booked }], else: [{ record: not booked }] }
  - { send: email, template: hello, class: transactional }
  - { exit: enough, as: completed }`,
  held: `  - ${SEND}`,
  useful: '  - { send: email, template: hello, class: marketing, useful_for: 2h }',
  twice: `  - { wait: 15h }\n  - ${SEND}\n  - ${SEND}`,
  waits: '  - { wait: 2d }',
  fails: `  - { ${CALL} }`,
  skips: `  - { ${CALL}, on_error: skip }\n  - { record: skipped }`,
  instead: `  - { ${CALL}, on_error: [{ record: instead }] }`,
};
/** Begun by others alone. */
const CALLED: WorkspaceFile = {
  path: 'called.yaml',
  text: 'playbook: called\nowner: ops@shop.example\nsubject: contact\ntrigger: { run: only }\nsteps: [{ record: called }]\n',
};
const HEADS: { [name: string]: string } = {
  waits:
    'goal: { event: placed, within: 3d }\non_goal: [{ record: thanked }]\nexit_on: [lost]\non_exit: [{ record: left }]\n',
};

export const FILES: WorkspaceFile[] = [
  ...Object.entries(PLAYBOOKS).map(([name, steps]) => ({
    path: `${name}.yaml`,
    text: `playbook: ${name}\nowner: ops@shop.example\nsubject: contact\ntrigger: { event: ${name}.came }\n${HEADS[name] ?? ''}steps:\n${steps}\n`,
  })),
  CALLED,
  {
    path: 'on-ticket.yaml',
    text: `playbook: on-ticket
owner: ops@shop.example
subject: ticket
trigger: { event: on-ticket.came }
steps:
  - { escalate: ticket, priority: raise, notify: [lena], note: It waits }
`,
  },
  { path: 'templates/hello.txt', text: '---\nsubject: Hello\n---\nHello {{ contact.name }}\n' },
  {
    path: 'settings.yaml',
    text: `time_zone: UTC
quiet_hours: "18:00-08:00"
send_window: { email: "09:00-17:30" }
caps: { marketing: { at_most: 1, per: 1d, if_capped: skip } }
sender: { name: Shop, from: hello@shop.example, postal_address: "Weg 1" }
`,
  },
];

const consent = { marketing: true };
const person = (userId: string, traits: SystemCall = {}): SystemCall => ({
  type: 'identify',
  userId,
  traits: { name: userId, email: `${userId}@example.com`, owner: 'kim', points: 3, consent, ...traits },
});
const came = (userId: string, playbook: string): SystemCall => ({ userId, event: `${playbook}.came` });

/** Hours after the start, and what then comes in. */
export const STORY: readonly { hours: number; calls: SystemCall[] }[] = [
  {
    hours: 0,
    calls: [
      ...['ada', 'bea', 'cy', 'dan', 'dora', 'eve', 'flo', 'gil', 'hal', 'ida'].map((id) => person(id)),
      { type: 'track', userId: 'ada', event: 'ticket.opened', properties: { ticketId: 't1', priority: 'normal' } },
    ],
  },
  {
    hours: 1,
    calls: [
      came('ada', 'all-steps'),
      came('bea', 'all-steps'),
      ...['held', 'useful', 'waits'].map((name) => came('cy', name)),
      ...['gil', 'ida', 'bea'].map((id) => came(id, 'twice')),
      ...['dan', 'dora', 'eve', 'flo'].map((id) => came(id, 'waits')),
      ...['fails', 'skips', 'instead'].map((name) => came('hal', name)),
      { event: 'on-ticket.came', properties: { ticketId: 't1' }, userId: 'ada' },
    ],
  },
  { hours: 2, calls: [{ userId: 'ada', event: 'task.done', properties: { step: 'steps.7', by: 'kim' } }] },
  { hours: 3, calls: [{ userId: 'ada', event: 'approval.given', properties: { step: 'steps.8', by: 'sara' } }] },
  { hours: 9, calls: [{ userId: 'ada', event: 'booked' }] },
  {
    hours: 10,
    calls: [
      // At entry both were known to be written to.
      person('ida', { consent: { marketing: false } }),
      { userId: 'bea', event: 'email.unsubscribed' },
      { userId: 'eve', event: 'placed' },
      { userId: 'flo', event: 'lost' },
      { type: 'alias', previousId: 'dan', userId: 'dora' },
    ],
  },
];
