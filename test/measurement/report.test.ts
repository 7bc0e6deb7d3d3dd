/** The figures of a week (W3), from what playbooks, clocks and colleagues have left in the store. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { slaEvent } from '../../evaluation/system-events.ts';
import { periodOfDays, type Report } from '../../measurement/report.ts';
import { appendSystemEvents } from '../../store/events/events.ts';
import { REPORTED, readReport } from '../../store/reports/measured/read-report.ts';
import { HOUR, type Stage, startStage } from '../activities/stage.ts';
import { enrol } from './people.ts';

/** The stage begins on the Monday after it, at eleven in Berlin. */
const WEEK = periodOfDays('2026-02-23', '2026-03-01', 'Europe/Berlin');
const TUESDAY = Date.parse('2026-02-24T10:00:00Z');

const TEMPLATE = {
  path: 'templates/week.txt',
  text: `---
subject: "{{ report.from }} to {{ report.to }}"
---
{{#each report.playbooks}}{{#if entered}}{{ playbook }}: {{ fired }} fired, {{ entered }} entered, {{ converted }} converted, worth {{ value }}; {{ lift }}.
{{/if}}{{/each}}{{ report.sla_met }} % kept.
`,
};
const PLAYBOOK = `
playbook: week
subject: colleague
trigger: { schedule: monday at "08:00", time_zone: subject }
again: always
steps:
  - { send: email, template: week, class: internal }
  - { if: report.cadence_kept < 90, then: [{ record: "too late" }] }
`;

let stage: Stage;
beforeEach(async () => {
  stage = await startStage([TEMPLATE, { path: 'week.yaml', text: PLAYBOOK }], {
    settings: { required: { contact: ['email', 'name'] } },
  });
});
afterEach(() => stage.close());

const pool = () => stage.database.pool;
const report = (...fields: (keyof Report)[]) => readReport(pool(), WEEK, fields.length > 0 ? fields : REPORTED);

const fire = (playbook: string, n: number, at = TUESDAY) =>
  pool().query(
    `INSERT INTO firings (id, playbook, version_hash, subject_type, subject_id, key, at, arm, trigger, status, by_time, made_at)
     SELECT $1 || n || $4::text, $1, 'v', 'contact', n::text, '', cuebook_instant($3), 0, '{}', 'refused', false, cuebook_instant($3)
       FROM generate_series(1, $2::int) n`,
    [playbook, n, at, `-${at}`],
  );

const task = (id: string, due: number, done: number | null, status = 'open') =>
  pool().query(
    `INSERT INTO tasks (id, playbook, subject_type, subject_id, title, status, due_at, done_at, created_at, changed_at)
     VALUES ($1, 'cadence', 'contact', 'ada', 'Call', $4, cuebook_instant($2), cuebook_instant($3), now(), now())`,
    [id, due, done, status],
  );

type Change = Parameters<typeof slaEvent>[1]['change'];

/** As rounds of the evaluator write it: some time after it happened. */
async function tell(ticket: string, change: Partial<Change> & { kind: string; at: number }): Promise<void> {
  const notice = {
    policy: 'standard',
    clock: 'first_response',
    change: { instance: 1, startEvent: 'm1', ...change } as Change,
  };
  const event = slaEvent({ type: 'ticket', id: ticket }, notice)!;
  await appendSystemEvents(pool(), [{ ...event, consumed: true }]);
}

