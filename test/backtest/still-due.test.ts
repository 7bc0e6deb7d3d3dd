/** V3: dates, schedules and drops do not keep a backtest open; that more of them was to come is said. */
import { describe, expect, it } from 'vitest';
import { cuebook } from '../cli/run-command.ts';
import { backtest, fileOf, playbooks } from './support.ts';

const STEPS = 'again: always\nsteps: [{ record: came }]\n';

describe('what would have come after the end', () => {
  it('names the playbooks that time alone would fire, and none where an end was given or nothing was to come', async () => {
    const folder = await playbooks({
      'birthday-card': `trigger: { date: contact.birthday, at: "09:00" }\n${STEPS}`,
      cart: `trigger: { event: cart.updated, unless: order.completed, within: 1h }\n${STEPS}`,
      newsletter: `trigger: { schedule: monday at "09:00" }\n${STEPS}`,
      anniversary: `trigger: { date: contact.joined, offset: 365d }\n${STEPS}`,
    });
    const calls = [
      { type: 'identify', userId: 'ada', timestamp: '2026-03-02T10:00:00Z', traits: { birthday: '2026-05-04' } },
      { event: 'cart.updated', userId: 'ada', timestamp: '2026-03-02T11:00:00Z' },
    ];
    const file = await fileOf(calls);
    const { lines, summary } = await backtest(folder, [file]);
    expect(lines.filter(({ type }) => type === 'firing').map(({ playbook }) => playbook)).toEqual(['cart']);
    // Nobody has a date of joining.
    expect(summary.still_due).toEqual(['birthday-card', 'newsletter']);

    const ended = await backtest(folder, [file], '--until', '2026-06-01T00:00:00Z');
    expect(ended.lines.filter(({ type, playbook }) => type === 'firing' && playbook === 'birthday-card')).toHaveLength(
      1,
    );
    expect(ended.summary).not.toHaveProperty('still_due');

    const { stdout } = await cuebook('backtest', folder, '--events', file);
    expect(stdout).toMatch(/More would come by date, schedule or drop: birthday-card, newsletter\.\nSay --until/);
  });
});
