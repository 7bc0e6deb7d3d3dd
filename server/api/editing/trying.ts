/** What is tried of a draft, and deploying it: by the linter, the tests and the plan of the command line. */
import { readDraft } from '../../../store/deployments/drafts.ts';
import { Problem } from '../../problems.ts';
import { deployDraft, getPlaybookSchema, lintDraft, planDraft, testDraft } from '../contract/editing.ts';
import { type Handled, on } from '../handled.ts';
import { byOf, draftOf, type EditingOptions, rebased, studioOf } from './drafts.ts';
import { always, refusals, whileThere } from './refusals.ts';

/** @param onDeployed what was read of playbooks is no longer so */
export function tryingRoutes(options: EditingOptions & { onDeployed: () => void }): Handled[] {
  return [
    on(lintDraft, ({ params: { playbook }, body: { files } }) =>
      // One that is ended is no longer warm: whoever types on asks again at once.
      refusals(studioOf(options).lint({ playbook, files }, always())),
    ),
    on(testDraft, ({ params: { playbook }, body: { files, only }, request }) =>
      whileThere(request, (signal) => studioOf(options).test({ playbook, files, only }, signal)),
    ),
    on(planDraft, async ({ params: { playbook }, body: { revision, ...asked }, request }) => {
      const studio = studioOf(options);
      const { files } = await savedAt(options, playbook, revision);
      return whileThere(request, (signal) => studio.plan({ playbook, files, ...asked }, signal));
    }),
    on(deployDraft, async ({ params: { playbook }, body: { revision, enrolExisting, from, to }, caller }) => {
      const studio = studioOf(options);
      const { files } = await savedAt(options, playbook, revision);
      const { byName } = byOf(caller);
      const draft = { playbook, revision, byName };
      // Whoever leaves now would not know what became of it: it is done to its end.
      await refusals(studio.deploy({ playbook, files, planned: { from, to }, enrolExisting, draft }, always()));
      options.onDeployed();
      return draftOf(options, playbook);
    }),
    on(getPlaybookSchema, async () => {
      const schema = await refusals(studioOf(options).schema(always()));
      return { schema: schema as { [key: string]: unknown } };
    }),
  ];
}

/** @throws Problem where it has been changed since */
async function savedAt(options: EditingOptions, playbook: string, revision: number) {
  const { database } = options;
  const draft = await readDraft(database.pool, playbook);
  if (draft === undefined) throw new Problem('conflict', 'There is no draft of it: save one first.');
  const studio = studioOf(options);
  if (draft.revision === revision) return { files: rebased(studio, await studio.readFiles(), draft) };
  const detail = `${draft.byName} has saved it since: look at it again, then at its plan.`;
  throw new Problem('conflict', detail, { more: { revision: draft.revision } });
}
