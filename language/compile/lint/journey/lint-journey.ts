/** What can be said of a journey as a whole: where it never comes, what it brings to nobody, what ends it never. */
import { whyNeverTrue } from '../../../cel/satisfiable.ts';
import type { LintInput } from '../lint.ts';
import { lintAbsentValues } from './absent-values.ts';
import { lintGoal } from './goals.ts';
import { lintRounds } from './rounds.ts';
import { lintUnreachable } from './unreachable.ts';

export function lintJourney(input: LintInput): void {
  lintUnreachable(input);
  lintGoal(input);
  lintRounds(input);
  lintAbsentValues(input);
}

/** N1: where every effect is marketing, consent is asked at the entry, with what the audience looks at. */
export function lintConsent({ playbook: { audience, subject }, report }: LintInput): void {
  if (audience === undefined || subject !== 'contact' || whyNeverTrue(audience.cel) !== undefined) return;
  if (whyNeverTrue(`(${audience.cel}) && contact.consent.marketing == true`) === undefined) return;
  report.at(['audience'], {
    severity: 'warning',
    code: 'CB658',
    message: 'the audience is whoever has not consented, and every message here is marketing: all are refused',
    hint: 'ask for consent elsewhere, or write class: transactional where a message is no marketing',
  });
}
