/** P3: a bounce holds for the address that its contact had then, live and in whatever order it is told. */
import { describe, expect, it } from 'vitest';
import type { Traits } from '../../language/model.ts';
import { mergePatches } from '../../store/records/records.ts';
import { mail, SEND, start, trigger } from '../activities/mail-stage.ts';
import { DAY, HOUR, START } from '../activities/stage.ts';

describe('an address that mails came back from (P3)', () => {
  const at = (hours: number) => ({
    at: START - DAY + hours * HOUR,
    receivedAt: START - DAY + hours * HOUR,
    arrival: hours,
  });
  const patch = (id: string, traits: Traits) => ({ patch: { type: 'contact' as const, id, traits } });
  const bounced = { suppression_bounced: true };

  it('is written to no more, whoever has it; who is given another is', async () => {
    const { askAll, enrol, database, rows } = await start(SEND('transactional'));
    const writes = [
      { ...patch('corrected', { email: 'old@example.com' }), ...at(1) },
      { ...patch('corrected', bounced), ...at(2) },
      { ...patch('corrected', { email: 'new@example.com' }), ...at(3) },
      { ...patch('heir', { email: ' OLD@example.com' }), ...at(4) },
      { ...patch('back', { email: 'one@example.com' }), ...at(1) },
      { ...patch('back', bounced), ...at(2) },
      { ...patch('back', { email: 'two@example.com' }), ...at(3) },
      { ...patch('back', bounced), ...at(4) },
      { ...patch('back', { email: 'one@example.com' }), ...at(5) },
      { ...patch('late', { email: 'late.first@example.com' }), ...at(1) },
      { ...patch('late', bounced), ...at(4) },
      { ...patch('late', { email: 'late.new@example.com' }), ...at(5) },
      { ...patch('nowhere', bounced), ...at(1) },
      { ...patch('nowhere', { email: 'nowhere@example.com' }), ...at(2) },
    ];
    // One by one, and then, as a late event brings it, what the address was when the mail came back.
    for (const [n, write] of writes.entries()) await mergePatches(database.pool, [{ ...write, arrival: n + 1 }]);
    await mergePatches(database.pool, [
      { ...patch('late', { email: 'late.old@example.com' }), ...at(3), arrival: 100 },
    ]);
    const ids: string[] = [];
    for (const id of ['back', 'corrected', 'heir', 'late', 'nowhere'])
      ids.push(await enrol('p', { trigger, subject: { type: 'contact', id } }));
    await askAll(ids.map((id) => ({ id, command: mail })));
    expect(await rows(`SELECT contact_id, status FROM messages ORDER BY 1`)).toEqual([
      { contact_id: 'back', status: 'refused' },
      { contact_id: 'corrected', status: 'sent' },
      { contact_id: 'heir', status: 'refused' },
      { contact_id: 'late', status: 'sent' },
      { contact_id: 'nowhere', status: 'sent' },
    ]);
    expect(
      await rows(
        `SELECT id, traits->>'suppression_bounced' AS address FROM contacts WHERE traits ? 'suppression_bounced' ORDER BY 1`,
      ),
    ).toEqual([
      { id: 'back', address: 'two@example.com' },
      { id: 'corrected', address: 'old@example.com' },
      { id: 'late', address: 'late.old@example.com' },
    ]);
  });

  /** The bounce's address by contact, as the records have it. */
  const addresses = `SELECT id, traits->>'suppression_bounced' AS address FROM contacts
    WHERE traits ? 'suppression_bounced' ORDER BY 1`;

  it('is the one of the bounce`s own place, however late that is told', async () => {
    const { database, rows } = await start(SEND('transactional'));
    for (const write of [
      { ...patch('ada', { email: 'old@example.com' }), ...at(1) },
      { ...patch('ada', { email: 'new@example.com' }), ...at(3) },
      { ...patch('ada', bounced), ...at(2) },
      { ...patch('bea', { email: 'first@example.com' }), ...at(1) },
      { ...patch('bea', { email: 'second@example.com' }), ...at(3) },
      { ...patch('bea', bounced), ...at(4) },
      // Both come late: the address between the two, and a bounce between those.
      { ...patch('bea', { email: 'between@example.com' }), ...at(2) },
    ])
      await mergePatches(database.pool, [write]);
    expect(await rows(addresses)).toEqual([
      { id: 'ada', address: 'old@example.com' },
      { id: 'bea', address: 'second@example.com' },
    ]);
  });

  it('is that of whom the bounce was told, with what had been merged into that one; along a chain of merges', async () => {
    const { database, rows } = await start(SEND('transactional'));
    const via = (hours: number) => ({ ...at(hours), round: 0, phase: 'events' as const });
    const brought = (id: string, of: string, merge: number) => ({ id, of, via: via(merge) });
    /** The same write on the record of whoever it is told of, and on those of whom that one is merged into. */
    const told = (traits: Traits, id: string, hours: number, heirs: ReturnType<typeof brought>[] = []) => [
      { ...patch(id, traits), ...at(hours) },
      ...heirs.map(({ id: heir, ...more }) => ({ ...patch(heir, traits), ...at(hours), ...more })),
    ];
    const one = [brought('two', 'one', 5), brought('three', 'one', 10)];
    const two = [brought('three', 'two', 10)];
    const three = { ...patch('three', { email: 'three@example.com' }), ...at(4) };
    await mergePatches(database.pool, [three, ...told({ email: 'one@example.com' }, 'one', 1, one)]);
    await mergePatches(database.pool, told(bounced, 'two', 6, two));
    expect(await rows(addresses)).toEqual([
      { id: 'three', address: 'one@example.com' },
      { id: 'two', address: 'one@example.com' },
    ]);
    // An address of the second's own that comes late: the bounce was of that one.
    await mergePatches(database.pool, told({ email: 'two@example.com' }, 'two', 3, two));
    expect(await rows(addresses)).toEqual([
      { id: 'three', address: 'two@example.com' },
      { id: 'two', address: 'two@example.com' },
    ]);
  });
});
