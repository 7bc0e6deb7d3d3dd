/** S11: what colleagues are told by a digest; in virtual time, and on PostgreSQL and SMTP. */
import { simpleParser } from 'mailparser';
import { afterEach, describe, expect, it } from 'vitest';
import { runTest } from '../../simulate/tests/playbook-tests.ts';
import { dropMessages, retryMessages } from '../../store/journeys/operate-messages.ts';
import { readBacklog } from '../../store/reports/totals.ts';
import { readTroubledMessages } from '../../store/reports/troubled-messages.ts';
import { DAY, HOUR, MINUTE, START, type Stage, startStage } from '../activities/stage.ts';
import { runTwin } from '../activities/twin/twin.ts';
import { refusing } from '../mail/servers.ts';
import { compiled, day, play } from '../rules/play.ts';
import { sorted, virtualLines } from '../support/virtual-lines.ts';

const DIGEST = (who = 'kim', when = 'daily at "17:00"') => `trigger: { event: seen }
again: always
steps:
  - id: told
    notify: ${who}
    text: "{{ contact.name }} came"
    digest: ${when}
`;
const lines = (playbook: string, time = '10:00') =>
  play(playbook, { contact: { name: 'Ada' }, events: [[day(time), 'seen']] }).effects;

describe('a text for a digest', () => {
  it('says when it will be read: that time of the reader, and not the instant of the step itself', () => {
    expect(lines(DIGEST())).toEqual(['03-02 10:00 notify kim text: Ada came digest: 2026-03-02T16:00:00.000Z']);
    expect(lines(DIGEST(), '16:00')).toEqual([
      '03-02 16:00 notify kim text: Ada came digest: 2026-03-03T16:00:00.000Z',
    ]);
    expect(lines(DIGEST('kim', 'weekly'))[0]).toContain('digest: 2026-03-09T08:00:00.000Z');
  });

  it('stands in a test of its playbook with that instant, and live the same comes of it, and one mail', async () => {
    const { versions, tests, workspace } = compiled(`${DIGEST('[kim, max]')}tests:
  - it: gathers
    contact: { id: ada, name: Ada }
    events:
      - { at: 2026-03-02T10:00:00Z, event: seen }
      - { at: 2026-03-02T11:00:00Z, event: seen }
    expect:
      - { notify: [kim, max], text: Ada came, digest: 2026-03-02T16:00:00.000Z }
      - { outcome: completed }
      - { notify: [kim, max], text: Ada came, digest: 2026-03-02T16:00:00.000Z }
      - { outcome: completed }
`);
    const [version] = versions;
    const test = tests.get('p')![0]!;
    expect(runTest(version!, test, workspace.people).faults).toEqual([]);
    const { lines: virtual } = virtualLines(version!, test, workspace.people);
    const twin = await runTwin(version!, test, workspace.people, Date.parse('2026-03-03T10:00:00Z'));
    expect(sorted(twin.lines)).toEqual(sorted(virtual));
    // One to each of the two, of both journeys.
    expect(twin.mails).toHaveLength(2);
  }, 60_000);
});

