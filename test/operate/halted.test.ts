/** N6: what journeys of a halted playbook would do is held, and done at the resume if it still applies. */
import { describe, expect, it } from 'vitest';
import { changeStatus, type PlaybookStatus, releaseEffects } from '../../store/deployments/playbook-status.ts';
import { ADA, effects, mail, SEND, stage, start, trigger } from '../activities/mail-stage.ts';
import { HOUR, MINUTE, START } from '../activities/stage.ts';

const say = (status: PlaybookStatus) => changeStatus(stage.database, { playbook: 'p', status, by: 'kim' });
const held = () => stage.rows('SELECT enrolment_id, path, playbook FROM halted_effects');
const inputs = () => stage.rows('SELECT enrolment_id, kind, path FROM journey_inputs');
const told = () => stage.rows('SELECT kind, path, verdict, looked FROM decisions ORDER BY id');

describe('a mail of a halted playbook', () => {
  it('is held, told once, and claims nothing', async () => {
    const { enrol, ask } = await start(SEND('transactional'));
    const id = await enrol('p', { trigger });
    expect(await say('halted')).toMatchObject({ was: 'active', openEnrolments: 1 });
    for (let tries = 0; tries < 2; tries++) {
      expect(await ask(id, mail)).toEqual({ go: 'again', until: START + 1 + 15 * MINUTE });
    }
    expect(await held()).toEqual([{ enrolment_id: id, path: 'steps.0', playbook: 'p' }]);
    expect(await told()).toEqual([{ kind: 'gate', path: 'steps.0', verdict: 'held', looked: { held: 'halted' } }]);
    expect(await effects()).toEqual([]);
    expect(stage.mails).toEqual([]);
  });

  it('is sent at the resume: its journey is told to look, and the delay moves its instant', async () => {
    const { enrol, ask, step } = await start(SEND('transactional'));
    const id = await enrol('p', { trigger });
    await say('halted');
    await ask(id, mail);
    await step(START + 2 * HOUR);
    expect(await say('active')).toEqual({ was: 'halted', openEnrolments: 1, released: 1 });
    expect(await inputs()).toEqual([{ enrolment_id: id, kind: 'look', path: 'steps.0' }]);
    expect(await held()).toEqual([]);
    expect(await ask(id, mail)).toEqual({ go: 'next', at: START + 2 * HOUR });
    expect(stage.mails).toHaveLength(1);
    expect(await stage.rows("SELECT looked ->> 'delayed_ms' AS late FROM decisions WHERE kind = 'effect'")).toEqual([
      { late: String(2 * HOUR) },
    ]);
  });

  it('goes on when the halt becomes a pause: journeys of paused playbooks do what they do', async () => {
    const { enrol, ask } = await start(SEND('transactional'));
    const id = await enrol('p', { trigger });
    await say('halted');
    await ask(id, mail);
    expect(await say('paused')).toMatchObject({ released: 1 });
    expect(await ask(id, mail)).toMatchObject({ go: 'next' });
  });

  it('passes the gates as of the resume: who withdrew consent meanwhile gets none', async () => {
    const { enrol, ask, record } = await start(SEND('marketing'));
    const id = await enrol('p', { trigger });
    await say('halted');
    await ask(id, mail);
    await record('contact', 'ada', { ...ADA, consent: { marketing: false } });
    await say('active');
    await ask(id, mail);
    expect(await effects()).toMatchObject([{ status: 'refused', reason: 'consent' }]);
  });

  it('is not sent when a goal came meanwhile: the journey ends, held or not', async () => {
    const { enrol, ask, event } = await start(SEND('transactional'), { head: 'goal: { event: order.completed }' });
    const id = await enrol('p', { trigger });
    await say('halted');
    await ask(id, mail);
    await event('order.completed', { at: START + 1 });
    const finish = { name: 'finish', path: 'finish', ending: { outcome: 'converted', reason: 'goal' } } as const;
    expect(await ask(id, mail)).toMatchObject({ go: 'end', ending: { outcome: 'converted' } });
    expect(await ask(id, finish)).toEqual({ go: 'ended', outcome: 'converted' });
    expect(await held()).toEqual([]);
    expect(await say('active')).toMatchObject({ released: 0 });
    expect(stage.mails).toEqual([]);
  });

  it('is let go by whoever looks next where the resume died before it could', async () => {
    const { enrol, ask, database } = await start(SEND('transactional'));
    const id = await enrol('p', { trigger });
    await say('halted');
    await ask(id, mail);
    expect(await releaseEffects(database)).toBe(0);
    await database.pool.query("UPDATE playbook_statuses SET status = 'active'");
    expect(await releaseEffects(database)).toBe(1);
    expect(await inputs()).toHaveLength(1);
    expect(await releaseEffects(database)).toBe(0);
  });
});

it('waits and branches of a halted playbook go on: they are no effects', async () => {
  const { enrol, ask } = await start(
    "  - wait: 1h\n  - choose:\n      - { if: contact.name == 'Ada', then: [{ record: hello }] }",
  );
  const id = await enrol('p', { trigger });
  await say('halted');
  expect(await ask(id, { name: 'pause', path: 'steps.0' })).toMatchObject({ go: 'sleep', until: START + HOUR });
  expect(await ask(id, { name: 'choose', path: 'steps.1' })).toEqual({ go: 'arm', arm: 0 });
  expect(await ask(id, { name: 'do', path: 'steps.1.arms.0.0' }).catch(String)).toBeDefined();
});
