/** E8 in the evaluator: lists of records, relations that move, and whom a late change of a record concerns. */
import { afterEach, describe, expect, it } from 'vitest';
import { MAX_RELATED } from '../../language/records/relations.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { type Evaluation, type SentEvent, startEvaluation } from '../support/evaluation.ts';

const playbook = (name: string, text: string) => ({
  path: `${name}.yaml`,
  text: `playbook: ${name}\n${text}\nagain: always\nsteps: [{ record: x }]\n`,
});
const open = 'account.tickets.exists(t, t.status == "open")';
const asks = playbook('p', `trigger: { event: ask, where: '${open}' }`);

let evaluation: Evaluation;
const start = async (...playbooks: { path: string; text: string }[]) => {
  evaluation = await startEvaluation('2026-03-02T10:00:00.000Z', playbooks);
  return evaluation;
};
const at = (time: string) => `2026-03-02T${time}:00.000Z`;
const firedAt = async (name = 'p') =>
  (await evaluation.firings()).filter((firing) => firing.playbook === name).map((firing) => firing.at.slice(11, 16));
/** What the ingest makes of `properties.ticket: {…}`. */
const ticket = (
  id: string,
  traits: { [name: string]: string | number | null },
  more: Partial<SentEvent> = {},
): SentEvent => ({
  name: 'ticket.changed',
  ids: { ticketId: id },
  patches: [{ type: 'ticket', id, traits }],
  ...more,
});
const joined: SentEvent = {
  name: 'joined',
  kind: 'identify',
  patches: [{ type: 'contact', id: 'ada', traits: { accountId: 'acme' } }],
};
afterEach(() => evaluation.close());

describe('lists of records in the store (E8)', () => {
  it('show what was there, what the same batch brings, and what moved away', async () => {
    const { send, step } = await start(asks);
    await send(joined, { name: 'ask' }, ticket('t1', { accountId: 'acme', status: 'open' }), { name: 'ask' });
    await step(at('10:30'));
    expect(await firedAt()).toEqual(['10:00']);
    await send({ name: 'ask' });
    await step(at('11:00'));
    expect(await firedAt()).toEqual(['10:00', '10:30']);
    await send(ticket('t1', { accountId: 'other' }), { name: 'ask' });
    await step(at('11:30'));
    await send(ticket('t1', { accountId: 'acme' }), ticket('t1', { status: 'solved' }), { name: 'ask' });
    await step(at('12:00'));
    expect(await firedAt()).toEqual(['10:00', '10:30']);
  });

  it('are found by a number as by the text of its digits', async () => {
    const { send, step } = await start(asks);
    const seventeen = { contactId: 'ada', accountId: 17 };
    await send(ticket('t1', { ...seventeen, status: 'open' }), {
      ...joined,
      patches: [{ type: 'contact', id: 'ada', traits: { accountId: '17' } }],
    });
    await step(at('10:30'));
    await send({ name: 'ask' });
    await step(at('11:00'));
    expect(await firedAt()).toEqual(['10:30']);
    // The ticket's own events stand on the timelines of both whom it names.
    const { rows } = await evaluation.database.pool.query(
      `SELECT DISTINCT subject_type AS type, subject_id AS id FROM timeline ORDER BY 1, 2`,
    );
    expect(rows).toContainEqual({ type: 'account', id: '17' });
  });

  it('are read by a late event as they stood at its place, whoever has come and gone since', async () => {
    const { send, step } = await start(asks);
    await send(joined, ticket('t1', { accountId: 'acme', status: 'open' }));
    await step(at('11:00'));
    await send(ticket('t1', { accountId: 'other' }));
    await step(at('11:30'));
    await send(ticket('t1', { accountId: 'acme', status: 'solved' }), { name: 'ask' });
    await step(at('12:00'));
    expect(await firedAt()).toEqual([]);
    await send({ name: 'ask', at: at('10:30') }, { name: 'ask', at: at('11:10') });
    await step(at('12:30'));
    expect(await firedAt()).toEqual(['10:30']);
  });

  it('beyond 10,000 records are not read, and operators are told', async () => {
    const { send, step, database } = await start(asks);
    await database.pool.query(
      `INSERT INTO tickets (id, traits, account_id, created_at, updated_at)
       SELECT 'm' || n, '{"accountId":"acme","status":"open"}', 'acme', cuebook_now(), cuebook_now()
         FROM generate_series(1, ${MAX_RELATED + 1}) AS n`,
    );
    await send(joined, { name: 'ask' });
    await step(at('10:30'));
    expect(await firedAt()).toEqual([]);
    const { rows } = await database.pool.query(
      `SELECT subject_type, subject_id, looked FROM decisions WHERE verdict = 'list_bound'`,
    );
    const looked = { list: 'account.tickets', at_most: MAX_RELATED };
    expect(rows).toContainEqual({ subject_type: 'account', subject_id: 'acme', looked });
  });
});