describe('a digest', { timeout: 60_000 }, () => {
  let stage: Stage;
  afterEach(() => stage.close());
  const PLAYBOOK = (steps = '  - wait: 30d\n') => ({
    path: 'p.yaml',
    text: `playbook: p\nowner: ops@shop.example\n${DIGEST()}${steps}`,
  });
  /** 17:00 in the zone of the reader, which is UTC here. */
  const FIVE = START + 7 * HOUR;
  let count = 0;
  async function start(people: object[] = [{ id: 'kim', name: 'Kim', email: 'kim@example.com', timeZone: 'UTC' }]) {
    stage = await startStage([PLAYBOOK()]);
    await stage.record('contact', 'ada', { name: 'Ada' });
    await stage.rows(
      `UPDATE settings SET value = jsonb_set(value, '{people,persons}', $1::jsonb) WHERE name = 'surroundings'`,
      [JSON.stringify(people)],
    );
  }
  async function told(at: number) {
    await stage.step(at + 1);
    const id = await stage.enrol('p', { key: `k${++count}`, at });
    await stage.ask(id, { name: 'do', path: 'steps.0', at });
    return id;
  }
  const mails = async () =>
    Promise.all(stage.mails.map(async (mail) => simpleParser(mail))).then((all) =>
      all.map(({ subject, text }) => `${subject} | ${text?.trim().replace(/\n/g, ' ')}`),
    );
  const states = () => stage.rows(`SELECT status, reason FROM colleague_mails ORDER BY due_at, id`);

  it('is one message at its time, with what journeys have told that are over by then; the next one is another', async () => {
    await start();
    const first = await told(START);
    await told(START + HOUR);
    await stage.rows(`UPDATE enrolments SET outcome = 'exited', ended_at = cuebook_now() WHERE id = $1`, [first]);
    await stage.step(FIVE - 1);
    expect(await stage.mailColleagues()).toBe(0);
    await stage.step(FIVE);
    expect(await stage.mailColleagues()).toBe(1);
    expect(await mails()).toEqual(['p: 2 messages | Mon 10:00 UTC Ada came  Mon 11:00 UTC Ada came']);
    await told(FIVE + MINUTE);
    await stage.step(FIVE + DAY);
    expect(await stage.mailColleagues()).toBe(1);
    expect((await mails())[1]).toBe('p: 1 message | Mon 17:01 UTC Ada came');
    // What has left is kept with its steps alone.
    expect(await stage.rows('SELECT text FROM colleague_mail_lines WHERE text IS NOT NULL')).toEqual([]);
  });

  it('that has left takes nothing more: what comes late stands in the next one', async () => {
    await start();
    await told(START);
    await stage.step(FIVE);
    await stage.mailColleagues();
    await stage.step(FIVE + MINUTE);
    const id = await stage.enrol('p', { key: 'late', at: FIVE - 1 });
    await stage.ask(id, { name: 'do', path: 'steps.0', at: FIVE - 1 });
    expect(await stage.mailColleagues()).toBe(0);
    await stage.step(FIVE + DAY);
    expect(await stage.mailColleagues()).toBe(1);
    expect((await mails())[1]).toContain('Mon 16:59 UTC Ada came');
  });

  it('is told once of a step that is asked again, and is sent once by several workers', async () => {
    await start();
    const id = await told(START);
    await stage.ask(id, { name: 'do', path: 'steps.0', at: START });
    await stage.step(FIVE);
    const other = stage.others({});
    await Promise.all([stage.mailColleagues(), other.mailColleagues(), stage.mailColleagues()]);
    expect(await mails()).toEqual(['p: 1 message | Mon 10:00 UTC Ada came']);
  });

  it('waits for its provider, and fails visibly after 24 hours (P5)', async () => {
    await start();
    await told(START);
    await stage.step(FIVE);
    const picky = await refusing('data', 451, '4.3.0 later');
    const away = stage.others({ mailer: stage.mailerTo(picky.url) });
    try {
      await away.mailColleagues();
      expect(await states()).toEqual([{ status: 'waiting', reason: expect.stringContaining('451') }]);
      expect(await stage.mailColleagues()).toBe(0);
      const waiting = { status: 'waiting', kind: 'digest', playbook: 'p', path: 'steps.0', recipients: ['kim'] };
      expect(await readTroubledMessages(stage.database, { most: 5, playbook: 'p' })).toMatchObject([waiting]);
      expect((await readBacklog(stage.database)).waitingMessages).toBe(1);
      await stage.step(FIVE + 10_000);
      await away.mailColleagues();
      expect((await stage.rows<{ wait: { tries: number } }>('SELECT wait FROM colleague_mails'))[0]!.wait.tries).toBe(
        2,
      );
      await stage.step(FIVE + DAY + MINUTE);
      await away.mailColleagues();
      expect(await states()).toEqual([{ status: 'failed', reason: expect.stringContaining('451') }]);
      expect(await readTroubledMessages(stage.database, { most: 5, status: 'failed' })).toMatchObject([
        { recipients: ['kim'], wait: null },
      ]);
      expect(stage.logged.join('')).toContain('A mail to a colleague has failed');
      expect(await stage.rows(`SELECT playbook, count FROM counter_increments WHERE kind = 'sends_failed'`)).toEqual([
        { playbook: 'p', count: 1 },
      ]);
    } finally {
      await picky.close();
    }
  });

  it('that waits is tried at once, or dropped, as an operator says', async () => {
    await start();
    await told(START);
    await stage.step(FIVE);
    const picky = await refusing('data', 451, '4.3.0 later');
    try {
      await stage.others({ mailer: stage.mailerTo(picky.url) }).mailColleagues();
    } finally {
      await picky.close();
    }
    const { id } = (await readTroubledMessages(stage.database, { most: 5 }))[0]!;
    expect(await retryMessages(stage.database, [id, 'another'])).toEqual([id]);
    expect(await stage.mailColleagues()).toBe(1);
    expect(stage.mails).toHaveLength(1);
    expect(await dropMessages(stage.database, [id])).toEqual([]);
    await stage.rows(`UPDATE colleague_mails SET status = 'waiting'`);
    expect(await dropMessages(stage.database, [id])).toEqual([id]);
    expect(await states()).toEqual([{ status: 'refused', reason: 'dropped' }]);
  });

  it('that a crash left claimed is asked for, and sent again where nobody can say, under the same name', async () => {
    await start();
    await told(START);
    await stage.step(FIVE);
    const claimed = `UPDATE colleague_mails SET status = 'claimed', provider_id = '<x@example.com>', lease_until = clock_timestamp()`;
    await stage.rows(`${claimed} + interval '1 hour'`);
    expect(await stage.mailColleagues()).toBe(0);
    await stage.rows(`${claimed} - interval '1 second'`);
    expect(await stage.others({ ask: async () => 'taken' }).mailColleagues()).toBe(1);
    expect(stage.mails).toEqual([]);
    expect(await states()).toEqual([{ status: 'done', reason: null }]);
    await stage.rows(`${claimed} - interval '1 second', done_at = NULL`);
    expect(await stage.mailColleagues()).toBe(1);
    expect(stage.mails.map((mail) => /^Message-ID:\s*(\S+)/im.exec(mail)![1])).toEqual(['<x@example.com>']);
  });

  it('of a halted playbook waits until it is resumed (N6), and to nobody’s address is refused', async () => {
    await start([{ id: 'kim', name: 'Kim', email: 'kim@example.com', timeZone: 'UTC' }]);
    await told(START);
    await stage.step(FIVE);
    // The address was there when the step was decided.
    await stage.rows(`UPDATE settings SET value = value #- '{people,persons,0,email}' WHERE name = 'surroundings'`);
    await stage.rows(
      `INSERT INTO playbook_statuses (playbook, status, changed_at, changed_by) VALUES ('p', 'halted', cuebook_now(), 'x')`,
    );
    expect(await stage.mailColleagues()).toBe(0);
    await stage.rows(`UPDATE playbook_statuses SET status = 'active'`);
    expect(await stage.mailColleagues()).toBe(1);
    expect(await states()).toEqual([{ status: 'refused', reason: 'no_address' }]);
  });
});
