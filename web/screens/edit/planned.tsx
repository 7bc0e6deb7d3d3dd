/** A plan in words: what changes, who is under way, whom it would have reached. */
import type { ReactNode } from 'react';
import type { Plan } from '../../../server/api/contract/editing.ts';
import { useFormats } from '../../texts/formats.ts';
import { useTexts } from '../../texts/texts.tsx';

const HASH_SHOWN = 12;

export function Planned({ plan }: { plan: Plan }): ReactNode {
  const { plan: texts } = useTexts().edit;
  const changed = plan.playbooks.filter(({ change }) => change !== 'unchanged');
  const others = plan.playbooks.length - changed.length;
  const names = new Set(changed.map(({ playbook }) => playbook));
  const underWay = plan.underWay.filter(({ playbook }) => names.has(playbook));
  const { begin, end } = plan.watches;
  return (
    <div className="stack planned">
      <Told title={texts.faults} lines={plan.faults} isWritten />
      {changed.map(({ playbook, change, kept, differences }) => (
        <section key={playbook}>
          <h2 className="any">
            {playbook}: {texts.changes[change]}
          </h2>
          {kept && <p className="notice warn">{texts.kept}</p>}
          <ul>
            {differences.map((difference) => (
              <li key={difference} className="any">
                {difference}
              </li>
            ))}
          </ul>
        </section>
      ))}
      {others > 0 && <p className="soft">{texts.others(others)}</p>}
      <Told title={texts.surroundings} lines={plan.surroundings} />
      <Told title={texts.begins} lines={begin.map(({ playbook, kind, what }) => `${playbook} (${kind}): ${what}`)} />
      <Told
        title={texts.ends}
        lines={end.map(({ playbook, kind, what, open }) => `${playbook} (${kind}): ${what}; ${texts.open(open)}`)}
      />
      {changed.length > 0 && <UnderWay lines={underWay} />}
      {plan.reach !== undefined && <Reached reach={plan.reach} />}
      {plan.stopped.map(({ playbook, status }) => (
        <p key={playbook} className="soft any">
          {texts.stopped(playbook, status)}
        </p>
      ))}
      {plan.warnings.length > 0 && (
        <details>
          <summary>{texts.warnings(plan.warnings.length)}</summary>
          {plan.warnings.map((warning) => (
            <pre key={warning} className="told">
              {warning}
            </pre>
          ))}
        </details>
      )}
    </div>
  );
}

function Told(props: { title: string; lines: readonly string[]; isWritten?: boolean }): ReactNode {
  const { title, lines, isWritten = false } = props;
  if (lines.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <ul>
        {lines.map((line) => (
          <li key={line} className="any">
            {isWritten ? <pre className="told">{line}</pre> : line}
          </li>
        ))}
      </ul>
    </section>
  );
}

function UnderWay({ lines }: { lines: Plan['underWay'] }): ReactNode {
  const { plan: texts } = useTexts().edit;
  const formats = useFormats();
  return (
    <section>
      <h2>{texts.underWay}</h2>
      {lines.length === 0 && <p className="soft">{texts.nobody}</p>}
      <ul>
        {lines.map(({ playbook, versionHash, step, waits, enrolments }) => (
          <li key={`${playbook}/${versionHash}/${step}/${waits}`} className="any">
            <strong className="number">{formats.count(enrolments)}</strong>{' '}
            {step === null ? texts.before : `${waits ? texts.waiting : texts.behind} ${step}`}{' '}
            <code className="soft">{versionHash.slice(0, HASH_SHOWN)}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Reached({ reach }: { reach: NonNullable<Plan['reach']> }): ReactNode {
  const { plan: texts } = useTexts().edit;
  const formats = useFormats();
  return (
    <section>
      <h2>{texts.reach(reach.days)}</h2>
      {reach.playbooks.length === 0 && <p className="soft">{texts.reachNone}</p>}
      {reach.playbooks.map(({ playbook, both, noMore, newly, effects }) => (
        <div key={playbook}>
          <p className="any">
            <strong>{playbook}</strong>:{' '}
            {texts.reached(formats.count(both), formats.count(newly.count), formats.count(noMore.count))}
          </p>
          <ul>
            {[...new Set([...Object.keys(effects.before), ...Object.keys(effects.after)])].sort().map((word) => (
              <li key={word} className="any">
                {word} <span className="number">{formats.count(effects.before[word] ?? 0)}</span> →{' '}
                <span className="number">{formats.count(effects.after[word] ?? 0)}</span>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}