describe('an event that names a record (E8)', () => {
  const contacts = playbook('p', 'trigger: { event: ticket.changed }');
  const accounts = playbook('a', 'subject: account\ntrigger: { event: ticket.changed }');
  const tickets = playbook('t', 'subject: ticket\ntrigger: { event: ticket.changed }');
  const who = async () =>
    (
      await evaluation.database.pool.query('SELECT subject_type, subject_id, at FROM firings ORDER BY 1, 2, 3')
    ).rows.map((row) => `${row.subject_type}/${row.subject_id} ${isoInstant(row.at).slice(11, 16)}`);

  it('stands on the timelines of the ticket, and of the contact and account that its traits then name', async () => {
    const { send, step } = await start(contacts, accounts, tickets);
    await send(ticket('t1', { contactId: 'ada', accountId: 'acme' }));
    await step(at('11:00'));
    expect(await who()).toEqual(['account/acme 10:00', 'contact/ada 10:00', 'ticket/t1 10:00']);
    // After its own traits are merged: whom they named before is not concerned.
    await send(ticket('t1', { contactId: 'bob', accountId: null }));
    await step(at('12:00'));
    expect(await who()).toEqual([
      'account/acme 10:00',
      'contact/ada 10:00',
      'contact/bob 11:00',
      'ticket/t1 10:00',
      'ticket/t1 11:00',
    ]);
  });

  it('and is late stands where the record stood then, whoever has it by now', async () => {
    const { send, step } = await start(contacts);
    await send(ticket('t1', { contactId: 'ada' }));
    await step(at('11:00'));
    await send(ticket('t1', { contactId: 'bob' }));
    await step(at('12:00'));
    await send(ticket('t1', {}, { at: at('10:30') }), ticket('t1', {}, { at: at('11:30') }));
    await step(at('12:01'));
    // A late move counts for the late events behind it, up to the next that is known.
    await send(ticket('t1', { contactId: 'cy' }, { at: at('10:40') }), ticket('t1', {}, { at: at('10:50') }));
    await step(at('12:02'));
    await send(ticket('t1', {}, { at: at('10:55') }), ticket('t1', {}, { at: at('11:45') }));
    await step(at('12:03'));
    expect(await who()).toEqual([
      'contact/ada 10:00',
      'contact/ada 10:30',
      'contact/bob 11:00',
      'contact/bob 11:30',
      'contact/bob 11:45',
      'contact/cy 10:40',
      'contact/cy 10:50',
      'contact/cy 10:55',
    ]);
  });

  it('that is late changes what comes on its own timelines, and nothing elsewhere', async () => {
    const reads = playbook('c', `trigger: { event: ask, where: 'account.tier == "gold"' }`);
    const same = playbook('t', `subject: ticket\ntrigger: { event: ticket.asked, where: 'ticket.priority == "high"' }`);
    const { send, step } = await start(reads, same);
    const asked: SentEvent = { name: 'ticket.asked', ids: { ticketId: 't1' } };
    await send(joined, ticket('t1', { accountId: 'acme' }));
    await step(at('11:00'));
    await send({ name: 'ask' }, asked);
    await step(at('12:00'));
    const gold = { type: 'account' as const, id: 'acme', traits: { tier: 'gold' } };
    await send(
      { name: 'told', kind: 'group', ids: { accountId: 'acme' }, patches: [gold], at: at('10:30') },
      ticket('t1', { priority: 'high' }, { at: at('10:30') }),
    );
    await step(at('12:30'));
    expect(await firedAt('t')).toEqual(['11:00']);
    expect(await firedAt('c')).toEqual([]);
    // What comes behind reads it.
    await send({ name: 'ask' });
    await step(at('13:00'));
    expect(await firedAt('c')).toEqual(['12:30']);
  });
});

describe("another record's traits (T0)", () => {
  const gold = playbook('gold', `trigger: { event: ask, where: account.tier == "gold" }`);
  const tier = (value: string, time: string): SentEvent => ({
    name: 'account.changed',
    ids: { accountId: 'acme' },
    at: at(time),
    patches: [{ type: 'account', id: 'acme', traits: { tier: value } }],
  });

  it('are read as they stood at the place of an event that is in order for its own subject', async () => {
    const { send, step } = await start(gold);
    await send(joined, tier('gold', '10:00'));
    await step(at('11:00'));
    await send(tier('silver', '10:45'));
    await step(at('11:05'));
    await send({ name: 'ask', at: at('10:40') }, { name: 'ask', at: at('10:50') });
    await step(at('11:10'));
    expect(await firedAt('gold')).toEqual(['10:40']);
  });

  it('are read so within one batch, too', async () => {
    const watch = playbook(
      'watch',
      `trigger: { event: ask, unless: order, within: 30m }\naudience: account.tier == "gold"`,
    );
    const { send, step, firings } = await start(watch);
    await send(joined, tier('gold', '10:00'));
    await step(at('11:30'));
    await send({ name: 'ask', at: at('10:10') }, tier('silver', '10:45'));
    await step(at('11:31'));
    expect(await firedAt('watch')).toEqual(['10:40']);
    expect((await firings()).map(({ status }) => status)).toEqual(['enrolled']);
  });
});
