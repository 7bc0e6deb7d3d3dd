/** What an operator sees of messages that wait for their provider, and does with them (P5). */
import { describe, expect, it } from 'vitest';
import { dropMessages, retryMessages } from '../../store/journeys/operate-messages.ts';
import { readBacklog } from '../../store/reports/totals.ts';
import { readTroubledMessages } from '../../store/reports/troubled-messages.ts';
import { refusing } from '../mail/servers.ts';
import { effects, mail, messages, SEND, server, stage, start, trigger } from './mail-stage.ts';
import { SECOND, START } from './stage.ts';

/** So many mails that wait, of one playbook. */
async function waiting(count: number) {
  const later = await server(refusing('data', 451, '4.3.0 try later'));
  const { others, mailerTo, enrol } = await start(SEND('transactional'));
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const id = await enrol('p', { trigger, key: String(n) });
    expect(await others({ mailer: mailerTo(later.url) }).ask(id, mail)).toMatchObject({ go: 'again' });
    ids.push(id);
  }
  return ids;
}
const listed = (filter = {}) => readTroubledMessages(stage.database, { most: 50, ...filter });
const inputs = () => stage.rows('SELECT enrolment_id, kind, path FROM journey_inputs ORDER BY enrolment_id');

describe('a message that waits', () => {
  it('is listed with its reason, its tries and the next one, and counted', async () => {
    const [enrolment] = await waiting(1);
    expect(await listed()).toMatchObject([
      {
        status: 'waiting',
        playbook: 'p',
        enrolment,
        path: 'steps.0',
        template: 'hello',
        messageClass: 'transactional',
        recipients: ['ada'],
        reason: 'smtp-451-4.3.0',
        wait: { since: START + 1, tries: 1, nextAt: START + 1 + 10 * SECOND },
      },
    ]);
    expect((await readBacklog(stage.database)).waitingMessages).toBe(1);
  });

  it('is found by status, playbook and reason, a page at a time', async () => {
    await waiting(5);
    const all = (await listed()).map(({ id }) => id);
    expect(all).toHaveLength(5);
    const first = (await listed({ most: 2 })).map(({ id }) => id);
    const second = (await listed({ most: 3, after: first[1] })).map(({ id }) => id);
    expect([...first, ...second]).toEqual(all);
    expect(await listed({ status: 'unknown' })).toEqual([]);
    expect(await listed({ status: 'waiting', playbook: 'p', reason: 'smtp-451-4.3.0' })).toHaveLength(5);
    expect(await listed({ playbook: 'q' })).toEqual([]);
    expect(await listed({ reason: 'connection' })).toEqual([]);
  });

  it('is tried at once when an operator says so: its journey is told to look', async () => {
    const [enrolment] = await waiting(1);
    const { id } = (await listed())[0]!;
    expect(await stage.ask(enrolment!, mail)).toMatchObject({ go: 'again' });
    expect(await retryMessages(stage.database, [id, 'none'])).toEqual([id]);
    expect(await inputs()).toEqual([{ enrolment_id: enrolment, kind: 'look', path: 'steps.0' }]);
    expect(await stage.ask(enrolment!, mail)).toMatchObject({ go: 'next' });
    expect(stage.mails).toHaveLength(1);
    expect(await listed()).toEqual([]);
    expect(await retryMessages(stage.database, [id])).toEqual([]);
  });

  it('is dropped when an operator says so: refused, nothing is sent, and the journey goes on', async () => {
    const [enrolment] = await waiting(1);
    const { id } = (await listed())[0]!;
    expect(await dropMessages(stage.database, [id])).toEqual([id]);
    expect(await effects()).toMatchObject([{ status: 'refused', reason: 'dropped' }]);
    expect(await messages()).toEqual([{ status: 'refused', error: 'dropped' }]);
    expect(await inputs()).toHaveLength(1);
    expect(await stage.ask(enrolment!, mail)).toEqual({ go: 'next' });
    expect(stage.mails).toEqual([]);
    expect(await stage.rows('SELECT context FROM step_answers')).toEqual([
      { context: { status: 'refused', reason: 'dropped' } },
    ]);
    expect(await stage.rows(`SELECT verdict FROM decisions WHERE verdict LIKE 'refused%'`)).toEqual([
      { verdict: 'refused: dropped' },
    ]);
  });
});

describe('a message that failed for good', () => {
  it('is listed as that, and cannot be tried again: its journey is over', async () => {
    const no = await server(refusing('data', 554, '5.6.0 no such content'));
    const { others, mailerTo, enrol } = await start(SEND('transactional'));
    await others({ mailer: mailerTo(no.url) }).ask(await enrol('p', { trigger }), mail);
    const found = await listed({ status: 'failed' });
    expect(found).toMatchObject([{ status: 'failed', reason: 'smtp-554-5.6.0', wait: null }]);
    expect(await retryMessages(stage.database, [found[0]!.id])).toEqual([]);
    expect(await dropMessages(stage.database, [found[0]!.id])).toEqual([]);
  });
});
