/** What virtual time says of a playbook's test, line by line, to be compared with what comes live. */
import type { PlaybookTest } from '../../language/compile.ts';
import type { Instant, Json, People, PlaybookVersion } from '../../language/model.ts';
import { identityLinksOf } from '../../language/records/identity-links.ts';
import { run } from '../../simulate/run/run.ts';
import { timelineOf } from '../../simulate/tests/test-events.ts';

/** What came, live or in virtual time. */
export interface TwinLine {
  at: Instant;
  what: string;
  detail: Json;
  refused: string | null;
}

/** What virtual time says of a test, and the events that it plays. */
export function virtualLines(
  version: PlaybookVersion | readonly PlaybookVersion[],
  test: PlaybookTest,
  people: People,
) {
  const lines: TwinLine[] = [];
  const { events, refused } = timelineOf(test);
  if (refused.length > 0) throw new Error(refused.map(({ message }) => message).join('; '));
  const { settings, records, until, arms } = test;
  const claims = events.flatMap(identityLinksOf);
  const all = test.people ? { ...people, persons: test.people } : people;
  run({ versions: [version].flat(), settings, people: all, records, events, claims, until, arms }, (line) => {
    const { at } = line;
    if (line.type === 'effect') lines.push({ at, what: line.effect, detail: line.detail, refused: line.refused });
    if (line.type !== 'outcome') return;
    const { outcome, reason, value, afterEnd, ghost } = line;
    const detail = { outcome, reason, value, after_end: afterEnd, ghost };
    lines.push({ at, what: 'outcome', detail, refused: null });
  });
  return { lines, events };
}

/** Lines of one instant come in either order: which of two journeys writes first nobody promises. */
export const sorted = (lines: readonly TwinLine[]) => lines.map((line) => JSON.stringify(canonical(line))).sort();

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([key, item]) => [key, canonical(item)]),
  );
}
