/** E6 on PostgreSQL: two timelines become one, whatever came first. */
import { afterEach, describe, expect, it } from 'vitest';
import { type Evaluation, type SentEvent, startEvaluation } from '../support/evaluation.ts';

const cart = (more = '') => ({
  path: 'cart.yaml',
  text: `
playbook: cart
trigger: { event: cart.updated, unless: order.completed, within: 1h }
again: always
${more}
goal: { event: order.completed, within: 7d }
steps:
  - wait: 2d
  - record: reminded
`,
});
const count = (more = '') => ({
  path: 'views.yaml',
  text: `
playbook: views
trigger: { event: viewed, at_least: 3, within: 1d }
again: always
${more}
steps:
  - wait: 2d
  - record: keen
`,
});

let evaluation: Evaluation;
const closed = new WeakSet<Evaluation>();
afterEach(async () => {
  if (!closed.has(evaluation)) await evaluation.close();
});
const at = (time: string, day = 2) => `2026-03-0${day}T${time}:00.000Z`;

const visitor = (name: string, time: string, id = 'x', day = 2): SentEvent => ({
  name,
  id: `${name}-${time}-${id}`,
  at: at(time, day),
  ids: { anonymousId: id },
});
const known = (name: string, time: string, id = 'ada', day = 2): SentEvent => ({
  name,
  id: `${name}-${time}-${id}`,
  at: at(time, day),
  ids: { contactId: id },
});
const identify = (time: string, traits = {}, contactId = 'ada', anonymousId = 'x'): SentEvent => ({
  name: 'identify',
  kind: 'identify',
  id: `identify-${time}-${contactId}-${anonymousId}`,
  at: at(time),
  ids: { contactId, anonymousId },
  patches: [{ type: 'contact', id: contactId, traits }],
});

async function firings(): Promise<string[]> {
  const { rows } = await evaluation.database.pool.query<{
    at: number;
    playbook: string;
    who: string;
    status: string;
    reason: string | null;
    undone: string | null;
  }>(
    'SELECT at, playbook, subject_id AS who, status, reason, undone_by AS undone FROM firings ORDER BY at, playbook, subject_id',
  );
  return rows.map(({ at: when, playbook, who, status, reason, undone }) =>
    [new Date(when).toISOString().slice(11, 16), playbook, who, reason ?? status, ...(undone ? ['undone'] : [])].join(
      ' ',
    ),
  );
}

async function enrolments(): Promise<string[]> {
  const { rows } = await evaluation.database.pool.query<{ at: number; playbook: string; who: string }>(
    'SELECT started_at AS at, playbook, subject_id AS who FROM enrolments ORDER BY started_at, playbook, subject_id',
  );
  return rows.map(({ at: when, playbook, who }) => `${new Date(when).toISOString().slice(11, 16)} ${playbook} ${who}`);
}

describe('a visitor who signs in', () => {
  it('takes the open watch along: it fires for the contact, at the instant at which it would have fired (E6)', async () => {
    evaluation = await startEvaluation(at('10:00'), [cart()]);
    const { send, step } = evaluation;
    await send(visitor('cart.updated', '10:00'));
    await step(at('10:30'));
    await send(identify('10:30'));
    await step(at('12:00'));
    expect(await firings()).toEqual(['11:00 cart ada enrolled']);
  });

  it('counts with what was seen before: the third view fires, the merge alone does not', async () => {
    evaluation = await startEvaluation(at('10:00'), [count()]);
    const { send, step } = evaluation;
    await send(visitor('viewed', '10:00'), known('viewed', '10:00'));
    await step(at('10:05'));
    await send(visitor('viewed', '10:05', 'x'), identify('10:05'));
    await step(at('10:10'));
    expect(await firings()).toEqual([]);
    await send(known('viewed', '10:10'));
    await step(at('10:20'));
    // Exactly two before it make an edge; the third of them was the visitor's, before the merge.
    expect(await firings()).toEqual([]);
    await step(at('11:00', 4));
    await send(visitor('viewed', '11:00', 'x', 4), known('viewed', '11:00', 'ada', 4));
    await step(at('11:01', 4));
    await send({ ...visitor('viewed', '11:01', 'x', 4) });
    await step(at('11:02', 4));
    expect(await firings()).toEqual(['11:01 views ada enrolled']);
  });

  it('enters what waited, from the merge on; the same firing, with the same id', async () => {
    evaluation = await startEvaluation(at('10:00'), [count()]);
    const { send, step } = evaluation;
    await step(at('10:10'));
    await send(visitor('viewed', '10:00'), visitor('viewed', '10:01'), visitor('viewed', '10:02'));
    await step(at('10:30'));
    expect(await firings()).toEqual(['10:02 views anon:x anonymous']);
    expect(await enrolments()).toEqual([]);
    await send(identify('10:30'));
    await step(at('10:40'));
    expect(await firings()).toEqual(['10:02 views ada enrolled']);
    expect(await enrolments()).toEqual(['10:30 views ada']);
  });

  it('leaves out what waited and what the goal has overtaken', async () => {
    evaluation = await startEvaluation(at('10:00'), [cart()]);
    const { send, step } = evaluation;
    await send(visitor('cart.updated', '10:00'));
    await step(at('11:30'));
    await send(known('order.completed', '11:30'));
    await step(at('12:00'));
    await send(identify('12:00'));
    await step(at('12:10'));
    expect(await firings()).toEqual(['11:00 cart ada overtaken']);
    expect(await enrolments()).toEqual([]);
  });
});

