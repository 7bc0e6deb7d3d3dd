/** The live evaluator on PostgreSQL against the oracle: many subjects, in the order of arrival, every playbook at once. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrolmentIdOf } from '../../language/hash.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { happeningsOf } from '../../simulate/oracle/draw.ts';
import { type HistoryEvent, historyOf } from '../../simulate/oracle/history.ts';
import type { Case } from '../../simulate/oracle/rule.ts';
import { rules } from '../../simulate/oracle/rules.ts';
import { type Evaluation, startEvaluation } from '../support/evaluation.ts';

const SEED = 11;
const SUBJECTS = 60;
/** Rules whose cases need no traits of their own, so that they may stand in one folder. */
const RULES = ['event', 'count', 'count-hold', 'absence', 'shortfall', 'inactivity', 'sequence', 'any'];
const CASES_PER_RULE = 3;
const DAY_MS = 86_400_000;

interface Subject {
  id: string;
  history: HistoryEvent[];
}

const drawnCases = RULES.flatMap((name, i) => {
  const rule = rules.find((one) => one.name === name)!;
  return fc.sample(rule.cases, { seed: SEED + i, numRuns: CASES_PER_RULE });
});
const cases = drawnCases.map((of, i) => ({ name: `p${i}`, of }));
const subjects = fc
  .sample(happeningsOf(['a', 'b', 'x', 'c'], { starts: [Date.parse('2026-03-28T20:00Z')] }), {
    seed: SEED,
    numRuns: SUBJECTS,
  })
  .map((happenings, i): Subject => ({ id: `s${i}`, history: historyOf(happenings) }));

/** Everybody is refused by the audience: what is compared is what fires, and no journey begins. */
function fileOf(name: string, of: Case): { path: string; text: string } {
  const playbook = { ...JSON.parse(of.files[0]!.text), playbook: name, audience: 'contact.enters == true' };
  return { path: `${name}.yaml`, text: JSON.stringify(playbook) };
}

let evaluation: Evaluation;

beforeAll(async () => {
  const shared = new Map(cases.flatMap(({ of }) => of.files.slice(1)).map((file) => [file.path, file]));
  const files = [...cases.map(({ name, of }) => fileOf(name, of)), ...shared.values()];
  evaluation = await startEvaluation('2026-03-28T00:00:00Z', files);
});
afterAll(() => evaluation.close());

describe('the live evaluator fires what the rules say', () => {
  it(`for ${SUBJECTS} subjects whose events come late, tied, repeated and out of order (E2, E4, E5)`, async () => {
    const arriving = subjects.flatMap(({ id, history }) => history.map((event) => ({ subject: id, event })));
    const instants = [...new Set(arriving.map(({ event }) => event.receivedAt))].sort((a, b) => a - b);
    for (const instant of instants) {
      const now = arriving.filter(({ event }) => event.receivedAt === instant);
      await evaluation.step(isoInstant(instant - 1));
      await evaluation.step(isoInstant(instant));
      await evaluation.send(
        ...now
          .sort((a, b) => a.event.arrival - b.event.arrival)
          .map(({ subject, event: { id, name, at, properties, traits } }) => ({
            id: `${subject}.${id}`,
            name,
            at: isoInstant(at),
            ids: { contactId: subject },
            properties,
            patches: traits ? [{ type: 'contact' as const, id: subject, traits }] : [],
          })),
      );
      // A repeat is acknowledged and changes nothing, whatever it then says (E2).
      const repeated = now.filter(({ event }) => event.arrival % 3 === 0);
      await evaluation.send(
        ...repeated.map(({ subject, event }) => {
          return { id: `${subject}.${event.id}`, name: 'x', ids: { contactId: subject }, properties: { n: 3 } };
        }),
      );
      await evaluation.evaluator.idle();
    }
    const until = instants.at(-1)! + 9 * DAY_MS;
    await evaluation.step(isoInstant(until));

    const standing = await standingIds();
    const wrong: string[] = [];
    let firings = 0;
    for (const { name, of } of cases) {
      for (const { id, history } of subjects) {
        const given = of.expected(history, until).map(({ at, key, evidence }) => {
          const named = evidence.map((event) => `${id}.${event}`);
          return enrolmentIdOf({ playbook: name, key, at, evidence: named, subject: { type: 'contact', id }, arm: 0 });
        });
        firings += given.length;
        const made = standing.get(`${name} ${id}`) ?? [];
        if ([...new Set(given)].sort().join() !== made.sort().join()) wrong.push(`${name} ${id}: ${of.told}`);
      }
    }
    expect({ differ: wrong.length, first: wrong.slice(0, 3) }).toEqual({ differ: 0, first: [] });
    expect(firings).toBeGreaterThan(SUBJECTS);
  }, 120_000);
});

/** By `playbook subject`: the firings that stand; for one that was moved, that for which it stands (E5). */
async function standingIds(): Promise<Map<string, string[]>> {
  const { rows } = await evaluation.database.pool.query<{ of: string; id: string }>(
    `SELECT playbook || ' ' || subject_id AS of, CASE WHEN moved THEN stands_for ELSE id END AS id
     FROM firings WHERE undone_by IS NULL OR moved`,
  );
  const found = new Map<string, string[]>();
  for (const { of, id } of rows) {
    const known = found.get(of);
    if (known) known.push(id);
    else found.set(of, [id]);
  }
  return found;
}
