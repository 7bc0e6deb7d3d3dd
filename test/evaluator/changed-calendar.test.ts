/** L3, T18: opening hours change while clocks run, and a promise is a moment, in the real store. */
import { afterEach, describe, expect, it } from 'vitest';
import { registry } from '../../evaluation/registry.ts';
import { deploy } from '../../evaluator/deploy.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { compileWorkspace, type WorkspaceFile } from '../../language/compile.ts';
import { buildProgram } from '../../triggers/index/program.ts';
import { type Evaluation, startEvaluation } from '../support/evaluation.ts';

const calendar = (hours: string): WorkspaceFile => ({
  path: 'calendars/support-eu.yaml',
  text: `calendar: support-eu\ntime_zone: UTC\nhours: { mon-fri: [${hours}] }`,
});
const USUAL = calendar('"08:00-11:30", "12:30-17:00"');
const MARKS: WorkspaceFile = {
  path: 'watch.yaml',
  text: `
playbook: watch
subject: ticket
trigger:
  any:
    - { sla: standard.first_response, mark: 50% }
    - { sla: standard.first_response, mark: breach }
again: always
steps: [{ record: at }]
`,
};
const ids = { contactId: 'ada', ticketId: 't1' };
const patches = [{ type: 'ticket' as const, id: 't1', traits: { priority: 'high', status: 'open' } }];

let evaluation: Evaluation;
afterEach(() => evaluation.close());

/** A ticket of high priority, created at 08:00: half of four hours have passed at 10:00. */
async function running(): Promise<void> {
  evaluation = await startEvaluation('2026-03-02T08:00:00.000Z', [USUAL, MARKS]);
  await evaluation.send({ name: 'ticket.created', ids, patches });
  await evaluation.step('2026-03-02T10:20:00.000Z');
  expect(await firedAt()).toEqual(['02 10:00']);
}

async function redeploy(file: WorkspaceFile): Promise<void> {
  const shipped = (await loadFolder('playbooks')).files;
  const kept = shipped.filter(({ path }) => path === 'settings.yaml' || (path.includes('/') && path !== file.path));
  const { versions, workspace } = compileWorkspace([...kept, file, MARKS], registry);
  const { names } = buildProgram(versions, workspace.settings);
  const surroundings = { settings: workspace.settings, people: workspace.people };
  await deploy(evaluation.database, { versions, surroundings, listened: [...names] });
  await evaluation.evaluator.idle();
}

/** Day and time of each firing, whatever became of it: no worker runs here that would end an enrolment. */
async function firedAt(): Promise<string[]> {
  const firings = await evaluation.firings();
  return firings.map(({ at }) => at.slice(8, 16).replace('T', ' '));
}

describe('a deployment with other opening hours', () => {
  it('moves what is ahead, and a mark that has fired does not fire again', async () => {
    await running();
    await redeploy(calendar('"09:00-11:00"'));
    await evaluation.step('2026-03-02T23:00:00.000Z');
    expect(await firedAt()).toEqual(['02 10:00']);
    // Two hours a day.
    await evaluation.step('2026-03-03T23:00:00.000Z');
    expect(await firedAt()).toEqual(['02 10:00', '03 11:00']);
  });

  it('fires what it has left behind at once, and nobody has to wait for an event', async () => {
    await running();
    await evaluation.step('2026-03-02T12:10:00.000Z');
    await redeploy(calendar('"00:00-24:00"'));
    await evaluation.step('2026-03-02T12:30:00.000Z');
    expect(await firedAt()).toEqual(['02 10:00', '02 12:10']);
    await evaluation.step('2026-03-02T23:00:00.000Z');
    expect(await firedAt()).toHaveLength(2);
  });
});

describe('a promise that is a moment', () => {
  const MOMENT: WorkspaceFile = {
    path: 'sla/next-day.yaml',
    text: `sla: next-day
calendar: support-eu
clocks:
  answer:
    start: ticket.created
    stop: ticket.replied
    pause: ticket.status == "pending"
    by: ticket.priority
    target: { urgent: 1 business hour, default: end of next business day }`,
  };
  const watch = {
    ...MARKS,
    text: MARKS.text.replaceAll('standard.first_response', 'next-day.answer').replace('50%', '-1 business day'),
  };
  const update = (traits: { [name: string]: string }) =>
    evaluation.send({ name: 'ticket.updated', ids, patches: [{ ...patches[0]!, traits }] });

  it('is kept, moved by a pause, and not by events that leave it as it is', async () => {
    evaluation = await startEvaluation('2026-03-02T08:00:00.000Z', [USUAL, MOMENT, watch]);
    await evaluation.send({ name: 'ticket.created', ids, patches });
    await evaluation.step('2026-03-02T10:00:00.000Z');
    await update({ status: 'pending' });
    await evaluation.step('2026-03-02T13:00:00.000Z');
    await update({ status: 'open', priority: 'low' });
    await evaluation.step('2026-03-03T23:00:00.000Z');
    // Two business hours were lost, so it is due on Wednesday at 10:00; a whole business day is left from Tuesday, 10:00.
    expect(await firedAt()).toEqual(['03 10:00']);
    await evaluation.step('2026-03-04T23:00:00.000Z');
    expect(await firedAt()).toEqual(['03 10:00', '04 10:00']);
  });
});
