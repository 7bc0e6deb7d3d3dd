/** What happened, as a sentence for people. */

import type { Json, People } from '../language/model.ts';
import { formatInstant, formatLength, formatNumber, type Reader } from '../language/template/formats.ts';
import type { Activity } from '../store/reports/activity-feed.ts';

export interface Sentence {
  text: string;
  /** `silent`: withheld or refused; `good`: a goal; `bad`: a failure. */
  tone: 'done' | 'silent' | 'good' | 'bad';
}

/** For whom sentences are written, and who is who. */
export interface Teller extends Reader {
  people: People;
}

const REASONS: { [reason: string]: string } = {
  holdout: 'held out for comparison',
  consent: 'no consent to it',
  cap: 'had enough mails lately',
  no_recipient: 'nobody to send it to',
  no_address: 'no address',
  suppressed: 'unsubscribed, bounced or complained before',
  quiet_hours: 'in quiet hours',
  send_window: 'outside of sending hours',
  exit: 'it applies no more',
  undone: 'what began it was taken back by a late event',
};

/** `Ada`, `Ticket 12`: the record's name, else its kind and id. */
export function subjectOf(happening: Activity): string {
  const { subjectType: type, subjectId, subjectName } = happening;
  return subjectName ?? `${type.charAt(0).toUpperCase()}${type.slice(1)} ${subjectId}`;
}

export function sentenceOf(happening: Activity, teller: Teller): Sentence {
  const { kind, status, reason } = happening;
  if (kind === 'outcome') return endingOf(happening, teller);
  const text = effectOf(happening, teller);
  if (status === 'done') return { text, tone: 'done' };
  if (status === 'refused') return { text: `Not done, ${reasonOf(reason)}: ${lowered(text)}`, tone: 'silent' };
  if (status === 'held') return { text: `Held, ${reasonOf(reason)}: ${lowered(text)}`, tone: 'silent' };
  const why = status === 'unknown' ? 'nobody knows whether it arrived' : `failed, ${reasonOf(reason)}`;
  return { text: `${text} (${why})`, tone: 'bad' };
}

export function reasonOf(reason: string | null): string {
  return reason === null ? 'no reason given' : (REASONS[reason] ?? reason.replaceAll('_', ' '));
}

/** A colleague's name, by the id that playbooks use. */
export function colleague(id: Json | undefined, people: People): string {
  if (Array.isArray(id)) return id.map((one) => colleague(one, people)).join(', ');
  const text = typeof id === 'string' ? id : 'nobody';
  return people.persons.find((person) => person.id === text)?.name ?? text;
}

function effectOf(happening: Activity, teller: Teller): string {
  const { detail } = happening;
  const subject = subjectOf(happening);
  switch (happening.kind) {
    case 'send':
      return `Mail “${textOf(detail.send)}” to ${happening.toName ?? textOf(detail.to ?? subject)}`;
    case 'task':
      return `Task for ${colleague(detail.assign, teller.people)}: ${textOf(detail.task)}${dueOf(detail.due, teller)}`;
    case 'notify':
      return `${colleague(detail.notify, teller.people)} is told: ${textOf(detail.text ?? detail.template)}`;
    case 'escalate': {
      const priority = detail.priority === undefined ? '' : `, priority ${textOf(detail.priority)}`;
      return `${subject} goes up to ${colleague(detail.to, teller.people)}${priority}`;
    }
    case 'assign':
      return `${subject} is given to ${colleague(detail.to, teller.people)}`;
    case 'update':
      return `${subject}: ${changesOf(detail.update)}`;
    case 'record':
      return `${subject}: ${textOf(detail.record)}${worthOf(detail.value, happening, teller)}`;
    default:
      return `${subject}: ${happening.kind}`;
  }
}

function endingOf(happening: Activity, teller: Teller): Sentence {
  const { detail, reason } = happening;
  const subject = subjectOf(happening);
  switch (detail.outcome) {
    case 'converted': {
      const later = detail.after_end === true ? ', after the last step' : '';
      const worth = typeof detail.value === 'number' ? `, worth ${formatNumber(detail.value, teller)}` : '';
      return { text: `${subject} reached the goal${later}${worth}`, tone: 'good' };
    }
    case 'completed':
      return { text: `${subject} has been through all steps`, tone: 'silent' };
    case 'failed':
      return { text: `${subject} could not go on: ${reasonOf(reason)}`, tone: 'bad' };
    default:
      return { text: `${subject} left early: ${reasonOf(reason)}`, tone: 'silent' };
  }
}

/** What a service level recorded is business time. */
function worthOf(value: Json | undefined, { trigger, kind }: Activity, teller: Teller): string {
  if (typeof value !== 'number') return value === null || value === undefined ? '' : `, ${textOf(value)}`;
  if (kind === 'record' && typeof trigger.clock === 'string') return `, ${formatLength(value)}`;
  return `, ${formatNumber(value, teller)}`;
}

function dueOf(due: Json | undefined, teller: Teller): string {
  const at = typeof due === 'string' ? Date.parse(due) : Number.NaN;
  return Number.isNaN(at) ? '' : `, due ${formatInstant(at, teller)}`;
}

function changesOf(update: Json | undefined): string {
  if (typeof update !== 'object' || update === null || Array.isArray(update)) return 'changed';
  return Object.entries(update)
    .map(([path, to]) => `${path} becomes ${textOf(to)}`)
    .join(', ');
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
