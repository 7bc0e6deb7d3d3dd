/** A decision's record (V5) in words, for tests and for `explain`. */
import type { Json } from '../language/model.ts';
import { reasonOf, reasonWithWords } from '../language/records/reasons.ts';
import { isoInstant } from '../language/time/instants.ts';
import { parseInstant } from '../language/time/zones.ts';

type Looked = { [name: string]: Json };

/** Of a very long value the beginning. */
const MAX_VALUE_CHARS = 200;

/** Shows an instant, `2026-03-02T11:00:00Z (Mon 12:00 Europe/Berlin)`. */
export type ShowInstant = (at: number) => string;

/**
 * What was decided, and by which values: "`contact.country == "DE"` does not hold: contact.country = "FR"", "held until …: in
 * quiet hours".
 * @param verdict as the record has it: `arm 1`, `refused: consent`, `wait until …`
 */
export function decisionWords(verdict: string, looked: Json, show: ShowInstant = isoInstant): string {
  const { values, by, ...own } = objectOf(looked);
  const { if: condition, holds, held, refused: _, arm, of, ...rest } = own;
  const seen = lookedWords({ ...rest, ...objectOf(by ?? null), ...objectOf(values ?? null) });
  const behind = (words: string, sign = '; looked at ') => (seen === '' ? words : `${words}${sign}${seen}`);
  if (typeof condition === 'string') return behind(`\`${condition}\` ${holds ? 'holds' : 'does not hold'}`, ': ');
  if (Array.isArray(of) && typeof arm === 'number') {
    return behind(arm < 0 ? `none of ${of.map(quoted).join(', ')} holds` : `takes ${quoted(of[arm])}`, ': ');
  }
  if (own.answered !== undefined) return answerWords(own);
  const until = /^wait until (\S+)$/.exec(verdict)?.[1];
  const untilText = until === undefined ? '' : ` until ${show(parseInstant(until) ?? 0)}`;
  if (typeof held === 'string') return behind(`held${untilText}: ${reasonOf(held)}`);
  if (until !== undefined) return behind(`waits${untilText}`);
  if (verdict === 'wait') return behind('waits until something comes');
  const reason = /^refused: (.+)$/.exec(verdict)?.[1];
  return behind(reason === undefined ? verdict : `refused: ${reasonWithWords(reason)}`);
}

/** What somebody who was asked has answered, or that nobody has. */
function answerWords({ answered, by, task }: Looked): string {
  const taken = task === 'withdrawn' ? '; the task is withdrawn' : '';
  if (typeof answered !== 'string') return `nobody answered in time${taken}`;
  return `answered ${answered.slice(answered.indexOf('.') + 1)}${typeof by === 'string' ? ` by ${by}` : ''}`;
}

/** `contact.country = "FR"`; `nothing` for a value that is not there. */
export function lookedWords(looked: Json): string {
  if (typeof looked !== 'object' || looked === null || Array.isArray(looked)) return valueText(looked);
  return Object.entries(looked)
    .map(([name, value]) => `${name} = ${valueText(value)}`)
    .join(', ');
}

function quoted(condition: Json | undefined): string {
  return condition === 'else' ? 'else' : `\`${String(condition)}\``;
}

function objectOf(value: Json): Looked {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function valueText(value: Json): string {
  if (value === null) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > MAX_VALUE_CHARS ? `${text.slice(0, MAX_VALUE_CHARS)}…` : text;
}
