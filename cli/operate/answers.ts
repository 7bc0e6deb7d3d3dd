/** What `cuebook tasks` and `cuebook approvals` do and print. */
import { isoInstant } from '../../language/time/instants.ts';
import { type Asked, type AskedKind, answer, listAsked } from '../../store/journeys/people-answers.ts';
import { note, paint, print } from '../output.ts';
import { reachingStore } from '../reach-store.ts';

export interface AskedOptions {
  status?: string;
  person?: string;
  playbook?: string;
  limit?: number;
  after?: string;
  by?: string;
  dataDir?: string;
  json?: boolean;
}

export async function list(
  kind: AskedKind,
  { limit = 50, dataDir, json, by: _, ...filter }: AskedOptions,
): Promise<void> {
  const found = await reachingStore(dataDir, (database) => listAsked(database, { kind, ...filter, most: limit + 1 }));
  const shown = found.slice(0, limit);
  for (const asked of shown) printAsked(asked, json);
  if (shown.length === 0 && !json) print(`No ${kind} is ${filter.status ?? 'open'}.`);
  if (found.length > limit && !json) note(`More: cuebook ${kind}s list --after ${shown.at(-1)!.id}`);
}

/** @param is what is answered to each: `done`, `given`, … */
export async function answerAll(
  kind: AskedKind,
  is: string,
  ids: readonly string[],
  options: AskedOptions,
): Promise<void> {
  const { by, dataDir, json } = options;
  await reachingStore(dataDir, async (database) => {
    for (const id of ids) {
      const answered = await answer(database, { id, kind, is, ...(by !== undefined && { by }) });
      if (answered) printAsked(answered.asked, json);
      if (answered?.isTaken) continue;
      if (answered?.asked.status === is) {
        note(`It was ${is} before: nothing has changed.`);
        continue;
      }
      process.exitCode = 1;
      if (!answered) note(`There is no ${kind} ${id}. \`cuebook ${kind}s list\` shows them.`);
      else note(`It is ${answered.asked.status}, and cannot be ${is} any more.`);
    }
  });
}

function printAsked(asked: Asked, json: boolean | undefined): void {
  const { id, kind, status, title, persons, due, playbook, subject, at } = asked;
  if (json) {
    print(JSON.stringify({ ...asked, due: due === null ? null : isoInstant(due), at: isoInstant(at) }));
    return;
  }
  print(paint('bold', id, process.stdout));
  print(`  ${title}`);
  const who = persons.length === 0 ? 'nobody' : persons.join(', ');
  const until = due === null ? '' : `, ${kind === 'task' ? 'due' : 'until'} ${isoInstant(due)}`;
  print(
    `  ${status}, ${kind === 'task' ? 'of' : 'asked of'} ${who}${until}; ${playbook} for ${subject.type} ${subject.id}, since ${isoInstant(at)}`,
  );
}
