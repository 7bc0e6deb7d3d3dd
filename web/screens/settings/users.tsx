/** Who may sign in, and what they may. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { putUser, User } from '../../../server/api/contract/users.ts';
import { call } from '../../api/client.ts';
import { usersQuery } from '../../api/settings-queries.ts';
import { Panel } from '../../parts/page.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { useTell } from '../../parts/toast.tsx';
import { When } from '../../parts/when.tsx';
import { useTexts } from '../../texts/texts.tsx';

const ROLES: readonly User['role'][] = ['viewer', 'author', 'operator', 'admin'];
type Change = Pick<User, 'email' | 'name' | 'role' | 'disabled'>;
const BEGINNING: Change = { email: '', name: '', role: 'viewer', disabled: false };

function useChange(onDone: () => void) {
  const { settings } = useTexts();
  const tell = useTell();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: Change) => call<typeof putUser>('POST /api/users', { body: change }),
    onSuccess: async ({ name }) => {
      tell(settings.changedUser(name));
      onDone();
      await queries.invalidateQueries({ queryKey: ['settings'] });
    },
    onError: (error) => tell(error.message),
  });
}

/** @param own the address of who is signed in: nobody takes their own role */
export function Users({ own }: { own: string | null }): ReactNode {
  const { settings } = useTexts();
  const query = useQuery(usersQuery);
  return (
    <div className="stack">
      <Add />
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={settings.noUsers} detail={settings.noUsersDetail} />
          ) : (
            <List items={items} own={own} />
          )
        }
      </Loaded>
    </div>
  );
}

function Add(): ReactNode {
  const { settings } = useTexts();
  const [draft, setDraft] = useState(BEGINNING);
  const change = useChange(() => setDraft(BEGINNING));
  return (
    <Panel title={settings.addUser} id="add-user">
      <form
        className="panel-body filters"
        onSubmit={(submitted) => {
          submitted.preventDefault();
          change.mutate(draft);
        }}
      >
        <label>
          {settings.userName}{' '}
          <input
            className="field"
            required
            maxLength={200}
            value={draft.name}
            onChange={({ target }) => setDraft({ ...draft, name: target.value })}
          />
        </label>
        <label>
          {settings.address}{' '}
          <input
            className="field"
            type="email"
            required
            value={draft.email}
            onChange={({ target }) => setDraft({ ...draft, email: target.value })}
          />
        </label>
        <RoleChoice label={settings.role} role={draft.role} onChoose={(role) => setDraft({ ...draft, role })} />
        <button type="submit" className="button primary" disabled={change.isPending}>
          {settings.add}
        </button>
      </form>
    </Panel>
  );
}

function RoleChoice(props: {
  label: string;
  role: User['role'];
  isFixed?: boolean;
  onChoose: (role: User['role']) => void;
}): ReactNode {
  const { settings } = useTexts();
  return (
    <select
      className="field"
      aria-label={props.label}
      disabled={props.isFixed}
      value={props.role}
      onChange={({ target }) => props.onChoose(ROLES.find((role) => role === target.value)!)}
    >
      {ROLES.map((role) => (
        <option key={role} value={role}>
          {settings.roles[role]}
        </option>
      ))}
    </select>
  );
}

function List({ items, own }: { items: readonly User[]; own: string | null }): ReactNode {
  const { settings } = useTexts();
  const change = useChange(() => undefined);
  return (
    <div className="panel">
      <table className="table cards">
        <thead>
          <tr>
            <th scope="col">{settings.userName}</th>
            <th scope="col">{settings.address}</th>
            <th scope="col">{settings.role}</th>
            <th scope="col">{settings.changed}</th>
            <th scope="col">{settings.mayNot}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((user) => {
            const { email, name, role, disabled } = user;
            const isOwn = own === email;
            return (
              <tr key={user.id}>
                <th scope="row" className="any">
                  {name} {disabled && <span className="badge">{settings.disabled}</span>}
                </th>
                <td data-label={settings.address} className="any">
                  {email}
                </td>
                <td data-label={settings.role}>
                  <RoleChoice
                    label={`${settings.role}: ${name}`}
                    role={role}
                    isFixed={isOwn || change.isPending}
                    onChoose={(chosen) => change.mutate({ email, name, disabled, role: chosen })}
                  />
                </td>
                <td data-label={settings.changed}>
                  <When at={user.changedAt} />
                </td>
                <td data-label={settings.mayNot}>
                  {isOwn ? (
                    <span className="soft">{settings.yourself}</span>
                  ) : (
                    <button
                      type="button"
                      className={disabled ? 'button' : 'button danger'}
                      aria-label={`${disabled ? settings.enable : settings.disable}: ${name}`}
                      disabled={change.isPending}
                      onClick={() => change.mutate({ email, name, role, disabled: !disabled })}
                    >
                      {disabled ? settings.enable : settings.disable}
                    </button>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
