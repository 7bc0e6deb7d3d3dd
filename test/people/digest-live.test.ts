/** S11 and S6 on real parts: Temporal, PostgreSQL, SMTP. */
import { expect, it } from 'vitest';
import { compiled } from '../rules/play.ts';
import { startSystem } from '../support/system.ts';

const START = Date.parse('2026-03-02T10:00:00Z');
const HOUR = 3_600_000;

it('a digest is one mail, after its journeys have ended', { timeout: 120_000 }, async () => {
  const { versions, workspace } = compiled(`trigger: { event: seen, key: event.n }
again: always
steps:
  - notify: kim
    text: "{{ trigger.n }} came"
    digest: daily at "17:00"
  - task: Call
    assign: max
`);
  const surroundings = { settings: { ...workspace.settings, tasks: { mail: 'at once' } }, people: workspace.people };
  await using system = await startSystem({
    playbooks: { versions, surroundings },
    clock: { mode: 'stepped', at: START },
  });
  await system.post([1, 2, 3].map((n) => ({ userId: 'ada', event: 'seen', properties: { n } })));
  await system.step(START + 60_000);
  await system.step(START + 120_000);
  const { rows } = await system.database.pool.query(
    'SELECT count(*)::int AS n FROM enrolments WHERE outcome IS NOT NULL',
  );
  expect(rows).toEqual([{ n: 3 }]);
  const mailed = async (subject: RegExp, count: number) => {
    await expect
      .poll(async () => (await system.mails()).filter((mail) => subject.test(mail.subject)).length, { timeout: 20_000 })
      .toBe(count);
    return (await system.mails()).filter((mail) => subject.test(mail.subject));
  };
  await mailed(/^Task: Call$/, 3);
  expect((await system.mails()).filter(({ subject }) => subject.startsWith('p: '))).toEqual([]);
  await system.step(START + 6 * HOUR);
  const [digest] = await mailed(/^p: 3 messages$/, 1);
  expect(digest!.to).toContain('kim@example.com');
  for (const n of [1, 2, 3]) expect(digest!.text).toContain(`${n} came`);
  const states = await system.database.pool.query(
    'SELECT kind, status, count(*)::int AS n FROM colleague_mails GROUP BY 1, 2 ORDER BY 1',
  );
  expect(states.rows).toEqual([
    { kind: 'digest', status: 'done', n: 1 },
    { kind: 'tasks', status: 'done', n: 3 },
  ]);
});
