/** `/api/users` and `/api/audit`. */
import { readAudit, type AuditEntry as Stored } from '../../../store/access/audit.ts';
import { MAX_USERS, putUser as put, listUsers as read, type StoredUser } from '../../../store/access/users.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { Problem } from '../../problems.ts';
import { type AuditEntry, getAudit, listUsers, putUser, type User } from '../contract/users.ts';
import { iso, pageOf, placeOf } from '../cursor.ts';
import { type Handled, on } from '../handled.ts';

export function userRoutes({ database }: { database: Database }): Handled[] {
  return [
    on(listUsers, async () => ({ items: (await read(database)).map(shown) })),
    on(
      putUser,
      async ({ body, caller }) => {
        const isSelf = caller.user?.email === body.email.toLowerCase();
        if (isSelf && (body.disabled || body.role !== 'admin'))
          throw new Problem('conflict', 'You would lose your own role: have another admin do that.');
        const user = await put(database, body);
        if (!user) throw new Problem('conflict', `There are ${MAX_USERS} users already; more are not kept.`);
        return shown(user);
      },
      ({ body: { role, disabled } }) => `${role}${disabled ? ', disabled' : ''}`,
    ),
    on(getAudit, async ({ query: { action, after, limit } }) => {
      const rows = await readAudit(database, { action, before: placeOf(after)?.at, most: limit + 1 });
      return pageOf(rows, limit, { place: ({ id }) => ({ at: id, id: '' }), shown: entryShown });
    }),
  ];
}

function shown({ createdAt, changedAt, role, ...user }: StoredUser): User {
  return { ...user, role: role as User['role'], createdAt: iso(createdAt), changedAt: iso(changedAt) };
}

function entryShown({ id, at, byUser, byName, action, target, result }: Stored): AuditEntry {
  return { id, at: iso(at), by: { id: byUser, name: byName }, action, target, result };
}
