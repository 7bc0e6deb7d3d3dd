/** A table of a report, with its picture; what it names leads to it. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ReportTable } from '../../../server/api/contract/reports.ts';
import { colleaguesQuery } from '../../api/ticket-queries.ts';
import { Bars } from '../../parts/bars.tsx';
import { Panel } from '../../parts/page.tsx';
import { useFormats } from '../../texts/formats.ts';
import { useTexts } from '../../texts/texts.tsx';

type Cell = ReportTable['rows'][number][number];

export function ReportPanel({ table, days }: { table: ReportTable; days: string }): ReactNode {
  const { reports } = useTexts();
  const title = table.name in reports.tables ? reports.tables[table.name as 'playbooks'] : table.name;
  const { data } = useQuery(colleaguesQuery);
  const nameOf = (id: string) => data?.items.find((one) => one.id === id)?.name ?? id;
  const isOfPeople = table.columns[0] === 'person';
  const picture = table.picture && {
    ...table.picture,
    bars: table.picture.bars.map((bar) => (isOfPeople ? { ...bar, name: nameOf(bar.name) } : bar)),
  };
  return (
    <Panel
      title={title}
      id={table.name}
      end={
        <button type="button" className="button end" onClick={() => download(`${table.name}-${days}.csv`, table.csv)}>
          {reports.csv} <span className="visually-hidden">{title}</span>
        </button>
      }
    >
      {picture !== null && picture.bars.length > 0 && (
        <div className="panel-body">
          <Bars picture={picture} label={title} />
        </div>
      )}
      {/* Wide tables are scrolled by keyboard, too. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has the focus */}
      <section className="scroll-x" tabIndex={0} aria-label={reports.asTable(title)}>
        <table className="table">
          <thead>
            <tr>
              {table.columns.map((column, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two columns may be called alike
                <th key={at} scope="col" className={isNumber(table, at) ? 'n' : undefined}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row) => (
              <tr key={row.slice(0, 3).join('/')}>
                {row.map((cell, at) =>
                  at === 0 ? (
                    <th key="name" scope="row" className="any">
                      <Shown cell={isOfPeople ? nameOf(String(cell)) : cell} column={table.columns[at]} />
                    </th>
                  ) : (
                    // biome-ignore lint/suspicious/noArrayIndexKey: two columns may be called alike
                    <td key={at} className={isNumber(table, at) ? 'n' : undefined}>
                      <Shown cell={cell} column={table.columns[at]} />
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}

function isNumber({ rows }: ReportTable, column: number): boolean {
  return rows.some((row) => typeof row[column] === 'number');
}

function Shown({ cell, column }: { cell: Cell; column: string | undefined }): ReactNode {
  const formats = useFormats();
  if (cell === null) return '–';
  if (typeof cell === 'number') return formats.count(cell);
  if (column === 'playbook')
    return (
      <Link to="/playbooks/$playbook" params={{ playbook: cell }} data-line="">
        {cell}
      </Link>
    );
  if (column === 'policy')
    return (
      <Link to="/tickets" search={{ policy: cell }}>
        {cell}
      </Link>
    );
  return cell;
}

function download(name: string, text: string): void {
  const link = document.createElement('a');
  // With its mark, spreadsheets read it as UTF-8.
  link.href = URL.createObjectURL(new Blob(['\ufeff', text], { type: 'text/csv;charset=utf-8' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
}
