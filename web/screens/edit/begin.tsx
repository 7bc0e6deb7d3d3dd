/** A new playbook: begun from one that ships, as a draft. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { begin, shippedQuery } from '../../api/edit-queries.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Loaded } from '../../parts/states.tsx';
import { useTexts } from '../../texts/texts.tsx';

export function Begin(): ReactNode {
  const { begin: texts } = useTexts().edit;
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button primary" onClick={() => setOpen(true)}>
        {texts.open}
      </button>
      <Dialog title={texts.title} isOpen={isOpen} onClose={() => setOpen(false)}>
        <Form onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function Form({ onClose }: { onClose: () => void }): ReactNode {
  const { begin: texts } = useTexts().edit;
  const shipped = useQuery(shippedQuery);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [from, setFrom] = useState('');
  const doing = useMutation({
    mutationFn: () => begin(name.trim(), from),
    onSuccess: async ({ playbook }) => {
      await queries.invalidateQueries({ queryKey: ['drafts'] });
      await navigate({ to: '/playbooks/$playbook/edit', params: { playbook } });
    },
  });
  return (
    <Loaded query={shipped}>
      {({ items }) => {
        const chosen = items.find((one) => one.name === from);
        return (
          <form
            className="stack"
            onSubmit={(event) => {
              event.preventDefault();
              doing.mutate();
            }}
          >
            <label className="stack-tight">
              {texts.from}
              <select className="field" required value={from} onChange={({ target }) => setFrom(target.value)}>
                <option value="" />
                {items.map((one) => (
                  <option key={one.name} value={one.name}>
                    {one.name}
                  </option>
                ))}
              </select>
            </label>
            {chosen && <p className="soft any">{chosen.description}</p>}
            <label className="stack-tight">
              {texts.name}
              <input
                className="field"
                required
                maxLength={100}
                pattern="[a-z0-9][a-z0-9_\-]*"
                placeholder={from === '' ? undefined : `my-${from}`}
                value={name}
                onChange={({ target }) => setName(target.value)}
              />
              <span className="soft small">{texts.nameDetail}</span>
            </label>
            {doing.isError && (
              <p role="alert" className="bad-text any">
                {doing.error.message}
              </p>
            )}
            <div className="row">
              <button type="button" className="button" onClick={onClose}>
                {texts.cancel}
              </button>
              <button type="submit" className="button primary" disabled={doing.isPending}>
                {doing.isPending ? texts.making : texts.make}
              </button>
            </div>
          </form>
        );
      }}
    </Loaded>
  );
}
