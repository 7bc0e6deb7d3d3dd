/** `GET /api/session`: who is signed in. */
import type { People } from '../../language/model.ts';
import type { Database } from '../../store/postgres/database.ts';
import type { Caller, ServerAccess } from '../access/access.ts';
import { getSession, type Session } from './contract/session.ts';
import { readSurroundings } from './deployed.ts';
import { type Handled, on, TOKEN_NAME } from './handled.ts';

export interface WhoOptions {
  database: Database;
  access: ServerAccess;
  hasMailbox: boolean;
  version: string;
}

export function whoRoutes({ database, access, hasMailbox, version }: WhoOptions): Handled[] {
  return [
    on(getSession, async ({ caller }): Promise<Session> => {
      const { settings, people } = await readSurroundings(database);
      return {
        user: shownUser(caller, people.persons),
        role: caller.role,
        csrfToken: caller.csrfToken,
        zone: settings.timeZone,
        signsIn: !access.open,
        hasMailbox,
        version,
      };
    }),
  ];
}

function shownUser({ user }: Caller, persons: readonly { id: string; email?: string }[]): Session['user'] {
  if (user === null) return { id: null, name: TOKEN_NAME, email: null, colleague: null };
  const { id, name, email } = user;
  return { id, name, email, colleague: colleagueOf(email, persons) };
}

/** The colleague who is signed in; undefined for the API token, and for who is none. */
export function ownColleague({ user }: Pick<Caller, 'user'>, { persons }: Pick<People, 'persons'>): string | undefined {
  return user === null ? undefined : (colleagueOf(user.email, persons) ?? undefined);
}

/** The colleague of the people files with that address. */
export function colleagueOf(email: string, persons: readonly { id: string; email?: string }[]): string | null {
  return persons.find((person) => person.email?.toLowerCase() === email.toLowerCase())?.id ?? null;
}
