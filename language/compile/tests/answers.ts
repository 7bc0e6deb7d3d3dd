/** `answers:` of a test (V3): what comes back of what steps ask outside. */
import { didYouMean } from '../../diagnostics/nearest.ts';
import type { CompiledPlaybook } from '../../model.ts';
import type { Path, Registry } from '../../syntax.ts';
import type { FileReport } from '../report.ts';
import type { WrittenTest } from './shape.ts';
import type { TestAnswer } from './types.ts';

/** @param path of `answers` */
export function answersOf(
  report: FileReport,
  written: NonNullable<WrittenTest['answers']>,
  path: Path,
  { steps, registry }: { steps: CompiledPlaybook['steps']; registry: Registry },
): { [path: string]: TestAnswer[] } {
  const isAnswered = new Set(registry.steps.flatMap(({ kind, effect }) => (effect?.isAnswered ? [kind] : [])));
  const asking = Object.values(steps).filter(({ kind }) => isAnswered.has(kind));
  const answers: { [path: string]: TestAnswer[] } = {};
  for (const [id, given] of Object.entries(written)) {
    const step = asking.find((one) => one.id === id);
    if (step === undefined) {
      const ids = asking.flatMap((one) => one.id ?? []);
      const hint =
        asking.length > 0 && ids.length === 0 ? 'give the step an id, beside it: id: crm' : didYouMean(id, ids);
      report.key([...path, id], {
        code: 'CB632',
        message: `no step of the playbook that asks something outside has the id \`${id}\``,
        hint,
      });
      continue;
    }
    const some = Array.isArray(given) ? given : [given];
    answers[step.path] = some.map(answerOf);
    const { activity: name } = step.config as { activity?: string };
    const activity = registry.activities?.find((one) => one.name === name);
    for (const [i, { answer, refused }] of some.entries()) {
      const issue = refused === undefined ? activity?.answer.safeParse(answer ?? null).error?.issues[0] : undefined;
      if (!issue) continue;
      const where = issue.path.length === 0 ? '' : `\`${issue.path.join('.')}\`: `;
      const message = `\`${name}\` does not answer so: ${where}${issue.message}`;
      report.at(Array.isArray(given) ? [...path, id, i] : [...path, id], { code: 'CB642', message });
    }
  }
  return answers;
}

type Written = Extract<NonNullable<WrittenTest['answers']>[string], { refused?: unknown }>;

function answerOf({ answer = null, http_status: httpStatus, refused }: Written): TestAnswer {
  if (refused !== undefined) return { refused, answer };
  return { answer, ...(httpStatus !== undefined && { httpStatus }) };
}
