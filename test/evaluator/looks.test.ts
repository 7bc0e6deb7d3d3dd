/** What time alone turns is a stored deadline (T14, T16): of triggers, and of what open enrolments wait for (Y4). */
import { afterEach, describe, expect, it } from 'vitest';
import { type Evaluation, startEvaluation } from '../support/evaluation.ts';

const QUIET = `
playbook: quiet
owner: ops@shop.example
time_zone: UTC
trigger: { becomes: days_since(contact.last_seen) > 2 }
again: always
steps: [{ record: quiet }]
`;
const RENEWAL = `
playbook: renewal
owner: ops@shop.example
time_zone: UTC
trigger: { date: contact.renews, offset: -2d, at: "09:00", key: trigger.date }
again: always
steps: [{ record: renewal }]
`;
const WATCHED = `
playbook: watched
owner: ops@shop.example
time_zone: UTC
trigger: { event: signed.up }
exit_on: [{ becomes: days_since(contact.last_seen) > 2 }]
steps: [{ wait: 30d }]
`;

let evaluation: Evaluation;
const start = async (name: string, text: string) => {
  evaluation = await startEvaluation('2026-03-02T10:00:00.000Z', [{ path: `${name}.yaml`, text }]);
  const { send } = evaluation;
  const learn = (traits: { [name: string]: string | null }, at?: string) =>
    send({ name: 'known', patches: [{ type: 'contact', id: 'ada', traits }], ...(at !== undefined && { at }) });
  return { ...evaluation, learn };
};
afterEach(() => evaluation.close());

describe('what is looked at over records', () => {
  it('fires at the midnight at which time turns it, and a later date moves that (T9)', async () => {
    const { learn, step, firings } = await start('quiet', QUIET);
    await learn({ last_seen: '2026-03-02' });
    await step('2026-03-04T12:00:00.000Z');
    await learn({ last_seen: '2026-03-04' });
    await step('2026-03-06T23:59:59.999Z');
    expect(await firings()).toEqual([]);
    await step('2026-03-07T00:00:00.001Z');
    expect(await firings()).toMatchObject([{ at: '2026-03-07T00:00:00.000Z', status: 'enrolled' }]);
  });

  it('what is learned late takes back what time alone turned, and gives what its order gives (E5)', async () => {
    const { learn, step, firings } = await start('quiet', QUIET);
    await learn({ last_seen: '2026-03-02' });
    await step('2026-03-06T12:00:00.000Z');
    expect(await firings()).toMatchObject([{ at: '2026-03-05T00:00:00.000Z', undoneBy: null }]);
    await learn({ last_seen: '2026-03-04' }, '2026-03-04T12:00:00.000Z');
    await step('2026-03-07T12:00:00.000Z');
    expect(await firings()).toMatchObject([
      { at: '2026-03-05T00:00:00.000Z', undoneBy: 'm2' },
      { at: '2026-03-07T00:00:00.000Z', undoneBy: null },
    ]);
  });

  it('fires at the moment of a date, and once for each of its values (T8)', async () => {
    const { learn, step, firings } = await start('renewal', RENEWAL);
    await learn({ renews: '2026-03-10' });
    await step('2026-03-08T09:00:00.001Z');
    await learn({ renews: '2026-03-12' });
    await learn({ renews: '2026-03-10' });
    await step('2026-03-20T00:00:00.000Z');
    expect(await firings()).toMatchObject([{ at: '2026-03-08T09:00:00.000Z', key: '2026-03-10', status: 'enrolled' }]);
  });

  it('ends an enrolment whose exit time alone turns (Y4)', async () => {
    const { learn, send, step, database } = await start('watched', WATCHED);
    await learn({ last_seen: '2026-03-02' });
    await send({ name: 'signed.up' });
    await step('2026-03-04T23:59:59.999Z');
    const inputs = () => database.pool.query('SELECT kind, event, at FROM journey_inputs');
    expect((await inputs()).rows).toEqual([]);
    await step('2026-03-05T00:00:00.001Z');
    expect((await inputs()).rows).toEqual([{ kind: 'exit', event: null, at: Date.parse('2026-03-05T00:00:00.000Z') }]);
    // Nobody waits any longer: no deadline is left.
    expect((await database.pool.query('SELECT FROM trigger_states WHERE due_at IS NOT NULL')).rowCount).toBe(0);
  });
});
