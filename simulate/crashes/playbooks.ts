/** Playbooks that chance draws, of every step that there is, for journeys whose processes die. */
import { z } from 'zod';
import type { WorkspaceFile } from '../../language/compile.ts';
import type { Json } from '../../language/model.ts';
import type { ActivitySyntax } from '../../language/syntax.ts';
import { type Random, randomOf } from '../random.ts';

type Step = { [key: string]: Json };

/** Where drawn webhooks go; whoever plays puts a server of its own there. */
export const WEBHOOK = 'https://crm.example/leads';
/** What drawn `do` steps run; whoever plays them live brings along what it does. */
export const ACTIVITY: ActivitySyntax = {
  name: 'level-of',
  description: 'Says a level.',
  repeatable: true,
  example: { name: 'p00001p' },
  with: z.strictObject({ name: z.string() }),
  answer: z.object({ level: z.number() }),
};

/** Of one seed. */
export const PLAYBOOKS = 12;
const MOST_STEPS = 5;
const MOST_DEPTH = 2;

interface Drawing {
  random: Random;
  subject: 'contact' | 'ticket';
  depth: number;
  /** Gives names that no other step has. */
  next(): string;
}

const hours = ({ random }: Drawing, most = 5) => `${random.int(1, most)}h`;
const NAME = '{{ contact.name }}';

const STEPS: { [kind: string]: (drawing: Drawing) => Step } = {
  record: (d) => ({ record: d.random.pick(['seen', 'kept']), value: 'contact.points' }),
  update: (d) => ({ update: { 'contact.points': { add: d.random.int(1, 3) }, 'contact.tags': { add: 'warm' } } }),
  task: (d) => ({ task: `Call ${NAME}`, assign: 'contact.owner', ...(d.random.chance(0.3) && { keep: true }) }),
  'task that waits': (d) => {
    const waits = d.random.pick(['wait_until_done', 'wait_until_accepted']);
    return { id: d.next(), task: `Ask ${NAME}`, assign: 'contact.owner', [waits]: waitsFor(d) };
  },
  approve: (d) => {
    const within = hours(d, 9);
    return {
      id: d.next(),
      approve: 'contact.owner.manager',
      text: `May ${NAME}?`,
      within,
      then: some(d),
      else: some(d),
    };
  },
  notify: () => ({ notify: ['kim', 'max'], text: `${NAME} waits` }),
  digest: (d) => ({ notify: d.random.pick(['kim', 'max']), text: `${NAME} was there`, digest: 'daily at "17:17"' }),
  mail: (d) => ({ send: 'email', template: 'hello', class: d.random.pick(['marketing', 'transactional']) }),
  webhook: (d) => {
    const id = d.next();
    return both({ id, webhook: WEBHOOK, body: { name: NAME } }, ifAnswered(d, `steps.${id}.answer.known == true`));
  },
  do: (d) => {
    const id = d.next();
    return both({ id, do: ACTIVITY.name, with: { name: NAME } }, ifAnswered(d, `steps.${id}.status == "done"`));
  },
  assign: (d) => {
    const what = d.subject === 'ticket' ? 'assignee' : 'owner';
    const by = d.random.pick<Json>(['round_robin', ['territory', 'round_robin'], 'least_loaded']);
    return { assign: what, by, among: ['kim', 'max', 'mia'], ...(d.random.chance(0.4) && { except: 'tried' }) };
  },
  escalate: (d) => ({
    escalate: 'ticket',
    priority: d.random.pick(['raise', 'high']),
    ...(d.random.chance(0.5) && { to: d.random.pick(['kim', 'max']) }),
    ...(d.random.chance(0.6) && { notify: ['lena', 'kim'], note: `${NAME} waits` }),
  }),
  if: (d) => ({ if: 'contact.points > 2', then: some(d), else: some(d) }),
  choose: (d) => ({
    choose: [
      { if: 'contact.points > 4', then: some(d) },
      { if: 'contact.points > 1', then: some(d) },
      { else: [{ exit: 'enough', as: 'completed' }] },
    ],
  }),
  split: (d) => ({ split: d.next(), arms: { a: { weight: 50, steps: some(d) }, b: { weight: 50, steps: some(d) } } }),
  wait: (d) => ({ wait: hours(d) }),
  wait_for: (d) => ({ wait_for: 'booked', within: hours(d, 9), then: some(d), else: some(d) }),
  repeat: (d) => {
    const every = d.random.chance(0.7) && { every: hours(d, 3) };
    const until = d.random.chance(0.3) && { until: 'contact.points > 6' };
    return { repeat: { at_most: d.random.int(2, 3), ...every, ...until }, steps: some(d) };
  },
  run: (d) => ({
    run: CALLED,
    ...(d.random.chance(0.3)
      ? { wait: false }
      : { within: hours(d, 9), ...(d.random.chance(0.5) && { else: some(d) }) }),
  }),
};