describe('whatever arrives first, the end is the same', () => {
  const stories: { [name: string]: { events: SentEvent[]; firings: string[]; enrolments: string[] } } = {
    'a watch that is open, and two views of three': {
      events: [
        visitor('viewed', '10:00'),
        visitor('cart.updated', '10:01'),
        known('viewed', '10:02'),
        visitor('viewed', '10:03'),
        identify('10:04', { plan: 'pro' }),
        visitor('viewed', '10:05'),
        known('viewed', '10:06'),
      ],
      firings: ['11:01 cart ada enrolled'],
      enrolments: ['11:01 cart ada'],
    },
    'a firing that waits': {
      events: [
        visitor('viewed', '10:00'),
        visitor('viewed', '10:02'),
        visitor('viewed', '10:03'),
        known('cart.updated', '10:04'),
        identify('10:10', { plan: 'pro' }),
        visitor('order.completed', '10:30'),
      ],
      firings: ['10:03 views ada enrolled'],
      enrolments: ['10:10 views ada'],
    },
    'a device that two people share': {
      events: [
        visitor('viewed', '10:00'),
        visitor('viewed', '10:02'),
        identify('10:03', {}, 'ada'),
        visitor('viewed', '10:04'),
        identify('10:05', {}, 'bea'),
        visitor('cart.updated', '10:06'),
        identify('10:07', {}, 'ada'),
        visitor('viewed', '10:08'),
      ],
      firings: ['10:04 views ada enrolled', '11:06 cart bea enrolled'],
      enrolments: ['10:04 views ada', '11:06 cart bea'],
    },
  };

  /** Slots, without the place at which somebody looked last. */
  async function states(): Promise<unknown> {
    const { rows } = await evaluation.database.pool.query(
      'SELECT subject_id, owner, key, state, due_at FROM trigger_states ORDER BY subject_id, owner, key',
    );
    return rows;
  }

  /** Firings that stand: those that were taken back are left out, one that was moved stands where it was moved (E5). */
  async function standing(): Promise<string[]> {
    const { rows } = await evaluation.database.pool.query<{
      at: number;
      playbook: string;
      who: string;
      status: string;
    }>(
      `SELECT coalesce(stands_at, at) AS at, playbook, subject_id AS who, status FROM firings
        WHERE undone_by IS NULL OR moved ORDER BY 1, 2, 3`,
    );
    return rows.map(
      ({ at: when, playbook, who, status }) =>
        `${new Date(when).toISOString().slice(11, 16)} ${playbook} ${who} ${status}`,
    );
  }

  const play = async (events: readonly SentEvent[], apart: boolean) => {
    evaluation = await startEvaluation(at('09:00'), [cart(), count()]);
    await evaluation.step(at('11:30'));
    for (const sent of apart ? events.map((event) => [event]) : [events]) {
      await evaluation.send(...sent);
      await evaluation.evaluator.idle();
    }
    await evaluation.step(at('11:40'));
    const { rows: traits } = await evaluation.database.pool.query('SELECT id, traits FROM contacts ORDER BY id');
    const end = { standing: await standing(), states: await states(), traits };
    const all = { firings: await firings(), enrolments: await enrolments() };
    await evaluation.close();
    closed.add(evaluation);
    return { end, all };
  };

  it.each(Object.entries(stories))('%s', async (_, story) => {
    const straight = await play(story.events, false);
    expect(straight.all).toEqual({ firings: story.firings, enrolments: story.enrolments });
    expect(straight.end.standing).toEqual(story.firings);
    const isVisitor = ({ ids }: SentEvent) => ids?.contactId === undefined;
    const orders = [
      story.events,
      [...story.events].reverse(),
      [...story.events].sort((a, b) => Number(isVisitor(a)) - Number(isVisitor(b))),
      [...story.events].sort((a, b) => Number(isVisitor(b)) - Number(isVisitor(a))),
    ];
    for (const events of orders) expect((await play(events, true)).end).toEqual(straight.end);
  });
});
