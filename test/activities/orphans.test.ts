/** Claims that a crash left, of journeys that a goal or an exit has ended meanwhile (P4). */
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { recoverOrphanedClaims } from '../../activities/deliver.ts';
import type { DeliveryStatus } from '../../activities/mail/delivery-status.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
afterEach(() => stage.close());

const log = pino({ level: 'silent' });
const mail = { name: 'do', path: 'steps.0', leaves: true } as const;
const ending = { outcome: 'converted', reason: 'goal' } as const;
const finish = { name: 'finish', path: 'finish', ending } as const;

/** Somebody whose mail was handed over, and then the process died, and then they bought. */
async function endedAfterACrash(messageClass: string): Promise<void> {
  const steps = `  - send: email\n    template: hello\n    class: ${messageClass}\n`;
  stage = await startStage(
    [
      { path: 'templates/hello.txt', text: '---\nsubject: Hello\n---\nHello\n' },
      { path: 'p.yaml', text: `playbook: p\ntrigger: { event: cart.updated }\nsteps:\n${steps}` },
    ],
    { settings: { caps: {}, quietHours: { startMinute: 0, endMinute: 0 } } },
  );
  const { record, enrol, rows, ask } = stage;
  await record('contact', 'ada', { name: 'Ada', email: 'ada@example.com', consent: { marketing: true } });
  const id = await enrol('p');
  await rows(`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'died'; END $$`);
  await rows(
    `CREATE TRIGGER dies BEFORE UPDATE ON effects FOR EACH ROW WHEN (OLD.status = 'claimed') EXECUTE FUNCTION die()`,
  );
  await expect(ask(id, mail)).rejects.toThrow('died');
  await rows('DROP TRIGGER dies ON effects');
  expect(await ask(id, finish)).toEqual({ go: 'ended', outcome: 'converted' });
}

const settle = (answer?: DeliveryStatus) => {
  const { database } = stage;
  return recoverOrphanedClaims({ database, log, ...(answer !== undefined && { ask: async () => answer }) });
};
const leaseOver = () => stage.rows(`UPDATE effects SET lease_until = clock_timestamp() - interval '1 second'`);
const effects = () => stage.rows(`SELECT status, reason FROM effects WHERE kind = 'send'`);
const messages = () => stage.rows('SELECT status, error FROM messages');

describe('a claim that a crash left is not forgotten when its journey ends', () => {
  it('is left alone while its lease runs: whoever has it may live', async () => {
    await endedAfterACrash('marketing');
    expect(await settle()).toBe(0);
    expect(await effects()).toEqual([{ status: 'claimed', reason: null }]);
  });

  it('then stands as unknown, and nothing is sent', async () => {
    await endedAfterACrash('marketing');
    await leaseOver();
    expect(await settle()).toBe(1);
    expect(await effects()).toEqual([{ status: 'unknown', reason: 'crash' }]);
    expect(await messages()).toEqual([{ status: 'unknown', error: 'crash' }]);
    expect(await settle()).toBe(0);
    expect(stage.mails).toHaveLength(1);
  });

  it('also where a mail would be sent again: its journey is over', async () => {
    await endedAfterACrash('transactional');
    await leaseOver();
    expect(await settle()).toBe(1);
    expect(await effects()).toEqual([{ status: 'unknown', reason: 'crash' }]);
    expect(stage.mails).toHaveLength(1);
  });

  it('is done where the provider says that it has the mail', async () => {
    await endedAfterACrash('marketing');
    await leaseOver();
    expect(await settle('taken')).toBe(1);
    expect(await effects()).toEqual([{ status: 'done', reason: null }]);
    expect(await messages()).toEqual([{ status: 'sent', error: null }]);
  });

  it('and refused where it says that it does not: nothing is sent behind an ending', async () => {
    await endedAfterACrash('transactional');
    await leaseOver();
    expect(await settle('not-taken')).toBe(1);
    expect(await effects()).toEqual([{ status: 'refused', reason: 'ended' }]);
    expect(await stage.rows('SELECT outcome FROM enrolments')).toEqual([{ outcome: 'converted' }]);
    expect(stage.mails).toHaveLength(1);
  });
});
