/** N5 and G1: what a goal has begun beside an enrolment that goes over to another version stays with the version of its goal. */
import { expect, it } from 'vitest';
import { type Looked, migrateEnrolments } from '../../activities/migrate.ts';
import { registry } from '../../evaluation/registry.ts';
import { deploy } from '../../evaluator/deploy.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { compileWorkspace } from '../../language/compile.ts';
import { claimConversions } from '../../store/journeys/cohorts.ts';
import { around } from '../support/around.ts';
import { startEvaluation } from '../support/evaluation.ts';
import { activitiesOn } from '../support/journey-activities.ts';

const fileOf = (thanks: string) => ({
  path: 'beside.yaml',
  text: `playbook: beside
trigger: { event: seen }
goal: { event: bought, within: 7d, then: continue }
steps: [{ wait: 2d }, { record: waited }]
on_goal: [${thanks}]
`,
});
const noMail = {
  send: async () => ({ status: 'sent', response: '' }) as const,
  verify: async () => undefined,
  close: async () => {},
};

it('a conversion under way does the steps of its own version', { timeout: 60_000 }, async () => {
  const evaluation = await startEvaluation('2026-03-02T09:00:00Z', [fileOf('{ record: old }')]);
  const { database } = evaluation;
  try {
    await evaluation.send({ name: 'seen' });
    await evaluation.step('2026-03-02T09:10:00Z');
    await evaluation.send({ name: 'bought' });
    await evaluation.step('2026-03-02T09:20:00Z');
    const conversions = (await claimConversions(database, 10))!;
    const [{ id, conversion }] = conversions.members as [(typeof conversions.members)[number]];

    // In the new version another step stands in that place, and what the workflow asks for next is not there.
    const { versions, workspace } = compileWorkspace(
      [...around((await loadFolder('playbooks')).files, [fileOf('')]), fileOf('{ task: Call, assign: kim }')],
      registry,
    );
    const { settings, people } = workspace;
    await deploy(database, { versions, surroundings: { settings, people }, listened: ['seen', 'bought'] });
    const to = versions.find(({ playbook }) => playbook.playbook === 'beside')!;
    const looked: Looked[] = [];
    for await (const some of migrateEnrolments(database, { playbook: 'beside', to, dryRun: false }))
      looked.push(...some);
    expect(looked).toEqual([{ enrolment: id, from: conversions.versionHash, stays: undefined }]);

    const command = {
      name: 'do',
      path: 'on_goal.0',
      iteration: '',
      at: conversion!.at,
      attempt: 1,
      leaves: false,
    } as const;
    const request = { cohortId: conversions.id, versionHash: conversions.versionHash, items: [{ id, command }] };
    const { items } = await activitiesOn(database, noMail, 'silent').decide(request);
    expect(items).toEqual([{ id, answer: { go: 'next' } }]);
    const { rows } = await database.pool.query(`SELECT name, version_hash FROM outcomes WHERE path = 'on_goal.0'`);
    expect(rows).toEqual([{ name: 'old', version_hash: conversions.versionHash }]);
    const tasks = await database.pool.query('SELECT title FROM tasks');
    expect(tasks.rows).toEqual([]);
  } finally {
    await evaluation.close();
  }
});
