/** S6: tasks by mail, on PostgreSQL and SMTP. */
import { simpleParser } from 'mailparser';
import { afterEach, describe, expect, it } from 'vitest';
import { openAnswering } from '../../store/records/answer-token.ts';
import { DAY, HOUR, PUBLIC_URL, SECRET, START, type Stage, startStage } from '../activities/stage.ts';
import { compiled } from '../rules/play.ts';

const PLAYBOOK = (head = '') => ({
  path: 'p.yaml',
  text: `playbook: p
owner: ops@shop.example
trigger: { event: seen }
${head}steps:
  - task: Call {{ contact.name }}
    assign: kim
    priority: high
    due: 2h
    checklist: [Be kind]
  - task: Nobody’s
`,
});
let stage: Stage;
let count = 0;

async function start(mail: string | undefined, head = '') {
  stage = await startStage([PLAYBOOK(head)], { settings: mail === undefined ? {} : { tasks: { mail } } });
  await stage.record('contact', 'ada', { name: 'Ada' });
  const kim = { id: 'kim', name: 'Kim', email: 'kim@example.com', timeZone: 'Asia/Tokyo' };
  await stage.rows(
    `UPDATE settings SET value = jsonb_set(value, '{people,persons}', $1::jsonb) WHERE name = 'surroundings'`,
    [JSON.stringify([kim])],
  );
}
async function given(at: number, ghost = false) {
  await stage.step(at + 1);
  const id = await stage.enrol('p', { key: `k${++count}`, at, ghost });
  await stage.ask(id, { name: 'do', path: 'steps.0', at });
  await stage.ask(id, { name: 'do', path: 'steps.1', at });
  return id;
}
const sent = () => Promise.all(stage.mails.map((mail) => simpleParser(mail)));
const linked = (text: string | undefined) =>
  [...(text ?? '').matchAll(new RegExp(`${PUBLIC_URL}/a/([\\w-]+)`, 'g'))].map(([, token]) =>
    openAnswering(SECRET, token!),
  );

describe('the setting', () => {
  const faults = (mail: string) => {
    const text = `time_zone: UTC\nsender: { name: Us, from: us@example.com }\ntasks: { mail: ${mail} }\n`;
    try {
      compiled('trigger: { event: seen }\nsteps: [{ task: Call, assign: kim }]', [{ path: 'settings.yaml', text }]);
    } catch (error) {
      return (error as Error).message.trim();
    }
    return '';
  };

  it('is at once, daily at a time, or off; anything else is told with what may be written', () => {
    expect(['at once', 'daily at "08:00"', 'off'].map(faults)).toEqual(['', '', '']);
    for (const wrong of ['weekly', 'daily', 'daily at "25:00"', 'sometimes']) {
      expect(faults(wrong)).toMatch(
        /^playbooks\/settings\.yaml:3:16 CB202 .*does not say when tasks are mailed write at once, daily at "08:00", or off$/,
      );
    }
  });
});

describe('a task', { timeout: 60_000 }, () => {
  afterEach(() => stage.close());

  it('is mailed at once to who is to do it, in their zone, with the link to answer', async () => {
    await start('at once');
    await given(START);
    expect(await stage.mailColleagues()).toBe(1);
    const [mail] = await sent();
    expect(mail!.subject).toBe('Task: Call Ada');
    expect([mail!.to].flat()[0]!.text).toContain('kim@example.com');
    expect(mail!.text).toContain('Due: 2 Mar 2026, 21:00 (Asia/Tokyo)');
    expect(mail!.text).toContain('Priority: high');
    expect(mail!.text).toContain('- Be kind');
    const [task] = await stage.rows<{ id: string }>(`SELECT id FROM tasks WHERE assignee = 'kim'`);
    expect(linked(mail!.text)).toEqual([{ kind: 'task', id: task!.id, person: 'kim' }]);
    expect(await stage.mailColleagues()).toBe(0);
  });

  it('is mailed by no setting, not to a ghost’s, and not where it is off', async () => {
    await start(undefined);
    await given(START);
    expect(await stage.mailColleagues()).toBe(0);
    await stage.rows(
      `UPDATE settings SET value = jsonb_set(value, '{settings,tasks}', '{"mail":"at once"}') WHERE name = 'surroundings'`,
    );
    await given(START + HOUR, true);
    expect(await stage.mailColleagues()).toBe(0);
    await stage.rows(
      `UPDATE settings SET value = jsonb_set(value, '{settings,tasks}', '{"mail":"off"}') WHERE name = 'surroundings'`,
    );
    await given(START + 2 * HOUR);
    expect(await stage.mailColleagues()).toBe(0);
  });

  it('is mailed with others once a day; what is done or withdrawn by then is left out', async () => {
    await start('daily at "08:00"');
    // 08:00 in Tokyo.
    const EIGHT = START + 13 * HOUR;
    await given(START);
    await given(START + HOUR);
    const done = await given(START + 2 * HOUR);
    await stage.rows(`UPDATE tasks SET status = 'done' WHERE enrolment_id = $1`, [done]);
    await stage.step(EIGHT);
    expect(await stage.mailColleagues()).toBe(1);
    const [mail] = await sent();
    expect(mail!.subject).toBe('2 tasks for you');
    expect(linked(mail!.text)).toHaveLength(2);
    await given(EIGHT + HOUR);
    await stage.rows(`UPDATE tasks SET status = 'withdrawn' WHERE status = 'open'`);
    await stage.step(EIGHT + DAY);
    expect(await stage.mailColleagues()).toBe(1);
    expect(stage.mails).toHaveLength(1);
    expect(await stage.rows('SELECT status, reason FROM colleague_mails ORDER BY due_at')).toEqual([
      { status: 'done', reason: null },
      { status: 'refused', reason: 'nothing_left' },
    ]);
  });

  it('of a health playbook shows no title in the subject (P3)', async () => {
    await start('at once', 'sensitive: health\ntopic: wellness\n');
    await given(START);
    await stage.mailColleagues();
    expect((await sent())[0]!.subject).toBe('1 task for you');
  });
});
