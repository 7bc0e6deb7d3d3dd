/** T18: a trigger that goes by records is deployed over records that are stored already, whatever is left of their events. */
import { afterEach, describe, expect, it } from 'vitest';
import type { WorkspaceFile } from '../../../language/compile.ts';
import type { RecordType } from '../../../language/model.ts';
import { type Evaluation, startEvaluation } from '../../support/evaluation.ts';
import { redeploy } from '../../support/redeploy.ts';

let evaluation: Evaluation;
afterEach(() => evaluation.close());

const OTHER: WorkspaceFile = {
  path: 'other.yaml',
  text: 'playbook: other\ntrigger: { event: nothing }\nsteps: [{ record: x }]',
};
const IDS = { contact: 'contactId', account: 'accountId', deal: 'dealId', ticket: 'ticketId' } as const;
const renewal = (type: RecordType): WorkspaceFile => ({
  path: 'renewal.yaml',
  text: `playbook: renewal\nsubject: ${type}\ntrigger: { date: ${type}.renews, at: "09:00" }\nagain: always\nsteps: [{ record: x }]`,
});

async function stored(type: RecordType) {
  evaluation = await startEvaluation('2026-03-02T10:00:00.000Z', [OTHER]);
  const { send, step } = evaluation;
  const traits = { renews: '2026-03-10', time_zone: 'UTC' };
  await send({ name: 'changed', ids: { [IDS[type]]: 'r1' }, patches: [{ type, id: 'r1', traits }] });
  await step('2026-03-03T10:00:00.000Z');
}

async function deployedAndDue(type: RecordType) {
  const { database, evaluator, step, firings } = evaluation;
  await redeploy(database, [OTHER, renewal(type)]);
  await evaluator.idle();
  await step('2026-03-10T10:00:00.000Z');
  return firings();
}

describe.each(['contact', 'account', 'deal', 'ticket'] as const)('a date of a stored %s', (type) => {
  const FIRED = [{ playbook: 'renewal', at: '2026-03-10T09:00:00.000Z', status: 'enrolled' }];

  it('fires, though no playbook was about such records before', async () => {
    await stored(type);
    expect(await deployedAndDue(type)).toMatchObject(FIRED);
  });

  it('fires, though the events that wrote it are gone', async () => {
    await stored(type);
    await evaluation.database.pool.query('DELETE FROM timeline');
    await evaluation.database.pool.query('DELETE FROM events');
    expect(await deployedAndDue(type)).toMatchObject(FIRED);
  });
});
