/** Write keys: made, shown this once, revoked. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { makeWriteKey, revokeWriteKey, WriteKeyShown } from '../../../server/api/contract/settings.ts';
import { call } from '../../api/client.ts';
import { writeKeysQuery } from '../../api/settings-queries.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Panel } from '../../parts/page.tsx';
import { Loaded } from '../../parts/states.tsx';
import { useTell } from '../../parts/toast.tsx';
import { When } from '../../parts/when.tsx';
import { useTexts } from '../../texts/texts.tsx';

export function WriteKeys(): ReactNode {
  const query = useQuery(writeKeysQuery);
  return (
    <div className="stack">
      <Make />
      <Loaded query={query}>{({ items }) => <List items={items} />}</Loaded>
    </div>
  );
}

const BEGINNING = { name: '', source: '', scope: 'client' as 'client' | 'server' };

function Make(): ReactNode {
  const { settings } = useTexts();
  const queries = useQueryClient();
  const [draft, setDraft] = useState(BEGINNING);
  const make = useMutation({
    mutationFn: () => call<typeof makeWriteKey>('POST /api/write-keys', { body: draft }),
    onSuccess: async () => {
      setDraft(BEGINNING);
      await queries.invalidateQueries({ queryKey: ['settings'] });
    },
  });
  return (
    <Panel title={settings.makeKey} id="make-key">
      <form
        className="panel-body stack form"
        onSubmit={(submitted) => {
          submitted.preventDefault();
          make.mutate();
        }}
      >
        <label>
          {settings.keyName}
          <input
            className="field wide"
            required
            maxLength={200}
            value={draft.name}
            onChange={({ target }) => setDraft({ ...draft, name: target.value })}
          />
        </label>
        <label>
          {settings.source}
          <input
            className="field wide"
            required
            pattern="[a-z][a-z0-9_\-]{0,62}"
            title={settings.sourceHint}
            placeholder="shop"
            value={draft.source}
            onChange={({ target }) => setDraft({ ...draft, source: target.value })}
          />
        </label>
        <label>
          {settings.scope}
          <select
            className="field"
            value={draft.scope}
            onChange={({ target }) => setDraft({ ...draft, scope: target.value as 'client' })}
          >
            <option value="client">{settings.scopes.client}</option>
            <option value="server">{settings.scopes.server}</option>
          </select>
        </label>
        <button type="submit" className="button primary" disabled={make.isPending}>
          {settings.make}
        </button>
        {make.isError && (
          <p role="alert" className="bad-text any">
            {make.error.message}
          </p>
        )}
        {make.isSuccess && (
          <div role="status" className="notice stack">
            <p>{settings.once}</p>
            <code className="any">{make.data.key}</code>
            <button type="button" className="button" onClick={() => void navigator.clipboard?.writeText(make.data.key)}>
              {settings.copy}
            </button>
          </div>
        )}
      </form>
    </Panel>
  );
}

function List({ items }: { items: readonly WriteKeyShown[] }): ReactNode {
  const { settings } = useTexts();
  const tell = useTell();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<WriteKeyShown>();
  const revoke = useMutation({
    mutationFn: (id: string) => call<typeof revokeWriteKey>('POST /api/write-keys/revoke', { body: { id } }),
    onSuccess: async ({ name }) => {
      tell(settings.revokedKey(name));
      setAsked(undefined);
      await queries.invalidateQueries({ queryKey: ['settings'] });
    },
    onError: (error) => tell(error.message),
  });
  return (
    <div className="panel">
      <table className="table cards">
        <thead>
          <tr>
            <th scope="col">{settings.keyName}</th>
            <th scope="col">{settings.source}</th>
            <th scope="col">{settings.scope}</th>
            <th scope="col">{settings.made}</th>
            <th scope="col">{settings.revoke}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((one, at) => (
            <tr key={one.id ?? at}>
              <th scope="row" className="any">
                {one.name}
              </th>
              <td data-label={settings.source}>{one.source}</td>
              <td data-label={settings.scope}>{settings.scopes[one.scope]}</td>
              <td data-label={settings.made} className="any">
                {one.createdAt === null ? '–' : <When at={one.createdAt} />} {one.createdBy}
              </td>
              <td data-label={settings.revoke}>
                {one.revokedAt !== null && (
                  <span className="soft">
                    {settings.revoked} <When at={one.revokedAt} />
                  </span>
                )}
                {one.revokedAt === null && one.id === null && <span className="soft">{settings.inEnvironment}</span>}
                {one.revokedAt === null && one.id !== null && (
                  <button
                    type="button"
                    className="button danger"
                    aria-label={`${settings.revoke}: ${one.name}`}
                    onClick={() => setAsked(one)}
                  >
                    {settings.revoke}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Dialog title={settings.revokeTitle} isOpen={asked !== undefined} onClose={() => setAsked(undefined)}>
        <p className="any">{asked !== undefined && settings.revokeDetail(asked.name)}</p>
        <div className="filters">
          <button type="button" className="button" onClick={() => setAsked(undefined)}>
            {settings.cancel}
          </button>
          <button
            type="button"
            className="button danger"
            disabled={revoke.isPending}
            onClick={() => asked?.id != null && revoke.mutate(asked.id)}
          >
            {settings.revoke}
          </button>
        </div>
      </Dialog>
    </div>
  );
}
