/** Whom a command's option means: records by their id, their address or their name. */
import { SUBJECT_TYPES, type SubjectRef } from '../../language/model.ts';
import type { Database } from '../../store/postgres/database.ts';
import {
  contactsOfAddress,
  MAX_FOUND,
  type NamedSubject,
  namedSubject,
  subjectsOfId,
  subjectsOfName,
} from '../../store/reports/find-subjects.ts';
import { Failure } from '../failure.ts';
import { print, printLine } from '../output.ts';

interface Asked {
  /** `ada`, `ada@example.com`, `ticket/4711`. */
  subject: string;
  json?: boolean | undefined;
  /** Where it was said: `subject` of `--subject`. */
  option: string;
}

/**
 * By id, else by the address, else by the name.
 *
 * @throws Failure UNKNOWN_SUBJECT when nothing that is stored is called so, SEVERAL_SUBJECTS when a name is not enough
 */
export async function subjectsNamed(
  database: Database,
  { subject: asked, json, option }: Asked,
): Promise<NamedSubject[]> {
  const type = SUBJECT_TYPES.find((one) => asked.startsWith(`${one}/`));
  const text = type === undefined ? asked : asked.slice(type.length + 1);
  const isMeant = (one: SubjectRef) => type === undefined || one.type === type;
  const byId = (await subjectsOfId(database, text)).filter(isMeant);
  if (byId.length > 0) return Promise.all(byId.map((subject) => namedSubject(database, subject)));
  const byAddress = text.includes('@') ? (await contactsOfAddress(database, text)).filter(isMeant) : [];
  if (byAddress.length > 0) return byAddress;
  const byName = (await subjectsOfName(database, text)).filter(isMeant);
  if (byName.length === 1) return byName;
  if (byName.length > 1) throw several(asked, byName, { json, option });
  throw new Failure(
    'UNKNOWN_SUBJECT',
    `Nobody and nothing that is stored has this id, address or name${asked.includes('@') ? '' : `: ${asked}`}.`,
    'Ids are those of events (`userId`, `accountId`, …). Is it another data folder, or a DATABASE_URL that is not set?',
  );
}

/** Who is meant is asked for; names and addresses are part of the answer, and of no failure. */
function several(asked: string, found: readonly NamedSubject[], { json, option }: Omit<Asked, 'subject'>): Failure {
  for (const { type, id, name, email } of found) {
    if (json) print(JSON.stringify({ type: 'subject', subjectType: type, subject: id, name, email }));
    else printLine(`  ${type}/${id}  ${[name, email].filter(Boolean).join(', ')}`);
  }
  const many = found.length === MAX_FOUND ? `At least ${MAX_FOUND}` : String(found.length);
  return new Failure(
    'SEVERAL_SUBJECTS',
    `${many} records have ${asked} in their name.`,
    `Ask for one of them: --${option} ${found[0]!.type}/${found[0]!.id}`,
  );
}
