/** A whole run, a line for each thing that happened, was decided or was looked at. */
import type { SubjectRef } from '../../language/model.ts';
import { oneLine } from '../../language/template/mail/line.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { decisionWords, lookedWords } from '../../steps/words/decision-words.ts';
import type { RunLine } from '../run/types.ts';
import { cameText, type Shown } from './shown.ts';
import type { Trace, Traced } from './trace.ts';

/** `2026-03-02T10:00:00Z (Mon 11:00 Europe/Berlin)  event order.completed …` */
export function traceText({ traced, isCut }: Trace, shown: Shown): string[] {
  const lines = traced.flatMap((one) => {
    const text = textOf(one, shown);
    return text === undefined ? [] : [`${shown.at(one.at, '')}  ${text}`];
  });
  return isCut ? [...lines, `… and more: of one test ${lines.length} lines are shown`] : lines;
}

/** Of a timeline that is shown beside what is wrong. */
const MAX_TIMELINE = 15;

/** The run in short, for a test that failed: what came in, who entered, what came of it. Cuebook's own events tell of lines. */
export function timelineText({ traced }: Trace, shown: Shown): string[] {
  const told = traced.filter((one) => {
    if (one.what === 'event') return !isTold(one.event.name);
    return one.what === 'line' && one.line.type !== 'firing';
  });
  const lines = told.slice(0, MAX_TIMELINE).map((one) => `${shown.at(one.at, '')}  ${textOf(one, shown)}`);
  return told.length > MAX_TIMELINE ? [...lines, `… ${told.length - MAX_TIMELINE} more; --trace shows all`] : lines;
}

function isTold(name: string): boolean {
  return /^(enrolment\.|email\.sent$)/.test(name);
}

function textOf(one: Traced, shown: Shown): string | undefined {
  switch (one.what) {
    case 'event': {
      const { name, properties, subjects } = one.event;
      return `event ${name} ${subjects.map(subjectText).join(', ')} ${JSON.stringify(properties)}`;
    }
    case 'unmatched':
      return `${one.event} does not fit \`${one.where}\`: ${lookedWords(one.looked)}`;
    case 'missed':
      return one.missed.amount === 1 ? `near miss: ${one.missed.by}` : undefined;
    case 'decided': {
      const { told, path, answer } = one.decided;
      // What an effect or an ending came to is a line of its own.
      if (answer.go === 'ended' || (told === undefined && answer.go !== 'sleep')) return undefined;
      const verdict =
        told?.verdict ??
        (answer.go === 'sleep' && answer.until !== null ? `wait until ${isoInstant(answer.until)}` : 'wait');
      return `${shown.step(path)}: ${decisionWords(verdict, told?.looked ?? {}, (at) => shown.at(at, ''))}`;
    }
    default:
      return lineText(one.line);
  }
}

function lineText(line: RunLine): string {
  switch (line.type) {
    case 'firing': {
      const by = line.evidence.length === 0 ? '' : `, evidence ${line.evidence.join(', ')}`;
      return `fires for ${subjectText(line.subject)}${line.key === '' ? '' : `, key ${line.key}`}${by}`;
    }
    case 'enrolment': {
      if (line.refused === null) return `enters${line.key === '' ? '' : `, key ${line.key}`}`;
      return `at entry ${decisionWords(`refused: ${line.refused}`, line.looked)}`;
    }
    case 'effect':
      return cameText({ at: line.at, kind: line.effect, fields: line.detail, refused: line.refused });
    default: {
      const { at, outcome, reason, value, afterEnd } = line;
      const fields = { outcome, reason, ...(value !== null && { value }), ...(afterEnd && { after_end: true }) };
      return cameText({ at, kind: 'outcome', fields, refused: null });
    }
  }
}

/** On one line, whatever the id is (S20). */
export function subjectText({ type, id }: SubjectRef): string {
  return `${type} ${oneLine(id)}`;
}
