/** Faults of playbooks for people. */
import { type Diagnostic, formatDiagnostic, type SourceText } from '../../language/diagnostics/diagnostics.ts';
import { paint } from '../output.ts';

/** As `formatDiagnostic`, with the severity and its code coloured where standard output has colours. */
export function shownDiagnostic(diagnostic: Diagnostic, source: SourceText | undefined): string {
  const { severity, code } = diagnostic;
  const words = `${severity} ${code}`;
  const colour = severity === 'error' ? 'red' : 'yellow';
  // The first occurrence stands behind the place, before anything that a file says.
  return formatDiagnostic(diagnostic, source).replace(words, () => paint(colour, words, process.stdout));
}
