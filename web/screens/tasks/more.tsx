/** What else can be done with a task: it is given to another, put off, talked about. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { assignWork, commentWork, snoozeWork, Work } from '../../../server/api/contract/work.ts';
import { call } from '../../api/client.ts';
import { colleaguesQuery } from '../../api/ticket-queries.ts';
import { commentsQuery } from '../../api/work-queries.ts';
import { useClock } from '../../parts/clock.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Loaded } from '../../parts/states.tsx';
import { useTell } from '../../parts/toast.tsx';
import { When } from '../../parts/when.tsx';
import { useTexts } from '../../texts/texts.tsx';

/** @param mayChange false for who may read and say something alone */
export function More({ one, mayChange }: { one: Work; mayChange: boolean }): ReactNode {
  const { work } = useTexts();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="button plain"
        aria-label={`${work.more}: ${one.title}`}
        onClick={() => setOpen(true)}
      >
        {work.more}
        {one.comments > 0 && <span className="badge">{one.comments}</span>}
      </button>
      <Dialog title={one.title} isOpen={isOpen} onClose={() => setOpen(false)}>
        <div className="stack">
          {mayChange && <Assign one={one} onDone={() => setOpen(false)} />}
          {mayChange && <Snooze one={one} onDone={() => setOpen(false)} />}
          <Comments one={one} />
        </div>
      </Dialog>
    </>
  );
}

interface PartProps {
  one: Work;
  onDone: () => void;
}

function Assign({ one, onDone }: PartProps): ReactNode {
  const { work, tickets } = useTexts();
  const tell = useTell();
  const queries = useQueryClient();
  const { data } = useQuery(colleaguesQuery);
  const from = one.persons[0]?.id ?? null;
  const assign = useMutation({
    mutationFn: (to: string) => call<typeof assignWork>('POST /api/work/assign', { body: { id: one.id, to, from } }),
    onSuccess: (_, to) => {
      tell(work.assigned(one.title, data?.items.find(({ id }) => id === to)?.name ?? to));
      onDone();
    },
    onError: (error) => tell(error.message),
    // Who was too late sees how it is.
    onSettled: () => queries.invalidateQueries({ queryKey: ['work'] }),
  });
  return (
    <label className="stack-tight">
      {work.giveTo}{' '}
      <select
        className="field"
        value={from ?? ''}
        disabled={assign.isPending}
        onChange={({ target }) => assign.mutate(target.value)}
      >
        {from === null && <option value="">{tickets.nobody}</option>}
        {data?.items.map(({ id, name, isAway }) => (
          <option key={id} value={id}>
            {name ?? id}
            {isAway && ` (${tickets.away})`}
          </option>
        ))}
      </select>
    </label>
  );
}

const HOUR_MS = 3_600_000;
const MORNING = 9;

/** At nine of the reader's clock, so many days on. */
function morning(now: number, days: number): number {
  const at = new Date(now);
  at.setDate(at.getDate() + days);
  return at.setHours(MORNING, 0, 0, 0);
}

function Snooze({ one, onDone }: PartProps): ReactNode {
  const { work } = useTexts();
  const { read } = useClock();
  const tell = useTell();
  const queries = useQueryClient();
  const snooze = useMutation({
    mutationFn: (until: number | null) =>
      call<typeof snoozeWork>('POST /api/work/snooze', {
        body: { id: one.id, until: until === null ? null : new Date(until).toISOString() },
      }),
    onSuccess: async ({ until }) => {
      tell(until === null ? work.back(one.title) : work.snoozed(one.title));
      onDone();
      await queries.invalidateQueries();
    },
    onError: (error) => tell(error.message),
  });
  const button = (words: string, until: () => number | null) => (
    <button type="button" className="button" disabled={snooze.isPending} onClick={() => snooze.mutate(until())}>
      {words}
    </button>
  );
  return (
    <fieldset className="filters">
      <legend>{work.snooze}</legend>
      {button(work.anHour, () => read() + HOUR_MS)}
      {button(work.tomorrow, () => morning(read(), 1))}
      {button(work.inAWeek, () => morning(read(), 7))}
      {one.snoozedUntil !== null && button(work.now, () => null)}
    </fieldset>
  );
}

function Comments({ one }: { one: Work }): ReactNode {
  const { work } = useTexts();
  const tell = useTell();
  const queries = useQueryClient();
  const query = useQuery(commentsQuery(one.id));
  const [text, setText] = useState('');
  // Of this text: sent twice, it stands once.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const say = useMutation({
    mutationFn: () => call<typeof commentWork>('POST /api/work/comment', { body: { id: one.id, key, text } }),
    onSuccess: async () => {
      setText('');
      setKey(crypto.randomUUID());
      await queries.invalidateQueries({ queryKey: ['work'] });
    },
    onError: (error) => tell(error.message),
  });
  return (
    <section aria-label={work.comments} className="stack">
      <h3>{work.comments}</h3>
      <Loaded query={query} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="soft">{work.noComments}</p>
          ) : (
            <ol className="story">
              {items.map(({ id, at, by, text: said }) => (
                <li key={id} className="any">
                  <When at={at} as="short" /> <strong>{by}</strong> {said}
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
      <form
        className="stack form"
        onSubmit={(submitted) => {
          submitted.preventDefault();
          say.mutate();
        }}
      >
        <label>
          {work.comment}
          <textarea
            className="field wide"
            rows={3}
            required
            maxLength={4_000}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        </label>
        <button type="submit" className="button" disabled={say.isPending || text.trim() === ''}>
          {work.say}
        </button>
      </form>
    </section>
  );
}
