/** What a playbook's tests say in virtual time is what comes of them on PostgreSQL, line by line (V2). */
import { describe, expect, it } from 'vitest';
import { registry } from '../../../evaluation/registry.ts';
import { loadFolder } from '../../../language/compile/files/load-folder.ts';
import { compileWorkspace } from '../../../language/compile.ts';
import { sorted, virtualLines } from '../../support/virtual-lines.ts';
import { runTwin } from './twin.ts';

const { files } = await loadFolder('playbooks');
const { versions, tests, workspace } = compileWorkspace(files, registry);
const { people } = workspace;

/** Those that time alone begins are played on the real server (test/e2e/live-equals-virtual). */
const byEvents = versions.filter(({ playbook: { trigger } }) =>
  trigger.arms.every(({ kind }) => kind !== 'schedule' && kind !== 'date'),
);

for (const version of byEvents) {
  describe(version.playbook.playbook, () => {
    for (const test of (tests.get(version.playbook.playbook) ?? []).filter((one) => !one.generated)) {
      it(test.it, { timeout: 120_000 }, async () => {
        const holdoutPercent = test.holdout === 'in' ? 100 : 0;
        // Versions are kept by their hash: another one has another.
        const hash = `${version.hash}-${holdoutPercent}`;
        const own = { ...version, hash, playbook: { ...version.playbook, holdoutPercent } };
        const settings = { ...test.settings, globalHoldoutPercent: 0 };
        const { lines, events } = virtualLines(own, { ...test, settings }, people);
        const last = Math.max(...lines.map((line) => line.at), ...events.map((event) => event.at));
        const twin = await runTwin(own, { ...test, settings }, people, last);
        expect(sorted(twin.lines)).toEqual(sorted(lines));
        // Each message once, and of `send` one for each that virtual time sends; colleagues get theirs from other steps.
        expect(twin.mails.sort()).toEqual(twin.messages.map(({ mailId }) => mailId).sort());
        const sends = lines.filter(({ what, refused: by }) => what === 'send' && by === null);
        expect(twin.messages.filter(({ kind }) => kind === 'send')).toHaveLength(sends.length);
      });
    }
  });
}
