/** Texts that look like expressions: where a value is written they would be stored as words (S8, S1). */
import { EXPRESSION_FUNCTIONS } from '../../../cel.ts';

const NAME = String.raw`[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*`;
const PATH = new RegExp(`^${NAME}$`);
const SUM = new RegExp(String.raw`^(${NAME})\s*([-+*/])\s*(\S.*)$`);
const CALL = /^([a-z_]+)\((.*)\)$/;
const LENGTH =
  /^[-+]?\d+(?:\.\d+)?\s*(?:ms|s|m|h|d|w|(?:business |working |calendar )?(?:minute|hour|day|week|month|year)s?)$/;

/**
 * What to write instead; undefined for what is a text.
 * @param plain it is written without quotes
 */
export function expressionMeant(
  text: string,
  roots: readonly string[],
  plain: boolean,
): { message: string; hint: string; fix?: string } | undefined {
  const written = text.trim();
  const isRoot = (name: string | undefined) => name !== undefined && roots.includes(name.split('.')[0]!);
  const stored = `\`${written}\` would be stored as these words`;
  const computed = `a text does not compute: write { value: '${written}' }, or, to count up, { add: 5 }`;
  if (PATH.test(written) && isRoot(written) && (written.includes('.') || written === 'now')) {
    return { message: stored, hint: `write "{{ ${written} }}" for the value`, fix: `"{{ ${written} }}"` };
  }
  const [, first, , rest] = SUM.exec(written) ?? [];
  if (isRoot(first) && (first!.includes('.') || first === 'now')) {
    const length = LENGTH.test(rest!) ? lengthCall(rest!) : undefined;
    const operator = written.slice(first!.length).trim()[0];
    return {
      message: stored,
      hint: length ? `write { value: '${first} ${operator} ${length}' }` : computed,
    };
  }
  const [, name, inside] = CALL.exec(written) ?? [];
  const isCall = name !== undefined && EXPRESSION_FUNCTIONS.some((known) => known.name === name);
  if (isCall && roots.some((root) => inside!.includes(root))) return { message: stored, hint: computed };
  if (plain && LENGTH.test(written) && /[a-z]/i.test(written)) {
    return {
      message: stored,
      hint: `for a date write { value: 'now + ${lengthCall(written)}' }; where the words are meant, put them in quotes: "${written}"`,
    };
  }
  return undefined;
}

/** `7d` → `duration("7d")`, `3 business days` → `business_days(3)`. */
function lengthCall(length: string): string {
  const [, count, unit] = /^[-+]?(\d+(?:\.\d+)?)\s*(.*)$/.exec(length) ?? [];
  if (/^(business|working) day/.test(unit ?? '')) return `business_days(${count})`;
  if (/^(calendar )?days?$/.test(unit ?? '')) return `days(${count})`;
  return /^(ms|s|m|h|d|w)$/.test(unit ?? '') ? `duration("${count}${unit}")` : 'duration("7d")';
}
