/** T19: a value is another than it was before the event; `from` and `to` say what it was and what it is. */
import fc from 'fast-check';
import { DAY_MS, happeningsOf } from '../draw.ts';
import type { Expected, HistoryEvent, Value } from '../history.ts';
import { playbookFile, type Rule } from '../rule.ts';

/** `null` is nothing: what comes from nothing or goes to nothing counts only where it is asked for. */
const SIDES: (Value[] | undefined)[] = [undefined, undefined, ['one'], ['two', 'odd'], [null], [null, 'one']];

const drawn = fc.record({ from: fc.constantFrom(...SIDES), to: fc.constantFrom(...SIDES) }).filter(
  // The two alike say nothing, which the linter refuses.
  ({ from, to }) => !(from?.length === 1 && to?.length === 1 && from[0] === to[0]),
);

export const rule: Rule = {
  name: 'changes',
  of: 'T19, T15',
  cases: drawn.map(({ from, to }) => {
    const trigger = { changes: 'contact.stage', ...(from && { from }), ...(to && { to }) };
    return {
      told: JSON.stringify(trigger),
      trigger,
      files: [playbookFile({ trigger })],
      subject: 'contact',
      traits: {},
      happenings: happeningsOf(['a', 'b']),
      until: (history) => (history.at(-1)?.at ?? 0) + DAY_MS,
      expected: (history) => told(history, { from, to }),
    };
  }),
};

function told(history: readonly HistoryEvent[], { from, to }: { [side in 'from' | 'to']: Value[] | undefined }) {
  const allows = (side: Value[] | undefined, value: Value) => (side ? side.includes(value) : value !== null);
  return history.flatMap((event, i): Expected[] => {
    const was = history[i - 1]?.traitsAfter.stage ?? null;
    const is = event.traitsAfter.stage ?? null;
    if (was === is || !allows(from, was) || !allows(to, is)) return [];
    return [{ at: event.at, key: '', evidence: [event.id], fields: { from: was, to: is } }];
  });
}
