/** P4 on real parts: a provider that hangs up behind the mail has it or not; the step says what then is done. */
import { expect, it } from 'vitest';
import { failingAt } from '../mail/servers.ts';
import { compiled } from '../rules/play.ts';
import { startSystem } from '../support/system.ts';

it('what matters is held where its step says so, and an advertisement is sent again', {
  timeout: 120_000,
}, async () => {
  const hello = { path: 'templates/hello.txt', text: '---\nsubject: Hello\n---\nHello\n' };
  const sends = (step: string) =>
    `trigger: { event: seen }\nsteps:\n  - id: mail\n    send: email\n    template: hello\n${step}`;
  const behind = '  - record: behind\n    value: steps.mail.status\n';
  const { versions, workspace } = compiled(
    {
      held: sends(`    class: transactional\n    on_unknown: hold\n${behind}`),
      resent: sends(`    class: marketing\n    on_unknown: resend\n    retry: { attempts: 2, backoff: 1s }\n${behind}`),
    },
    [hello],
  );
  const settings = { ...workspace.settings, quietHours: { startMinute: 0, endMinute: 0 }, globalHoldoutPercent: 0 };
  const provider = await failingAt('end', 'hang-up');
  try {
    await using system = await startSystem({
      playbooks: { versions, surroundings: { settings, people: workspace.people } },
      clock: { mode: 'real' },
      smtp: provider.url,
    });
    await system.post([
      {
        type: 'identify',
        userId: 'ada',
        traits: { email: 'ada@example.com', time_zone: 'UTC', consent: { marketing: true } },
      },
      { userId: 'ada', event: 'seen' },
    ]);
    const ended = async () => {
      const { rows } = await system.database.pool.query(
        `SELECT e.playbook, e.outcome, f.status, f.attempts
           FROM enrolments e JOIN effects f ON f.enrolment_id = e.id AND f.kind = 'send' ORDER BY 1`,
      );
      return rows;
    };
    await expect.poll(ended, { timeout: 60_000, interval: 200 }).toEqual([
      { playbook: 'held', outcome: 'completed', status: 'unknown', attempts: 1 },
      { playbook: 'resent', outcome: 'failed', status: 'failed', attempts: 2 },
    ]);
    const left = await system.database.pool.query(`SELECT value FROM outcomes WHERE name = 'behind'`);
    expect(left.rows).toEqual([{ value: 'unknown' }]);
    expect(provider.wholeMails()).toBe(3);
  } finally {
    await provider.close();
  }
});
