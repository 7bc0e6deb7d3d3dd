/** What the linter says, as marks in the text. */
import type { Diagnostic as Mark } from '@codemirror/lint';
import type { EditorState } from '@codemirror/state';
import type { Diagnostic } from '../../../server/api/contract/playbook.ts';

export function marksOf({ doc }: EditorState, diagnostics: readonly Diagnostic[]): Mark[] {
  return diagnostics
    .filter(({ line }) => line <= doc.lines)
    .map(({ line, column, severity, message }) => {
      const at = doc.line(line);
      return { from: Math.min(at.to, at.from + column - 1), to: at.to, severity, message };
    });
}
