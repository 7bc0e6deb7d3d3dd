/** One event, sent from here as a server would; and the line that sends it from a shell. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { sendEvent } from '../../../server/api/contract/events.ts';
import { call } from '../../api/client.ts';
import { Panel } from '../../parts/page.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { callOf, curlOf, type Draft } from './curl.ts';

const TYPES = ['track', 'identify'] as const;
const SUBJECTS = ['contact', 'account', 'deal', 'ticket'] as const;
const BEGINNING: Draft = { type: 'track', event: '', subject: 'contact', id: '', values: '{}' };

export function Send(): ReactNode {
  const { events } = useTexts();
  const queries = useQueryClient();
  const [draft, setDraft] = useState(BEGINNING);
  // Of this draft: pressed twice, it counts once.
  const [messageId, setMessageId] = useState(() => crypto.randomUUID());
  const sent = useMutation({
    mutationFn: async () => {
      const body = { type: draft.type, call: callOf(draft, messageId) };
      return call<typeof sendEvent>('POST /api/events/send', { body });
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['events'] }),
  });
  const change = (part: Partial<Draft>) => {
    setDraft({ ...draft, ...part });
    setMessageId(crypto.randomUUID());
    sent.reset();
  };
  const line = lineOf(draft);
  return (
    <div className="columns">
      <Panel title={events.tabs.send} id="send">
        <form
          className="panel-body stack form"
          onSubmit={(submitted) => {
            submitted.preventDefault();
            sent.mutate();
          }}
        >
          <label>
            {events.kind}
            <select
              className="field"
              value={draft.type}
              onChange={({ target }) => change({ type: target.value as Draft['type'] })}
            >
              {TYPES.map((type) => (
                <option key={type}>{type}</option>
              ))}
            </select>
          </label>
          {draft.type === 'track' && (
            <label>
              {events.name}
              <input
                className="field wide"
                required
                placeholder="order.completed"
                value={draft.event}
                onChange={({ target }) => change({ event: target.value })}
              />
            </label>
          )}
          <label>
            {events.about}
            <select
              className="field"
              value={draft.subject}
              onChange={({ target }) => change({ subject: target.value as Draft['subject'] })}
            >
              {SUBJECTS.filter((subject) => draft.type === 'track' || subject === 'contact').map((subject) => (
                <option key={subject}>{subject}</option>
              ))}
            </select>
          </label>
          <label>
            {events.id}
            <input
              className="field wide"
              required
              value={draft.id}
              onChange={({ target }) => change({ id: target.value })}
            />
          </label>
          <label>
            {draft.type === 'track' ? events.fields : events.traits}
            <textarea
              className="field wide code"
              rows={6}
              spellCheck={false}
              value={draft.values}
              aria-invalid={line === undefined}
              onChange={({ target }) => change({ values: target.value })}
            />
          </label>
          {line === undefined && <p className="bad-text">{events.noJson}</p>}
          <p className="soft small">{events.sendDetail}</p>
          <button type="submit" className="button primary" disabled={line === undefined || sent.isPending}>
            {events.send}
          </button>
          {sent.isError && (
            <p role="alert" className="bad-text any">
              {sent.error.message}
            </p>
          )}
          {sent.isSuccess && (
            <p role="status">
              {sent.data.result === 'duplicate' ? events.again : events.sent}{' '}
              <Link to="/events/$arrival" params={{ arrival: String(sent.data.arrival) }}>
                {events.toEvent}
              </Link>
            </p>
          )}
        </form>
      </Panel>
      <Panel title={events.curl} id="curl">
        <div className="panel-body stack">
          <p className="soft small">{events.curlDetail}</p>
          {line !== undefined && (
            <>
              <pre className="any code">{line}</pre>
              <button type="button" className="button" onClick={() => void navigator.clipboard?.writeText(line)}>
                {events.copy}
              </button>
            </>
          )}
        </div>
      </Panel>
    </div>
  );
}

function lineOf(draft: Draft): string | undefined {
  try {
    return curlOf(location.origin, draft.type, callOf(draft));
  } catch {
    return undefined;
  }
}
