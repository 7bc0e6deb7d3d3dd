/** What happened, as a sentence for people. */

import { reasonOf } from '../language/records/reasons.ts';
import type { Registry, Teller } from '../language/syntax.ts';
import { formatNumber } from '../language/template/formats.ts';
import type { Activity } from '../store/reports/activity-feed.ts';

export interface Sentence {
  text: string;
  /** `silent`: withheld or refused; `good`: a goal; `bad`: a failure. */
  tone: 'done' | 'silent' | 'good' | 'bad';
}

/** The readers of the sentences, and the steps that word them. */
export interface FeedTeller extends Teller, Pick<Registry, 'steps'> {}

/** `Ada`, `Ticket 12`: the record's name, else its kind and id. */
export function subjectOf(happening: Activity): string {
  const { subjectType: type, subjectId, subjectName } = happening;
  return subjectName ?? `${type.charAt(0).toUpperCase()}${type.slice(1)} ${subjectId}`;
}

export function sentenceOf(happening: Activity, teller: FeedTeller): Sentence {
  const { kind, status, reason } = happening;
  if (kind === 'outcome') return endingOf(happening, teller);
  const text = effectOf(happening, teller);
  if (status === 'done') return { text, tone: 'done' };
  if (status === 'refused') return { text: `Not done, ${reasonOf(reason)}: ${lowered(text)}`, tone: 'silent' };
  if (status === 'held') return { text: `Held, ${reasonOf(reason)}: ${lowered(text)}`, tone: 'silent' };
  const why = status === 'unknown' ? 'it is not known whether it arrived' : `could not be sent: ${reasonOf(reason)}`;
  return { text: `${text} (${why})`, tone: 'bad' };
}

function effectOf(happening: Activity, teller: FeedTeller): string {
  const { kind, detail, toName, trigger } = happening;
  const subject = subjectOf(happening);
  const effect = teller.steps.find((step) => step.kind === kind)?.effect;
  return effect?.sentence({ subject, detail, recipient: toName, trigger }, teller) ?? `${subject}: ${kind}`;
}

function endingOf(happening: Activity, teller: FeedTeller): Sentence {
  const { detail, reason } = happening;
  const subject = subjectOf(happening);
  switch (detail.outcome) {
    case 'converted': {
      const later = detail.after_end === true ? ', after the last step' : '';
      const worth = typeof detail.value === 'number' ? `, worth ${formatNumber(detail.value, teller)}` : '';
      return { text: `${subject} reached the goal${later}${worth}`, tone: 'good' };
    }
    case 'completed':
      return { text: `${subject} has completed all steps`, tone: 'silent' };
    case 'failed':
      return { text: `${subject} could not go on: ${reasonOf(reason)}`, tone: 'bad' };
    default:
      return { text: `${subject} left early: ${reasonOf(reason)}`, tone: 'silent' };
  }
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
