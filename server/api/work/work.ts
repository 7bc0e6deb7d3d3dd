/** `/api/work`: what waits for colleagues, and their answers. */
import type { People } from '../../../language/model.ts';
import { nextDayStart } from '../../../language/time/zones.ts';
import { ANSWERS, type Asked, answer, readAsked } from '../../../store/journeys/people-answers.ts';
import { now as readNow } from '../../../store/postgres/clock.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { type OpenWork, pageOfWork } from '../../../store/reports/app/work.ts';
import { namedSubject } from '../../../store/reports/find-subjects.ts';
import type { Caller } from '../../access/access.ts';
import { mayAs } from '../../access/guard.ts';
import { Problem } from '../../problems.ts';
import { answerWork, listWork, type Work } from '../contract/work.ts';
import { iso, isoOrNull, pageOf, placeOf } from '../cursor.ts';
import { readSurroundings } from '../deployed.ts';
import { type Handled, on } from '../handled.ts';
import { ownColleague } from '../who.ts';

export interface WorkOptions {
  database: Database;
  /** Told after an answer was committed. */
  onAppended?: (() => void) | undefined;
}

export function workRoutes({ database, onAppended }: WorkOptions): Handled[] {
  return [
    on(listWork, async ({ query: { kind, person, due, playbook, snoozed, after, limit }, caller }) => {
      const { settings, people } = await readSurroundings(database);
      const now = await readNow(database.pool);
      const whose = person === 'me' ? (ownColleague(caller, people) ?? '') : person;
      const dueBefore = { all: undefined, overdue: now, today: nextDayStart(now, settings.timeZone) }[due];
      const filter = {
        ...{ kind, person: whose, playbook, dueBefore, now, isSnoozed: snoozed === 'yes' },
        ...{ after: placeOf(after), most: limit + 1 },
      };
      const rows = await pageOfWork(database.pool, filter);
      const named = await Promise.all(
        rows.map(async (row) => ({
          ...row,
          subject: await namedSubject(database, { type: row.subjectType, id: row.subjectId }),
        })),
      );
      return pageOf(named, limit, {
        place: ({ place: at, id }) => ({ at, id }),
        shown: (row) => shown(row, { now, people }),
      });
    }),
    on(
      answerWork,
      async ({ body: { id, kind, is }, caller }) => {
        if (!(ANSWERS[kind] as readonly string[]).includes(is)) {
          throw new Problem('invalid_body', `A ${kind} is ${ANSWERS[kind].join(', ')}; ${is} came.`, {
            pointer: '/is',
          });
        }
        const asked = await readAsked(database, id);
        if (asked?.kind !== kind) throw new Problem('not_found', `There is no ${kind} with this id.`);
        const { people } = await readSurroundings(database);
        const by = ownColleague(caller, people);
        checkTheirs(asked, caller, by);
        const answered = await answer(database, { id, kind, is, by });
        if (answered?.isTaken) onAppended?.();
        return { id, status: answered?.asked.status ?? asked.status, taken: answered?.isTaken ?? false };
      },
      ({ body: { id, is } }) => `${id} ${is}`,
    ),
  ];
}

/** @throws Problem where it waits for somebody else */
export function checkTheirs({ persons }: Pick<Asked, 'persons'>, { role }: Caller, own: string | undefined): void {
  if (mayAs(role, 'operator') || (own !== undefined && persons.includes(own))) return;
  throw new Problem('forbidden', 'It waits for somebody else: only an operator acts for others.');
}

type Named = OpenWork & { subject: { type: OpenWork['subjectType']; id: string; name: string | null } };

function shown(row: Named, { now, people }: { now: number; people: People }): Work {
  const { subjectType: _, subjectId: __, place: ___, persons, due, at, subject, snoozedUntil, ...work } = row;
  const nameOf = (id: string) => people.persons.find((person) => person.id === id)?.name ?? null;
  return {
    ...work,
    persons: persons.map((id) => ({ id, name: nameOf(id) })),
    due: isoOrNull(due),
    isOverdue: due !== null && due < now,
    subject: { type: subject.type, id: subject.id, name: subject.name },
    at: iso(at),
    snoozedUntil: isoOrNull(snoozedUntil),
  };
}
