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
    for (const write of writes) await mergePatches(database.pool, [write]);
    await mergePatches(database.pool, [{ ...patch('late', { email: 'late.old@example.com' }), ...at(3) }]);
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
});
