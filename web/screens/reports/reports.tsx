/** What playbooks achieved in some days: each table with its picture, and as CSV. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { ReportShown } from '../../../server/api/contract/reports.ts';
import { reportQuery } from '../../api/report-queries.ts';
import { Choice } from '../../parts/choice.tsx';
import { Figure } from '../../parts/figure.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { useFormats } from '../../texts/formats.ts';
import { useTexts } from '../../texts/texts.tsx';
import { ReportPanel } from './table.tsx';

const route = getRouteApi('/reports');
const PERIODS = ['last_week', '28d', '91d', 'days'] as const;

export default function ReportsScreen(): ReactNode {
  const { reports } = useTexts();
  const choice = route.useSearch();
  const query = useQuery(reportQuery(choice));
  return (
    <Page title={reports.title} lead={query.data && reports.days(query.data.from, query.data.to, query.data.zone)}>
      <PeriodChoice shown={query.data} />
      <Loaded query={query}>{(shown) => <Content shown={shown} />}</Loaded>
    </Page>
  );
}

function PeriodChoice({ shown }: { shown: ReportShown | undefined }): ReactNode {
  const { reports } = useTexts();
  const choice = route.useSearch();
  const navigate = route.useNavigate();
  const [days, setDays] = useState<{ from?: string; to?: string }>({});
  const isDays = choice.period === 'days';
  const from = days.from ?? choice.from ?? shown?.from ?? '';
  const to = days.to ?? choice.to ?? shown?.to ?? '';
  return (
    <div className="filters">
      <Choice
        label={reports.period}
        value={choice.period}
        options={PERIODS.map((value) => ({ value, words: reports.periods[value] }))}
        all={reports.periods.this_week}
        onChoose={(period) => void navigate({ search: period === 'days' ? { period, from, to } : { period } })}
      />
      {isDays && (
        <form
          className="filters"
          onSubmit={(submitted) => {
            submitted.preventDefault();
            void navigate({ search: { period: 'days', from, to } });
          }}
        >
          <label>
            {reports.from}{' '}
            <input
              type="date"
              className="field"
              required
              max={to}
              value={from}
              onChange={({ target }) => setDays({ ...days, from: target.value })}
            />
          </label>
          <label>
            {reports.to}{' '}
            <input
              type="date"
              className="field"
              required
              min={from}
              value={to}
              onChange={({ target }) => setDays({ ...days, to: target.value })}
            />
          </label>
          <button type="submit" className="button">
            {reports.show}
          </button>
        </form>
      )}
    </div>
  );
}

function Content({ shown }: { shown: ReportShown }): ReactNode {
  const { reports } = useTexts();
  const formats = useFormats();
  const { figures } = shown;
  const percent = (value: number | null) => (value === null ? '–' : `${formats.count(value)} %`);
  const tables = shown.tables.filter(({ rows }) => rows.length > 0);
  if (tables.length === 0) return <Empty title={reports.none} detail={reports.noneDetail} />;
  return (
    <div className="stack">
      <div className="panel figures">
        <Figure value={formats.count(figures.fired)} label={reports.figures.fired} to={{ hash: 'playbooks' }} />
        <Figure value={formats.count(figures.entered)} label={reports.figures.entered} to={{ hash: 'playbooks' }} />
        <Figure value={formats.count(figures.converted)} label={reports.figures.converted} to={{ hash: 'playbooks' }} />
        <Figure value={formats.count(figures.value)} label={reports.figures.value} to={{ hash: 'messages' }} />
        <Figure value={percent(figures.sla_met)} label={reports.figures.sla} to={{ hash: 'service-levels' }} />
        <Figure value={percent(figures.cadence_kept)} label={reports.figures.cadence} to={{ hash: 'colleagues' }} />
        <Figure value={percent(figures.complete_profiles)} label={reports.figures.complete} to={{ hash: 'records' }} />
      </div>
      {tables.map((table) => (
        <ReportPanel key={table.name} table={table} days={`${shown.from}-${shown.to}`} />
      ))}
    </div>
  );
}
