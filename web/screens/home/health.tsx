/** Whether everything keeps up, and what it is made of. */
import type { ReactNode } from 'react';
import type { Health as Told } from '../../../server/api/contract/home.ts';
import { Panel } from '../../parts/page.tsx';
import { useFormats } from '../../texts/formats.ts';
import { useTexts } from '../../texts/texts.tsx';

const TONES = { ok: 'good', warning: 'warn', error: 'bad' } as const;

export function Health({ health }: { health: Told }): ReactNode {
  const { home } = useTexts();
  const formats = useFormats();
  const told = health.items.filter(({ code, level, value }) => code !== 'part' && (level !== 'ok' || value > 0));
  return (
    <Panel
      title={home.health}
      id="health"
      end={<span className={`badge end ${TONES[health.level]}`}>{home.levels[health.level]}</span>}
    >
      <div className="panel-body stack">
        {health.level === 'ok' && <p className="soft">{home.healthy}</p>}
        {told.length > 0 && (
          <dl className="facts">
            {told.map(({ code, level, value, unit, name }) => (
              <div key={`${code}${name}`} className="fact">
                <dt className="any">{name ?? home.items[code]}</dt>
                <dd className="number">
                  {unit === 'ms' ? formats.duration(value) : formats.count(value)}{' '}
                  {level !== 'ok' && <span className={`badge ${TONES[level]}`}>{home.levels[level]}</span>}
                </dd>
              </div>
            ))}
          </dl>
        )}
        <ul className="parts">
          {health.parts.map(({ part, from, version, up }) => (
            <li key={part}>
              <strong>{part}</strong>{' '}
              {up !== null && <span className={`badge ${up ? 'good' : 'bad'}`}>{up ? home.up : home.down}</span>}
              <div className="soft small any">
                {version} · {from}
              </div>
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  );
}
