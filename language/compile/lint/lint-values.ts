/** Values that look otherwise than they are stored or sent: paths without braces, `+5`, a consent that is none (S6, S8, S9). */
import { isJsonObject } from '../../json.ts';
import type { SubjectType } from '../../model.ts';
import { STEP_ROOTS } from '../../roots.ts';
import type { Path } from '../../syntax.ts';
import { pathKey } from '../../yaml.ts';
import { rootsFor } from '../names.ts';
import type { FileReport } from '../report.ts';
import type { StepOfPlaybook } from '../steps.ts';

const PATH = /^([a-z_]+)(?:\.[A-Za-z_]\w*)+$/;
/** Of each kind of step the texts that go out; and the names, which are the same for everybody. */
const TEXTS: { [kind: string]: readonly string[] } = {
  task: ['task', 'checklist'],
  notify: ['text'],
  escalate: ['note'],
  approve: ['text'],
};
const NAMES: { [kind: string]: readonly string[] } = { record: ['record'], exit: ['exit'] };

export function lintValues({ step, place, written }: StepOfPlaybook, subject: SubjectType, report: FileReport): void {
  const roots = [...rootsFor(subject, STEP_ROOTS), 'now'] as string[];
  const warn = (path: Path, message: string, hint: string, more: { code?: string; fix?: string } = {}) =>
    report.at(path, { severity: 'warning', code: 'CB640', message, hint, ...more });
  for (const key of TEXTS[step.kind] ?? []) {
    for (const [path, text] of textsAt(written[key], [...place, key])) {
      if (isPath(text, roots))
        warn(path, `\`${text}\` goes out as these words`, `write "{{ ${text} }}" for the value`, {
          fix: `"{{ ${text.trim()} }}"`,
        });
    }
  }
  for (const key of NAMES[step.kind] ?? []) {
    for (const [path, text] of textsAt(written[key], [...place, key])) {
      if (!isPath(text, roots)) continue;
      const hint =
        key === 'record'
          ? `a name is the same for everybody; what differs is its value: value: ${text}`
          : 'a reason is the same for everybody: say it in words';
      warn(path, `\`${text}\` is stored as these words`, hint);
    }
  }
  if (step.kind !== 'update' || !isJsonObject(written.update)) return;
  for (const [name, value] of Object.entries(written.update)) {
    const path = [...place, 'update', name];
    const start = report.file.spans.get(pathKey(path))?.start;
    if (typeof value === 'number' && start !== undefined && report.file.source.text[start] === '+') {
      warn(path, `\`+${value}\` is the number ${value}: the trait is set to it`, `to count up write { add: ${value} }`);
    }
    if (/\.consent$/.test(name) && value !== null && !isJsonObject(value)) {
      const hint =
        'consent comes from people, by identify: { traits: { consent: { marketing: true } } }; a step takes it away by null';
      warn(path, 'this is no consent to anything', hint, { code: 'CB638' });
    }
  }
}

function isPath(text: string, roots: readonly string[]): boolean {
  const root = PATH.exec(text.trim())?.[1];
  return root !== undefined && roots.includes(root);
}

function textsAt(value: unknown, path: Path): [Path, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (!Array.isArray(value)) return [];
  return value.flatMap((item, i): [Path, string][] => (typeof item === 'string' ? [[[...path, i], item]] : []));
}
