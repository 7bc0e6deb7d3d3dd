/** N1, N2: audience, open enrolments and `again`, in that order. */
import fc from 'fast-check';
import { behind, happeningsOf, keyProperty, UNIT_MS } from '../draw.ts';
import { type Expected, type HistoryEvent, partsByKey } from '../history.ts';
import { playbookFile, type Rule } from '../rule.ts';

interface Again {
  text: unknown;
  /** Undefined for never. */
  afterMs: number | undefined;
  perKey: boolean;
}

const again: fc.Arbitrary<Again> = fc.oneof(
  fc.constant({ text: 'never', afterMs: undefined, perKey: false }),
  fc.constant({ text: 'always', afterMs: 0, perKey: false }),
  fc.record({ units: fc.integer({ min: 1, max: 6 }), perKey: fc.boolean() }).map(({ units, perKey }) => ({
    text: perKey ? { after: `${units * 10}m`, per: 'key' } : `after ${units * 10}m`,
    afterMs: units * UNIT_MS,
    perKey,
  })),
);

export const rule: Rule = {
  name: 'entry',
  of: 'N1, N2, E4',
  cases: fc
    .record({
      key: keyProperty,
      again,
      audience: fc.boolean(),
      waitUnits: fc.constantFrom(0, 1, 2, 4),
      delayed: fc.boolean(),
    })
    .map(({ key, again: how, audience, waitUnits, delayed }) => {
      const trigger = {
        ...(delayed ? { inactive: 'a', for: '20m' } : { event: 'a' }),
        ...(key && { key: `event.${key}` }),
      };
      const steps = [...(waitUnits > 0 ? [{ wait: `${waitUnits * 10}m` }] : []), { record: 'hit' }];
      const playbook = { trigger, again: how.text, steps, ...(audience && { audience: 'contact.stage == "one"' }) };
      const firings = (history: readonly HistoryEvent[]) =>
        [...partsByKey(history, key, [{ event: 'a' }])].flatMap(([forKey, parts]) =>
          delayed
            ? quiet(parts, forKey)
            : parts.map(({ event }) => ({ at: event.at, key: forKey, evidence: [event.id] })),
        );
      return {
        told: JSON.stringify(playbook),
        trigger,
        files: [playbookFile(playbook)],
        subject: 'contact',
        traits: {},
        happenings: happeningsOf(['a', 'a', 'b']),
        until: (history) => behind(history, 2 * UNIT_MS),
        expected: firings,
        entries: (history) => tell(firings(history), history, { again: how, audience, waitMs: waitUnits * UNIT_MS }),
      };
    }),
};

function quiet(parts: readonly { event: HistoryEvent }[], key: string): Expected[] {
  return parts.flatMap(({ event }) => {
    const at = event.at + 2 * UNIT_MS;
    return parts.some((p) => p.event.index > event.index && p.event.at <= at)
      ? []
      : [{ at, key, evidence: [event.id] }];
  });
}

interface Entry {
  again: Again;
  audience: boolean;
  waitMs: number;
}

function tell(
  firings: readonly Expected[],
  history: readonly HistoryEvent[],
  { again, audience, waitMs }: Entry,
): string[] {
  const place = (firing: Expected) => {
    const evidence = history.find((event) => event.id === firing.evidence.at(-1))!;
    // A deadline comes after every event of its instant.
    return firing.at === evidence.at ? evidence.index : history.filter((event) => event.at <= firing.at).length - 0.5;
  };
  const ordered = [...firings].sort((a, b) => a.at - b.at || place(a) - place(b) || (a.key < b.key ? -1 : 1));
  const entered: Expected[] = [];
  return ordered.map((firing) => {
    const traits = history.filter((event) => event.index <= place(firing)).at(-1)?.traitsAfter ?? {};
    const verdict = () => {
      if (audience && traits.stage !== 'one') return 'audience';
      // Journeys move after the events and deadlines of an instant: one that ends now is still open for them.
      if (entered.some((e) => e.key === firing.key && firing.at <= e.at + waitMs)) return 'open';
      const counted = entered.filter((e) => !again.perKey || e.key === firing.key);
      if (again.afterMs === undefined) return counted.length > 0 ? 'again' : 'entered';
      return counted.some((e) => firing.at - e.at < again.afterMs!) ? 'again' : 'entered';
    };
    const said = verdict();
    if (said === 'entered') entered.push(firing);
    return `${new Date(firing.at).toISOString()} ${firing.key} ${said}`;
  });
}
