/** E6, E8: what names a contact's id that is another's by now is consumed for that other, by whichever way it names it. */
import { expect, it } from 'vitest';
import type { Evaluation, SentEvent } from '../../support/evaluation.ts';
import { at, cart, firings, known, standing } from '../visitors.ts';
import { endsOf, othersThan, type Story } from './arrivals.ts';

const clock = { from: at('08:00'), now: at('12:00'), until: at('12:10') };

const says = (time: string, contactId: string, traits: { [name: string]: string }): SentEvent => ({
  name: 'identify',
  kind: 'identify',
  id: `says-${time}`,
  at: at(time),
  ids: { contactId },
  patches: [{ type: 'contact', id: contactId, traits }],
});
const alias: SentEvent = {
  name: 'alias',
  kind: 'alias',
  id: 'alias',
  at: at('09:30'),
  ids: { contactId: 'ada' },
  properties: { previousId: 'kay' },
};
const ticket: SentEvent = {
  name: 'ticket.created',
  id: 'created',
  at: at('10:00'),
  ids: { ticketId: 't' },
  patches: [{ type: 'ticket', id: 't', traits: { contactId: 'kay' } }],
};
const of = (subject: string, event: string, more = '') => ({
  path: `${subject}-${event.replace('.', '-')}.yaml`,
  text: `playbook: ${subject}-${event.replace('.', '-')}\nsubject: ${subject}\ntrigger: { event: ${event} }\nagain: always\n${more}steps: [{ wait: 2d }, { record: seen }]\n`,
});

/** What is so, and what is left over: nothing waits. */
const andNothingWaits = (read: Story['read']) => async (evaluation: Evaluation) => {
  const { rows } = await evaluation.database.pool.query(
    'SELECT e.message_id AS id FROM pending_events p JOIN events e USING (arrival)',
  );
  return [...(await read(evaluation)), ...rows.map(({ id }) => `${id} waits`)];
};

it('a ticket that names the old id: for the heir', async () => {
  const story = {
    files: [of('contact', 'ticket.created')],
    clock,
    events: [says('09:00', 'ada', { plan: 'pro' }), alias, ticket],
    read: andNothingWaits(firings),
  };
  const wanted = ['10:00 contact-ticket-created ada enrolled'];
  expect(await othersThan(story, wanted)).toEqual({});
});

it('a watch that the old id opened and the ticket closes, or its deadline', async () => {
  const opened = known('cart.updated', '09:45', 'kay');
  const fired = { files: [cart()], clock, events: [alias, opened], read: andNothingWaits(firings) };
  expect(await othersThan(fired, ['10:45 cart ada enrolled'])).toEqual({});
  const bought = { ...ticket, name: 'order.completed' };
  const closed = { ...fired, events: [alias, opened, bought], read: andNothingWaits(standing) };
  expect(await othersThan(closed, [])).toEqual({});
});

it('a goal and an exit that came under the old id', async () => {
  const read = async ({ database }: Evaluation) => {
    const { rows } = await database.pool.query(
      `SELECT e.subject_id AS who, e.goal_event AS goal, i.kind, i.event FROM enrolments e
         LEFT JOIN journey_inputs i ON i.enrolment_id = e.id ORDER BY 1`,
    );
    return rows.map(({ who, goal, kind, event }) => `${who} ${goal ?? '-'} ${kind} ${event}`);
  };
  const files = [of('contact', 'viewed', 'goal: { event: ticket.created, within: 7d }\n')];
  const events = [known('viewed', '09:00', 'ada'), alias, ticket];
  const story = { files, clock, events, read: andNothingWaits(read) };
  // An enrolment that begins last finds the goal on the timeline, when its next step is taken (S19).
  const seen = async (one: Story) => {
    const ends = Object.entries(await endsOf(one));
    const told = ends.filter(([came]) => came === 'all at once' || !/viewed\S+$/.test(came));
    return new Set(told.map(([, end]) => end.join()));
  };
  expect(await seen(story)).toEqual(new Set(['ada created goal created']));
  const exits = [of('contact', 'viewed', 'exit_on: [order.completed]\n')];
  const left = [known('viewed', '09:00', 'ada'), alias, known('order.completed', '10:00', 'kay')];
  const wanted = new Set(['ada - exit order.completed-10:00-kay']);
  expect(await seen({ ...story, files: exits, events: left })).toEqual(wanted);
});
