/** N4: what lint says of the global holdout. */
import { expect, it } from 'vitest';
import { compileWorkspace } from '../../language/compile.ts';
import { formatDiagnostic } from '../../language/diagnostics/diagnostics.ts';
import { registry, shippedFiles } from './workspace.ts';

const said = async (share: string) => {
  const files = (await shippedFiles()).map((file) =>
    file.path === 'settings.yaml' ? { ...file, text: file.text.replace('global_holdout: 0%', share) } : file,
  );
  const { diagnostics } = compileWorkspace(files, registry);
  return diagnostics.map((d) => formatDiagnostic(d, undefined).split('\n')[0]);
};

it('names the playbooks that it touches, and is no fault', async () => {
  expect(await said('global_holdout: 5%')).toEqual([
    'playbooks/settings.yaml:6:17 information CB621 5% of all subjects are held out of `cart-abandoned`, `dormant-reactivation`, ' +
      '`engaged-but-silent`, `loyalty-reward`, `nps-follow-up`, `onboarding-key-feature`, `trial-nurture`, `upsell-threshold`, ' +
      '`usage-dropped`, `viewed-not-bought`, `wellness-sequence`',
  ]);
  expect(await said('global_holdout: 0%')).toEqual([]);
});

it('one playbook may be taken out', async () => {
  const files = [
    { path: 'settings.yaml', text: 'global_holdout: 5%' },
    {
      path: 'p.yaml',
      text: 'playbook: p\nowner: o@x.example\nholdout: none\ntrigger: { event: a }\nsteps: [{ record: x }]',
    },
  ];
  const { diagnostics, versions } = compileWorkspace(files, registry);
  expect(diagnostics.map(({ message }) => message)).toEqual(['5% of all subjects are held out of no playbook']);
  expect(versions[0]?.playbook).toMatchObject({ holdoutPercent: 0, neverHeldOut: true });
});
