import { it } from 'vitest';
import { formatDiagnostic } from '../../language/diagnostics.ts';
import { compileWorkspace } from '../../language/compile.ts';
import { loadFolder } from '../../language/load.ts';
import { conditions } from '../../triggers/conditions.ts';
import { aggregates } from '../../triggers/aggregate.ts';
import { discover } from '../../language/discover.ts';
it('all', async () => {
  const steps = await discover<any>(new URL('../../workflows/steps/', import.meta.url), 'step');
  const { files } = await loadFolder('playbooks');
  const t = performance.now();
  const r = compileWorkspace(files, { conditions, steps, aggregates });
  console.log('ms', performance.now() - t, r.versions.map(v => [v.playbook.playbook, v.hash.slice(0, 8), v.playbook.onlyMarketing, Object.keys(v.templates), v.traits.map(t => t.name), Object.keys(v.calendars), v.playbook.listensTo].join(' ')));
  for (const d of r.diagnostics) console.log(formatDiagnostic(d, r.sources.get(d.file)));
  console.log(JSON.stringify(r.versions.find(v => v.playbook.playbook === (process.env.SHOW ?? 'cart-abandoned')), null, 1)?.slice(0, 9000));
});
