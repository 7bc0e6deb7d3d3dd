/** A decision's record (V5) in words, for tests and for `explain`. */
import type { Json } from '../../language/model.ts';
import { reasonOf, reasonWithWords } from '../../language/records/reasons.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { parseInstant } from '../../language/time/zones.ts';

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
  const { empty_values: empty, ...others } = objectOf(looked);
  if (Array.isArray(empty)) {
    const said = `its text shows nothing for ${empty.join(', ')}`;
    const isAll = verdict === 'next' && Object.keys(others).length === 0;
    return isAll ? said : `${decisionWords(verdict, others, show)}; ${said}`;
  }
  const beyond = beyondWords(verdict, objectOf(looked));
  if (beyond !== undefined) return beyond;
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
  return behind(reason === undefined ? reasonWithWords(verdict) : `refused: ${reasonWithWords(reason)}`);
}

/** Why a claim of a contact's id does not count, by the limit that it is beyond (E6). */
const CLAIM_LIMITS: { [limit: string]: (atMost: string) => string } = {
  ids: (atMost) => `more than ${atMost} ids would be one contact`,
  depth: (atMost) => `more than ${atMost} claims would lead from an id to its contact, one after the other`,
  changes: (atMost) => `it has changed hands more than ${atMost} times`,
};

/** What was beyond a limit and did not count; undefined for any other verdict. */
function beyondWords(verdict: string, { claimed, limit, list, key, at_most: most }: Looked): string | undefined {
  const atMost = typeof most === 'number' ? most.toLocaleString('en-US') : 'are allowed';
  switch (verdict) {
    case 'merge_bound': {
      const why = CLAIM_LIMITS[String(limit)] ?? (() => 'it is beyond a limit');
      return `merge_bound: ${valueText(claimed ?? null)} did not become one with this contact, as ${why(atMost)}`;
    }
    case 'list_bound':
      return `list_bound: ${String(list)} was not read, as it has more than ${atMost} records`;
    case 'key_bound':
      return `key_bound: the key ${valueText(key ?? null)} was closed, as more than ${atMost} were open`;
    default:
      return undefined;
  }
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
