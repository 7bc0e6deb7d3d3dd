/** E8: a step reads lists of records as they stood at its own place, whoever has come, gone or changed since. */
import { afterEach, expect, it } from 'vitest';
import type { Traits } from '../../language/model.ts';
import { MAX_RELATED } from '../../language/records/relations.ts';
import { MINUTE, START, type Stage, startStage } from './stage.ts';

let stage: Stage;
afterEach(() => stage.close());

const ticket = (id: string, traits: Traits, at: number) =>
  stage.event('ticket.changed', { at, ids: { ticketId: id }, patches: [{ type: 'ticket', id, traits }] });
const title = '{{#each account.tickets}}{{id}}:{{status}} {{/each}}';
const start = async (step: string) => {
  stage = await startStage([{ path: 'p.yaml', text: `playbook: p\ntrigger: { event: a }\nsteps:\n  - ${step}\n` }], {
    settings: { globalHoldoutPercent: 0 },
  });
  await stage.record('contact', 'ada', { accountId: 'acme' });
  await stage.step(START + 10 * MINUTE);
};

it('in its texts', async () => {
  await start(`{ task: "${title}", assign: kim, due: 1d }`);
  await ticket('t1', { accountId: 'acme', status: 'open' }, START - 3 * MINUTE);
  await ticket('t2', { accountId: 'acme', status: 'open' }, START - 2 * MINUTE);
  await ticket('t3', { accountId: 'other', status: 'open' }, START - 2 * MINUTE);
  await ticket('t2', { status: 'solved' }, START - MINUTE);
  const id = await stage.enrol('p');
  // All of this came behind the step.
  await ticket('t1', { accountId: 'other' }, START + MINUTE);
  await ticket('t3', { accountId: 'acme' }, START + MINUTE);
  await ticket('t2', { status: 'open' }, START + MINUTE);
  await stage.ask(id, { name: 'do', path: 'steps.0' });
  const [task] = await stage.rows<{ title: string }>('SELECT title FROM tasks');
  expect(task?.title.trim()).toBe('t1:open t2:solved');
});

it('and not at all where a list has more than 10,000, which its decision says', async () => {
  await start('{ if: account.tickets.size() > 0, then: [{ record: some }], else: [{ record: none }] }');
  await stage.database.pool.query(
    `INSERT INTO trait_writes (type, id, trait, at, received_at, arrival, value)
     SELECT 'ticket', 'm' || n, 'accountId', cuebook_instant(0), cuebook_instant(0), 0, '"acme"'
       FROM generate_series(1, ${MAX_RELATED + 1}) AS n`,
  );
  const id = await stage.enrol('p');
  expect(await stage.ask(id, { name: 'choose', path: 'steps.0' })).toMatchObject({ arm: 1 }); // its `else`
  const [decision] = await stage.rows<{ looked: { not_read: string[] } }>(
    `SELECT looked FROM decisions WHERE kind = 'branch'`,
  );
  expect(decision?.looked.not_read).toEqual([
    expect.stringContaining('account.tickets of acme has more than 10000 records'),
  ]);
});