describe('the report of a week', () => {
  it('counts what fired, entered and was converted in it, with lift over a quarter', async () => {
    await fire('carts', 7);
    await fire('carts', 2, WEEK.until);
    await pool().query(`UPDATE firings SET undone_by = 'm' WHERE id LIKE 'carts1-%'`);
    const at = '2026-02-24T10:00:00Z';
    await enrol(pool(), { playbook: 'carts', prefix: 't', count: 10, converted: 6, value: 12.1, at });
    await enrol(pool(), { playbook: 'carts', prefix: 'h', count: 5, converted: 2, value: 12.1, ghost: true, at });
    // Weeks ago; the lift counts them.
    const before = '2026-01-10T10:00:00Z';
    await enrol(pool(), { playbook: 'carts', prefix: 'bt', count: 60, converted: 50, at: before });
    await enrol(pool(), { playbook: 'carts', prefix: 'bh', count: 75, converted: 46, ghost: true, at: before });
    const { playbooks, ...sums } = await report('playbooks', 'fired', 'entered', 'converted', 'value');
    expect(playbooks).toContainEqual({
      playbook: 'carts',
      fired: 6,
      entered: 15,
      converted: 6,
      value: 72.6,
      lift: '+33 % (+8 to +65)',
      lift_percent: 33,
    });
    expect(playbooks).toContainEqual(expect.objectContaining({ playbook: 'week', lift: 'nobody held out' }));
    expect(sums).toMatchObject({
      from: '2026-02-23',
      to: '2026-03-01',
      fired: 6,
      entered: 15,
      converted: 6,
      value: 72.6,
    });
  });

  it('counts a promise where it was decided, and how late half of the broken ones were', async () => {
    await tell('a', { kind: 'stopped', met: true, at: TUESDAY });
    await tell('b', { kind: 'breached', at: TUESDAY });
    await tell('b', { kind: 'stopped', met: false, at: TUESDAY + 3 * HOUR });
    await tell('c', { kind: 'breached', at: TUESDAY });
    await tell('c', { kind: 'stopped', met: false, at: TUESDAY + 5 * HOUR });
    // Not stopped yet: late up to the week's end.
    await tell('d', { kind: 'breached', at: WEEK.until - HOUR });
    // Broken in the week before: told there.
    await tell('e', { kind: 'breached', at: WEEK.from - HOUR });
    await tell('e', { kind: 'stopped', met: false, at: TUESDAY });
    await tell('f', { kind: 'cancelled', at: TUESDAY });
    await tell('g', { kind: 'stopped', met: true, at: WEEK.until });
    expect(await report('sla_met', 'service_levels')).toMatchObject({
      sla_met: 25,
      service_levels: [
        { policy: 'standard', clock: 'first_response', met: 1, breached: 3, met_percent: 25, late_hours: 3 },
      ],
    });
  });

  it('counts tasks that were due in it: done by then, later, not at all', async () => {
    await task('in-time', TUESDAY, TUESDAY);
    await task('late', TUESDAY, TUESDAY + 1, 'done');
    await task('open', TUESDAY, null);
    await task('taken-back', TUESDAY, null, 'withdrawn');
    await task('next-week', WEEK.until, null);
    expect(await report('cadence_kept', 'cadence')).toMatchObject({
      cadence_kept: 33,
      cadence: [{ playbook: 'cadence', due: 3, in_time: 1, kept_percent: 33 }],
    });
  });

  it('counts records by the fields that the settings require; blanks are no value', async () => {
    await stage.database.pool.query('DELETE FROM contacts');
    await pool().query(
      `INSERT INTO contacts (id, traits, created_at, updated_at) VALUES
         ('a', '{"email": "a@example.com", "name": "A"}', now(), now()), ('b', '{"email": "b@example.com", "name": " "}', now(), now()),
         ('c', '{"email": "c@example.com", "name": null}', now(), now())`,
    );
    expect(await report('complete_profiles', 'records')).toMatchObject({
      complete_profiles: 33,
      records: [{ record: 'contact', complete: 1, of: 3, percent: 33, target: 90 }],
    });
  });

  it('gives conversions to the messages that they were given to', async () => {
    await fire('carts', 5);
    await enrol(pool(), {
      playbook: 'carts',
      prefix: 't',
      count: 5,
      converted: 4,
      value: 10,
      at: '2026-02-24T10:00:00Z',
    });
    await pool().query(`UPDATE outcomes SET template = 'reminder' WHERE subject_id IN ('t1', 't2', 't3')`);
    expect((await report('messages')).messages).toEqual([
      { playbook: 'carts', template: 'reminder', converted: 3, value: 30 },
    ]);
  });

  it('of a week in which nothing happened says so', async () => {
    expect(await report()).toMatchObject({
      fired: 0,
      sla_met: null,
      cadence_kept: null,
      service_levels: [],
      messages: [],
    });
  });

  it('is what a mail of that Monday reads, and a condition', async () => {
    await fire('carts', 3);
    await enrol(pool(), {
      playbook: 'carts',
      prefix: 't',
      count: 2,
      converted: 1,
      value: 20,
      at: '2026-02-24T10:00:00Z',
    });
    await tell('a', { kind: 'stopped', met: true, at: TUESDAY });
    await task('late', TUESDAY, null);
    const kim = { type: 'colleague', id: 'kim' } as const;
    const id = await stage.enrol('week', { subject: kim, trigger: { at: '2026-03-02T07:00:00.000Z', properties: {} } });
    expect(await stage.ask(id, { name: 'do', path: 'steps.0', leaves: true })).toEqual({ go: 'next' });
    expect(stage.mails.join()).toMatch(
      /Subject: 2026-02-23 to 2026-03-01[\s\S]*carts: 3 fired, 2 entered, 1 converted, worth 20; nobody held out\.[\s\S]*100 % kept\./,
    );
    expect(await stage.ask(id, { name: 'choose', path: 'steps.1', leaves: false })).toEqual({ go: 'arm', arm: 0 });
  });

  it('is read while the decision that waits for it holds nothing: no lock, and nobody’s watermark', async () => {
    const kim = { type: 'colleague', id: 'kim' } as const;
    const id = await stage.enrol('week', { subject: kim, trigger: { at: '2026-03-02T07:00:00.000Z', properties: {} } });
    const blocker = await pool().connect();
    try {
      await blocker.query('BEGIN; LOCK TABLE assignments IN ACCESS EXCLUSIVE MODE');
      const asked = stage.ask(id, { name: 'do', path: 'steps.0', leaves: true });
      const waiting = `SELECT FROM pg_locks WHERE NOT granted AND relation = 'assignments'::regclass`;
      await vi.waitFor(async () => expect((await pool().query(waiting)).rowCount).toBe(1), { timeout: 10_000 });
      const held = await pool().query(
        `SELECT a.query FROM pg_locks l JOIN pg_stat_activity a USING (pid)
          WHERE l.locktype = 'advisory' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      expect(held.rows).toEqual([]);
      await blocker.query('COMMIT');
      expect(await asked).toMatchObject({ go: 'next' });
      expect(stage.mails).toHaveLength(1);
    } finally {
      blocker.release();
    }
  });
});
