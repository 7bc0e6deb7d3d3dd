/** Lines of a backtest as programs read them (interfaces, section 3), and their order. */

import type { Json } from '../../language/model.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { compareText } from '../../triggers/engine/merge-firings.ts';
import type { RunLine } from '../run/types.ts';

export type LineType = RunLine['type'];
export const LINE_TYPES = ['firing', 'enrolment', 'effect', 'outcome'] as const satisfies readonly LineType[];

/** One line, with the key by which it is ordered. */
export interface PlacedLine {
  key: string;
  line: PrintedLine;
}

export interface PrintedLine {
  type: LineType;
  playbook: string;
  subject: string;
  at: string;
  [member: string]: Json;
}

export function placed(line: RunLine): PlacedLine {
  return { key: line.key, line: printed(line) };
}

/** A line in a file of a run: what merging looks at stands in front, so that the rest is read only where instants are equal. */
export interface StoredLine {
  type: LineType;
  at: string;
  /** As it is printed. */
  json: string;
  /** As a text of JSON. */
  key: string;
}

const NEXT = '\t';

/** A tab within a text is written as an escape: the first two end what is in front. */
export function storedText({ key, line }: PlacedLine): string {
  return `${LINE_TYPES.indexOf(line.type)}${line.at}${NEXT}${JSON.stringify(key)}${NEXT}${JSON.stringify(line)}`;
}

export function storedLine(text: string): StoredLine {
  const first = text.indexOf(NEXT);
  const second = text.indexOf(NEXT, first + 1);
  const type = LINE_TYPES[Number(text[0])]!;
  return { type, at: text.slice(1, first), key: text.slice(first + 1, second), json: text.slice(second + 1) };
}

/** As `compareLines` orders what was stored. */
export function compareStored(a: StoredLine, b: StoredLine): number {
  return compareInstants(a.at, b.at) || compareLines(placedAgain(a), placedAgain(b));
}

function placedAgain({ key, json }: StoredLine): PlacedLine {
  return { key: JSON.parse(key) as string, line: JSON.parse(json) as PrintedLine };
}

/** At equal instant, playbook, subject and key: firing, enrolment, effect, outcome, then as they came. */
export function compareLines(a: PlacedLine, b: PlacedLine): number {
  return (
    compareInstants(a.line.at, b.line.at) ||
    compareText(a.line.playbook, b.line.playbook) ||
    compareText(a.line.subject, b.line.subject) ||
    compareText(a.key, b.key) ||
    LINE_TYPES.indexOf(a.line.type) - LINE_TYPES.indexOf(b.line.type)
  );
}

function printed(line: RunLine): PrintedLine {
  const { playbook, key } = line;
  const subject = line.subject.id;
  const at = isoInstant(line.at);
  switch (line.type) {
    case 'firing':
      return { type: line.type, playbook, subject, key, at, evidence: line.evidence };
    case 'enrolment':
      return { type: line.type, playbook, subject, key, at, id: line.id, refused: line.refused };
    case 'effect': {
      const { enrolment, step, effect, refused } = line;
      // `send` names the channel in a step and the template in a test's line: the template goes into a member of its own.
      return { type: line.type, playbook, enrolment, subject, at, step, effect, ...detailOf(line), refused };
    }
    case 'outcome': {
      const { enrolment, outcome, reason, evidence, value, afterEnd, ghost } = line;
      return {
        type: line.type,
        playbook,
        enrolment,
        subject,
        at,
        outcome,
        reason,
        evidence,
        ...(value !== null && { value }),
        ...(afterEnd && { after_end: true }),
        ...(ghost && { ghost: true }),
      };
    }
  }
}

const TAKEN = new Set(['type', 'playbook', 'enrolment', 'subject', 'at', 'step', 'effect', 'refused', 'send']);

function detailOf({ effect, detail }: RunLine & { type: 'effect' }): { [member: string]: Json } {
  const template = effect === 'send' ? { template: detail.template ?? detail.send ?? null } : {};
  const rest = Object.entries(detail).filter(([name]) => !TAKEN.has(name));
  return { ...template, ...Object.fromEntries(rest) };
}

/** Texts of instants in the order of time: after the year 9999 they are longer, and begin with a sign. */
export function compareInstants(a: string, b: string): number {
  return a.length - b.length || compareText(a, b);
}
