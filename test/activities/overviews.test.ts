/** W3 on PostgreSQL: what a colleague's step reads of all records is as of its own instant, whatever has changed since. */
import { afterEach, expect, it } from 'vitest';
import type { RecordType, Traits } from '../../language/model.ts';
import { MAX_RELATED } from '../../language/records/relations.ts';
import { MINUTE, START, type Stage, startStage } from './stage.ts';

let stage: Stage;
afterEach(() => stage.close());

const SEGMENTS = {
  path: 'segments/of-overviews.yaml',
  text: 'subject: contact\nsegments:\n  reachable: has(contact.email)\n  doubled: contact.duplicates > 0\n',
};
const KIM = { type: 'colleague', id: 'kim' } as const;
const IDS = { contact: 'contactId', deal: 'dealId', ticket: 'ticketId', account: 'accountId' } as const;

const change = (type: RecordType, id: string, traits: Traits, at: number) =>
  stage.event('record.changed', { at, ids: { [IDS[type]]: id }, patches: [{ type, id, traits }] });

const start = async (...values: string[]) => {
  const steps = values.map((cel) => `  - { record: x, value: '${cel}' }\n`).join('');
  const text = `playbook: p\nsubject: colleague\ntrigger: { schedule: monday at "08:00" }\nagain: always\nsteps:\n${steps}`;
  stage = await startStage([SEGMENTS, { path: 'p.yaml', text }], { settings: { globalHoldoutPercent: 0 } });
  await stage.step(START + 10 * MINUTE);
};

/** What the steps record, one after the other. */
const recorded = async (count: number) => {
  const id = await stage.enrol('p', { subject: KIM, trigger: {} });
  for (let step = 0; step < count; step += 1) await stage.ask(id, { name: 'do', path: `steps.${step}` });
  return (await stage.rows<{ value: unknown }>('SELECT value FROM outcomes ORDER BY path')).map(({ value }) => value);
};

it('a colleague’s own records, everybody’s, and the share of them', async () => {
  await start('mine.reachable.map(c, c.id)', 'all.reachable.map(c, c.id)', 'share("reachable", "contacts")');
  await change('contact', 'a', { owner: 'kim', email: 'a@example.com' }, START - 3 * MINUTE);
  await change('contact', 'b', { owner: 'kim', name: 'Bob' }, START - 3 * MINUTE);
  await change('contact', 'c', { owner: 'max', email: 'c@example.com' }, START - 3 * MINUTE);
  await change('contact', 'd', { owner: 'kim', email: 'd@example.com' }, START - 3 * MINUTE);
  await change('contact', 'd', { owner: 'max' }, START - 2 * MINUTE);
  await change('contact', 'anon:v', { owner: 'kim', email: 'v@example.com' }, START - 2 * MINUTE);
  // All of this came behind the step.
  await change('contact', 'c', { owner: 'kim' }, START + MINUTE);
  await change('contact', 'b', { email: 'b@example.com' }, START + MINUTE);
  await change('contact', 'e', { owner: 'kim', email: 'e@example.com' }, START + MINUTE);
  expect((await recorded(3)).map((value) => value)).toEqual([['a'], ['a', 'c', 'd'], 3 / 4]);
});

it('contacts that are likely one person, in whatever way the same is written', async () => {
  await start('mine.doubled.map(c, [c.id, c.duplicates])');
  await change(
    'contact',
    'a',
    { owner: 'kim', email: ' Ann@Example.com ', phone: '+49 (30) 123 45 67' },
    START - MINUTE,
  );
  await change('contact', 'b', { email: 'ann@example.com' }, START - MINUTE);
  await change('contact', 'c', { phone: '0049301234567' }, START - MINUTE);
  await change('contact', 'd', { name: 'Dora  Diaz', accountId: 'acme' }, START - MINUTE);
  await change('contact', 'e', { name: 'dora diaz', accountId: 'acme', owner: 'kim' }, START - MINUTE);
  await change('contact', 'f', { name: 'Dora Diaz', accountId: 'other', owner: 'kim' }, START - MINUTE);
  // U+212A is a letter K, and becomes one when it is made small.
  await change('contact', 'g', { email: '\u212Aay@example.com', owner: 'kim' }, START - MINUTE);
  await change('contact', 'h', { email: 'kay@example.com' }, START - MINUTE);
  await change('contact', 'i', { phone: '12 34', owner: 'kim' }, START - MINUTE);
  await change('contact', 'j', { phone: '12-34' }, START - MINUTE);
  // Behind the step.
  await change('contact', 'f', { accountId: 'acme' }, START + MINUTE);
  expect(await recorded(1)).toEqual([
    [
      ['a', 2],
      ['e', 1],
      ['g', 1],
    ],
  ]);
});

it('more than 10,000 are not read, which the decision says', async () => {
  await start('size(mine.reachable)');
  await stage.database.pool.query(
    `INSERT INTO trait_writes (type, id, trait, at, received_at, arrival, value)
     SELECT 'contact', 'm' || n, 'owner', cuebook_instant(0), cuebook_instant(0), 0, '"kim"'
       FROM generate_series(1, ${MAX_RELATED + 1}) AS n`,
  );
  expect(await recorded(1)).toEqual([null]);
  const rows = await stage.rows<{ looked: { not_read?: string[] } }>('SELECT looked FROM decisions');
  expect(rows.flatMap(({ looked }) => looked.not_read ?? [])).toEqual([
    'kim owns more than 10000 contacts, and the list of them is not read',
  ]);
});

it('a trait of any length is stored, though an index looks at it', async () => {
  await start('size(mine.reachable)');
  const long = 'x'.repeat(20_000);
  await change('contact', 'a', { owner: long, phone: long, email: long }, START - MINUTE);
  expect(await recorded(1)).toEqual([0]);
});
