/** What a playbook's tests say in virtual time is what comes of them on PostgreSQL, line by line (V2). */
import { describe, expect, it } from 'vitest';
import { registry } from '../../evaluation/registry.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { compileWorkspace } from '../../language/compile.ts';
import { run } from '../../simulate/run/run.ts';
import { timelineOf } from '../../simulate/tests/test-events.ts';
import { runTwin, type TwinLine } from './twin.ts';

const { files } = await loadFolder('playbooks');
const { versions, tests, workspace } = compileWorkspace(files, registry);
const { people } = workspace;

/** Lines of one instant come in either order: which of two journeys writes first nobody promises. */
const sorted = (lines: TwinLine[]) => lines.map((line) => JSON.stringify(canonical(line))).sort();

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([key, item]) => [key, canonical(item)]),
  );
}

for (const version of versions) {
  describe(version.playbook.playbook, () => {
    for (const test of (tests.get(version.playbook.playbook) ?? []).filter((one) => !one.generated)) {
      it(test.it, { timeout: 120_000 }, async () => {
        const holdoutPercent = test.holdout === 'in' ? 100 : 0;
        // Versions are kept by their hash: another one has another.
        const hash = `${version.hash}-${holdoutPercent}`;
        const own = { ...version, hash, playbook: { ...version.playbook, holdoutPercent } };
        const settings = { ...test.settings, globalHoldoutPercent: 0 };
        const lines: TwinLine[] = [];
        const { events, refused } = timelineOf(test);
        expect(refused).toEqual([]);
        run(
          {
            versions: [own],
            settings,
            people: test.people ? { ...people, persons: test.people } : people,
            records: test.records,
            events,
            until: test.until,
            arms: test.arms,
          },
          (line) => {
            const { at } = line;
            if (line.type === 'effect')
              lines.push({ at, what: line.effect, detail: line.detail, refused: line.refused });
            if (line.type !== 'outcome') return;
            const { outcome, reason, value, afterEnd, ghost } = line;
            lines.push({
              at,
              what: 'outcome',
              detail: { outcome, reason, value, after_end: afterEnd, ghost },
              refused: null,
            });
          },
        );
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
