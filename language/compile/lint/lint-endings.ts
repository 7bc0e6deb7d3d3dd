/** G1: what runs at the end of an enrolment runs at once, and advertises nothing. */
import type { LintInput } from './lint.ts';

export function lintEndings({ steps, report }: Pick<LintInput, 'steps' | 'report'>): void {
  for (const [path, { step, syntax, place }] of steps) {
    const list = /^on_(?:goal|exit)/.exec(path)?.[0];
    if (list === undefined) continue;
    if (syntax.waits?.(step.config as never)) {
      report.key([...place, step.kind], {
        code: 'CB626',
        message: `steps of \`${list}\` run at once, and this one waits`,
        hint: 'leave the wait out; what follows later is a playbook of its own, with the trigger { event: enrolment.ended, where: event.playbook == "…" }',
      });
    }
    if (syntax.effect?.messageClass?.(step.config as never) === 'marketing') {
      report.key([...place, step.kind], {
        code: 'CB626',
        message: `steps of \`${list}\` send no marketing message`,
        hint: 'write class: transactional where it is none, or send it from a playbook of its own',
      });
    }
  }
}
