/** A backtest of what is written, shown while it goes on. */
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import type { BacktestTold } from '../../../server/api/contract/backtest.ts';
import type { DraftFile } from '../../../server/api/contract/editing.ts';
import { backtest } from '../../api/edit-queries.ts';
import { Histogram } from '../../parts/histogram.tsx';
import { useFormats } from '../../texts/formats.ts';
import { useTexts } from '../../texts/texts.tsx';
import { Days } from './days.tsx';

const DAYS = [7, 30, 90, 365];
const DEFAULT_DAYS = 30;

type Found = NonNullable<BacktestTold['found']>;

export function Backtest({ playbook, files }: { playbook: string; files: DraftFile[] }): ReactNode {
  const { edit } = useTexts();
  const texts = edit.backtest;
  const [days, setDays] = useState(DEFAULT_DAYS);
  const [told, setTold] = useState<BacktestTold>();
  const stop = useRef<AbortController>(undefined);
  const run = useMutation({
    mutationFn: async () => {
      setTold(undefined);
      stop.current = new AbortController();
      let isDone = false;
      for await (const line of backtest(playbook, { files, days }, stop.current.signal)) {
        if (line.problem !== undefined) throw new Error(line.problem.detail);
        // What has come so far stays in sight while it goes on.
        setTold((before) => ({ ...before, ...line }));
        isDone = line.isDone ?? false;
      }
      if (!isDone) throw new Error(texts.ended);
    },
  });
  const isStopped = run.error instanceof DOMException;
  return (
    <div className="stack">
      <p className="soft">{texts.first}</p>
      <Days label={texts.days} days={days} choices={DAYS} onChoose={setDays} />
      <div className="bar">
        <button type="button" className="button primary" disabled={run.isPending} onClick={() => run.mutate()}>
          {run.isPending ? texts.running : texts.run}
        </button>
        {run.isPending && (
          <button type="button" className="button" onClick={() => stop.current?.abort()}>
            {edit.tests.stop}
          </button>
        )}
      </div>
      <div role="status">
        {run.isPending && <p className="soft any">{told?.progress}</p>}
        {run.isError && !isStopped && <p className="bad-text any">{run.error.message}</p>}
      </div>
      {told?.found !== undefined && <Shown found={told.found} />}
    </div>
  );
}

function Shown({ found }: { found: Found }): ReactNode {
  const texts = useTexts().edit.backtest;
  const formats = useFormats();
  return (
    <>
      <p>{texts.events(formats.count(found.events))}</p>
      <Histogram
        bars={found.days.map(({ day, firings: count }) => ({ day, count }))}
        label={texts.perDay}
        heads={{ day: texts.day, count: texts.fired }}
      />
      {found.playbooks.map((one) => (
        <section key={one.playbook} className="planned">
          <h2 className="any">{one.playbook}</h2>
          <p>
            {texts.firings(formats.count(one.firings))}; {texts.enrolled(formats.count(one.enrolled))}
          </p>
          <Counts title={texts.refused} counts={one.refused} />
          <Counts title={texts.effects} counts={one.effects} />
          <Counts title={texts.refusedEffects} counts={one.refusedEffects} />
          <Counts title={texts.outcomes} counts={one.outcomes} />
        </section>
      ))}
      <Counts title={texts.missed} counts={found.missed.map(({ by, count }) => ({ what: by, count }))} />
    </>
  );
}

function Counts({ title, counts }: { title: string; counts: readonly { what: string; count: number }[] }): ReactNode {
  const formats = useFormats();
  if (counts.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ul>
        {counts.map(({ what, count }) => (
          <li key={what} className="any">
            <span className="number">{formats.count(count)}</span> <span className="soft">{what}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