/** The playbook that others run. */
export const CALLED = 'drawn-called';

const FLAT = ['record', 'update', 'task', 'notify', 'digest', 'mail', 'wait', 'assign', 'escalate'];
const NESTING = Object.keys(STEPS);
/** A ticket is escalated by a playbook of tickets; what is run has the subject of who runs it. */
const NOT_OF = { contact: 'escalate', ticket: 'run' } as const;
/** Every fourth playbook is one of tickets: of the one that its person has. */
const isOfTickets = (n: number) => n % 4 === 3;

function waitsFor(drawing: Drawing): Step {
  return { within: hours(drawing, 9), ...(drawing.random.chance(0.6) && { else: some(drawing) }) };
}

function ifAnswered(drawing: Drawing, holds: string): Step {
  return { if: holds, then: [{ record: 'known' }], else: some(drawing) };
}

/** Two steps for one: whoever draws a list takes them apart. */
function both(first: Step, second: Step): Step {
  return { both: [first, second] };
}

function some(drawing: Drawing): Step[] {
  const { random, depth } = drawing;
  return stepsOf({ ...drawing, depth: depth + 1 }, random.int(1, depth === 0 ? 2 : 1));
}

function stepsOf(drawing: Drawing, count: number): Step[] {
  const { random, depth, subject } = drawing;
  const kinds = (depth < MOST_DEPTH ? NESTING : FLAT).filter((kind) => kind !== NOT_OF[subject]);
  return Array.from({ length: count }, () => STEPS[random.pick(kinds)]!(drawing)).flatMap((step) =>
    Array.isArray(step.both) ? (step.both as Step[]) : [step],
  );
}

const SURROUNDINGS: readonly WorkspaceFile[] = [
  {
    path: 'templates/hello.txt',
    text: '---\nsubject: Hello\n---\nHello {{ contact.name }}, {{ contact.points }} points\n',
  },
  {
    path: 'settings.yaml',
    text: `time_zone: UTC
global_holdout: 5%
caps: { marketing: { at_most: 2, per: 1d } }
sender: { name: Shop, from: hello@shop.example, postal_address: "Weg 1" }
tasks: { mail: 'daily at "08:13"' }
webhooks: { allow: ["crm.example"] }
`,
  },
  {
    path: 'people/max.yaml',
    text: `person: max
name: Max
email: max@example.com
role: agent
team: sales
manager: sara
region: eu
territories: [FR]
time_zone: Europe/Berlin
away: [{ from: 2026-03-02, to: 2026-03-02 }]
deputy: kim
`,
  },
];

/** The event that begins a playbook. */
export function beginsBy(playbook: string): string {
  return `${playbook}.came`;
}

/** @returns files; each playbook begins by an event of its own name */
export function drawPlaybooks(seed: number): WorkspaceFile[] {
  const names = Array.from({ length: PLAYBOOKS }, (_, n) => `drawn-${String.fromCharCode(97 + n)}`);
  const called = drawPlaybook(seed, CALLED, 'contact');
  const drawn = names.map((name, n) => drawPlaybook(seed, name, isOfTickets(n) ? 'ticket' : 'contact'));
  return [...drawn, called, ...SURROUNDINGS];
}

function drawPlaybook(seed: number, name: string, subject: Drawing['subject']): WorkspaceFile {
  const random = randomOf(seed, name);
  let named = 0;
  const isCalled = name === CALLED;
  const next = () => `s${++named}`;
  // What is run by others is flat: no ring comes of it.
  const drawing: Drawing = { random, subject, depth: isCalled ? MOST_DEPTH : 0, next };
  const goal = random.chance(0.5) && { goal: { event: 'placed', value: 'event.total', within: '30h' } };
  const body = {
    playbook: name,
    owner: 'ops@shop.example',
    subject,
    trigger: isCalled ? { run: 'only' } : { event: beginsBy(name) },
    again: 'always',
    if_capped: random.pick(['skip', 'delay up to 1d']),
    ...goal,
    ...(random.chance(0.5) && { exit_on: ['lost'] }),
    steps: stepsOf(drawing, random.int(2, MOST_STEPS)),
    ...(goal && random.chance(0.5) && { on_goal: [STEPS.task!(drawing), STEPS.record!(drawing)] }),
  };
  return { path: `${name}.yaml`, text: JSON.stringify(body) };
}
