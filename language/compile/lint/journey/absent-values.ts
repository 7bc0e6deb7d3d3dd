/** Values that a trigger never brings, and subject lines that may come out empty (T15, T17, S20). */
import type { CompiledPlaybook } from '../../../model.ts';
import type { Path } from '../../../syntax.ts';
import { mayBeEmpty } from '../../../template/doubts/may-be-empty.ts';
import type { StepOfPlaybook } from '../../steps.ts';
import type { LintInput } from '../lint.ts';

/** T15: conditions without evidence, with what `trigger` has then. */
const WITHOUT_EVIDENCE: { [kind: string]: readonly string[] } = {
  schedule: [],
  date: ['date', 'offset', 'count'],
  drop: ['current', 'baseline'],
};
/** Of every trigger. */
const ALWAYS = ['at', 'event', 'arm', 'caused_by', 'properties'];
/** Of every trigger, and never missing. */
const NEVER_MISSING = ['trigger.at', 'trigger.event', 'trigger.date', 'trigger.count', 'trigger.current', 'now'];

export function lintAbsentValues(input: LintInput): void {
  const { playbook, report } = input;
  const brought = fieldsBrought(playbook);
  if (brought !== undefined) {
    tellAbsent(input, playbook.audience?.reads ?? [], ['audience'], brought);
    for (const { step, place, written } of input.steps.values()) {
      if (tellAbsent(input, step.reads, step.kind in written ? [...place, step.kind] : place, brought)) break;
    }
  }
  for (const entry of input.steps.values()) lintSubject(input, entry, report);
}

/** What `trigger` has where no event fires the playbook; undefined where one may. */
function fieldsBrought({ trigger }: CompiledPlaybook): readonly string[] | undefined {
  const fields = trigger.arms.map(({ kind }) => WITHOUT_EVIDENCE[kind]);
  if (fields.length === 0 || fields.some((one) => one === undefined)) return undefined;
  return [...ALWAYS, ...(fields as string[][]).flat()];
}

/** @returns whether something was said: of one cause once */
function tellAbsent(
  { report, playbook }: LintInput,
  reads: readonly string[],
  path: Path,
  brought: readonly string[],
): boolean {
  const read = reads.find((one) => /^trigger\../.test(one) && !brought.includes(one.split('.')[1]!));
  if (read === undefined) return false;
  const kinds = [...new Set(playbook.trigger.arms.map(({ kind }) => kind))].join(' or a ');
  const own = brought.filter((field) => !ALWAYS.includes(field));
  const has =
    own.length === 0
      ? '`trigger` has its instant, `trigger.at`, alone'
      : `it has ${own.map((f) => `\`trigger.${f}\``).join(', ')}`;
  report.at(path, {
    severity: 'warning',
    code: 'CB655',
    message: `\`${read}\` is always empty: no event fires a ${kinds}`,
    hint: `${has}; what is known of the ${playbook.subject} is read as ${playbook.subject}.…`,
  });
  return true;
}

/** S20: a mail whose subject comes out empty is refused. */
function lintSubject(
  { playbook, world }: LintInput,
  { step, place, written }: StepOfPlaybook,
  report: LintInput['report'],
): void {
  const { template: name } = (step.config ?? {}) as { template?: unknown };
  const template = typeof name === 'string' && Object.hasOwn(world.templates, name) ? world.templates[name] : undefined;
  if (!template?.subject.includes('{{')) return;
  const sure = new Set([...NEVER_MISSING, ...surelyThere(playbook, world.settings.required), ...givenBy(written)]);
  const empty = mayBeEmpty(template.subject, (path) => !sure.has(path) && !path.endsWith('.id'));
  if (empty === undefined) return;
  report.at([...place, 'template'], {
    severity: 'warning',
    code: 'CB418',
    message: `the subject line of \`${template.name}\` comes out empty where \`${empty}\` is missing, and no mail goes then`,
    hint: `write words beside it, or what stands in for it: {{ default ${empty} "…" }}`,
  });
}

/** What the trigger, the audience or the settings ask for is there. */
function surelyThere({ trigger, audience }: CompiledPlaybook, required: { [type: string]: string[] }): string[] {
  const asked = trigger.arms.flatMap(({ roles, values }) => [
    ...Object.values(roles).flatMap((list) => list.flatMap(({ where }) => where?.reads ?? [])),
    ...Object.values(values).flatMap(({ reads }) => reads),
  ]);
  const byTrigger = [...asked, ...asked.map((read) => read.replace(/^event\./, 'trigger.'))];
  const bySettings = Object.entries(required).flatMap(([type, traits]) => traits.map((trait) => `${type}.${trait}`));
  return [...byTrigger, ...(audience?.reads ?? []), ...bySettings];
}

/** Values of `with` that stand there. */
function givenBy({ with: given }: StepOfPlaybook['written']): string[] {
  return Object.entries((given ?? {}) as { [name: string]: unknown }).flatMap(([name, value]) =>
    typeof value !== 'object' &&
    String(value)
      .replace(/\{\{.*?\}\}/g, '')
      .trim() !== ''
      ? [`with.${name}`]
      : [],
  );
}
