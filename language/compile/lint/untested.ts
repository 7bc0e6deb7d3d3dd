/** Playbooks without tests: nothing is wrong with them, and nothing says that they do what was meant (V2). */
import { type Diagnostic, diagnosticAt, type SourceText } from '../../diagnostics/diagnostics.ts';

/**
 * One warning a playbook, at its first line. For `lint` alone: what is deployed or tested is not asked for it.
 * @param files the source of each playbook that compiled
 * @param tests by playbook
 */
export function untested(
  files: ReadonlyMap<string, SourceText>,
  tests: ReadonlyMap<string, readonly unknown[]>,
): Diagnostic[] {
  return [...files].flatMap(([playbook, source]) => {
    if ((tests.get(playbook) ?? []).length > 0 || /^tests:/m.test(source.text)) return [];
    const start = source.text.search(/^playbook:/m);
    const end = source.text.indexOf('\n', Math.max(0, start));
    const finding = {
      severity: 'warning',
      code: 'CB657',
      message: `\`${playbook}\` has no tests: nothing says that it does what is meant`,
      hint: 'write tests: of who gets what when, and of whom it leaves alone; docs/guide-marketers.md shows them',
    } as const;
    return [diagnosticAt(source, Math.max(0, start), end < 0 ? source.text.length : end, finding)];
  });
}
