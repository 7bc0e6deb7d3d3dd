/** What `run` names (S13), and playbooks that run each other in a ring. */
import { didYouMean } from '../../../diagnostics/nearest.ts';
import { isJsonObject } from '../../../json.ts';
import { runsOf } from '../../../records/runs.ts';
import type { Path } from '../../../syntax.ts';
import type { FileReport } from '../../report.ts';
import type { FileContext } from '../../scope.ts';
import type { LintedPlaybook } from '../lint-keys.ts';

/** Checks that the folder has a playbook of that name, about the same kind of subject. */
export function checkRun({ world, file, subject }: FileContext, name: string, path: Path): void {
  const other = world.playbooks.get(name);
  if (other === undefined) {
    // A playbook that runs itself is none that is meant (CB515).
    const own = isJsonObject(file.file.value) ? file.file.value.playbook : undefined;
    const known = [...world.playbooks.keys()].filter((one) => one !== own);
    file.at(path, { code: 'CB513', message: `there is no playbook \`${name}\``, hint: didYouMean(name, known) });
  } else if (other !== subject) {
    file.at(path, {
      code: 'CB514',
      message: `\`${name}\` is about a ${other}, and this playbook about a ${subject}`,
      hint: 'what is run is for the same subject; let the other one listen to an event that names both',
    });
  }
}

/** Whoever waits is open, and refuses itself: in a ring of runs that are waited for the last one never begins. */
export function lintRuns(playbooks: readonly LintedPlaybook[]): void {
  const waits = new Map(
    playbooks.map(({ version: { playbook } }) => [playbook.playbook, runsOf(playbook, { waited: true })]),
  );
  for (const { version, report } of playbooks) {
    const own = version.playbook.playbook;
    const ring = ringThrough(own, waits);
    if (ring === undefined) continue;
    const names = [own, ...ring].map((name) => `\`${name}\``).join(' → ');
    const message =
      ring.length === 1
        ? 'the playbook runs itself, and is refused as `open` while it waits'
        : `playbooks run each other in a ring: ${names}; the last is refused as \`open\``;
    report.at(placeOfRun(report, ring[0]!) ?? ['steps'], {
      severity: 'warning',
      code: 'CB515',
      message,
      hint: 'write wait: false where the ring is meant to go on, or `repeat` for what is done again',
    });
  }
}

/** The shortest way back to a playbook, by those that are run on it. */
function ringThrough(start: string, runs: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const seen = new Set<string>();
  let ways: string[][] = [[]];
  while (ways.length > 0) {
    const longer: string[][] = [];
    for (const way of ways) {
      for (const next of runs.get(way.at(-1) ?? start) ?? []) {
        if (next === start) return [...way, next];
        if (seen.has(next)) continue;
        seen.add(next);
        longer.push([...way, next]);
      }
    }
    ways = longer;
  }
  return undefined;
}

function placeOfRun(report: FileReport, name: string): Path | undefined {
  const { value } = report.file;
  if (!isJsonObject(value)) return undefined;
  return pathOf(value.steps, name, ['steps']);
}

function pathOf(value: unknown, name: string, path: Path): Path | undefined {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      const found = pathOf(item, name, [...path, i]);
      if (found) return found;
    }
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  if (value.run === name) return [...path, 'run'];
  for (const [key, item] of Object.entries(value)) {
    const found = pathOf(item, name, [...path, key]);
    if (found) return found;
  }
  return undefined;
}
