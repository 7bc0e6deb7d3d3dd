/** Reports: the tables of `cuebook report` for some days, with their pictures and as CSV; and who kept the cadence. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../server/api/contract/common.ts';
import type { ReportShown } from '../../server/api/contract/reports.ts';
import { setClock } from '../../store/postgres/clock.ts';
import { deployed } from './filled.ts';
import { type ApiStage, apiStage } from './support.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await apiStage();
  // A Wednesday.
  await setClock(stage.database, { mode: 'stepped', at: Date.parse('2026-03-04T12:00:00Z') });
  const { hash } = await deployed(stage.database);
  const { pool } = stage.database;
  await pool.query(
    `INSERT INTO tasks (id, enrolment_id, playbook, subject_type, subject_id, title, assignee, status, due_at, done_at, created_at, changed_at)
     SELECT id, id, 'nudge', 'contact', 'ada', 'Call', who, status, due::timestamptz, done::timestamptz, due::timestamptz, due::timestamptz
       FROM (VALUES ('1', 'kim', 'done', '2026-03-02T10:00Z', '2026-03-02T09:00Z'), ('2', 'kim', 'done', '2026-03-03T10:00Z', '2026-03-03T11:00Z'),
                    ('3', 'kim', 'open', '2026-03-04T10:00Z', NULL), ('4', 'max', 'done', '2026-03-02T10:00Z', '2026-03-02T10:00Z'),
                    ('5', 'max', 'withdrawn', '2026-03-02T10:00Z', NULL), ('6', 'max', 'open', '2026-02-27T10:00Z', NULL)
            ) AS t (id, who, status, due, done)`,
  );
  await pool.query(
    `INSERT INTO firings (id, playbook, version_hash, subject_type, subject_id, key, at, arm, trigger, status, by_time, made_at)
     VALUES ('f', 'nudge', $1, 'contact', 'ada', '', '2026-03-03T10:00Z', 0, '{}', 'enrolled', false, '2026-03-03T10:00Z')`,
    [hash],
  );
  await pool.query(
    `INSERT INTO counters (kind, playbook, name, count) VALUES ('firings', 'nudge', '', 1) ON CONFLICT DO NOTHING`,
  );
});
afterAll(() => stage.close());

const reportOf = async (query = '') => (await stage.get<ReportShown>(`/api/reports${query}`)).body;
const tableOf = ({ tables }: ReportShown, name: string) => tables.find((one) => one.name === name)!;

describe('this week', () => {
  it('says who kept the cadence, who the least first; what was taken back counts for nobody', async () => {
    const report = await reportOf();
    expect([report.from, report.to, report.zone]).toEqual(['2026-03-02', '2026-03-04', 'Europe/Berlin']);
    const { columns, rows, picture, csv } = tableOf(report, 'colleagues');
    expect(columns).toEqual(['person', 'due', 'done in time', 'done late', 'not done', 'kept %']);
    expect(rows).toEqual([
      ['kim', 3, 1, 1, 1, 33],
      ['max', 1, 1, 0, 0, 100],
    ]);
    expect(picture).toEqual({
      unit: 'percent',
      series: ['kept %'],
      bars: [
        { name: 'kim', values: [33] },
        { name: 'max', values: [100] },
      ],
    });
    expect(csv).toBe('person,due,done in time,done late,not done,kept %\r\nkim,3,1,1,1,33\r\nmax,1,1,0,0,100\r\n');
    expect(report.figures).toMatchObject({ fired: 1, cadence_kept: 50 });
    expect(tableOf(report, 'playbooks').picture).toMatchObject({ bars: [{ name: 'nudge', values: [1, 0, 0] }] });
  });

  it('is not the week before, and not a period that nobody could mean', async () => {
    const before = await reportOf('?period=last_week');
    expect([before.from, before.to]).toEqual(['2026-02-23', '2026-03-01']);
    expect(tableOf(before, 'colleagues').rows).toEqual([['max', 1, 0, 0, 1, 0]]);
    const refused = async (query: string) => {
      const { status, body } = await stage.get<Problem>(`/api/reports?period=days${query}`);
      return [status, body.code, body.pointer];
    };
    expect(await refused('&from=2026-03-04&to=2026-03-02')).toEqual([400, 'invalid_query', '/from']);
    expect(await refused('&from=2020-03-04&to=2026-03-02')).toEqual([400, 'invalid_query', '/from']);
    expect(await refused('&from=2026-03-04')).toEqual([400, 'invalid_query', '/to']);
    expect(await refused('&from=2026-02-30&to=2026-03-02')).toEqual([400, 'invalid_query', '/from']);
    const days = await reportOf('?period=days&from=2026-03-02&to=2026-03-02');
    expect(tableOf(days, 'colleagues').rows).toEqual([
      ['kim', 1, 1, 0, 0, 100],
      ['max', 1, 1, 0, 0, 100],
    ]);
  });
});
