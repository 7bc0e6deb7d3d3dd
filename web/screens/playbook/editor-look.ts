/** The editor in the app's own colours, light and dark by the same tokens. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const theme = EditorView.theme({
  '&': { fontSize: '12.5px', backgroundColor: 'var(--panel)', color: 'var(--text)' },
  '.cm-scroller': { fontFamily: 'var(--mono)', maxHeight: '70vh' },
  '.cm-gutters': { backgroundColor: 'var(--bg)', color: 'var(--soft)', borderColor: 'var(--line)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--hover)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--selected) !important' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-tooltip': { backgroundColor: 'var(--raised)', border: '1px solid var(--line)', color: 'var(--text)' },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName), tags.keyword], color: 'var(--series-1)' },
  { tag: [tags.string, tags.attributeValue], color: 'var(--series-3)' },
  { tag: [tags.number, tags.bool, tags.null, tags.typeName, tags.labelName], color: 'var(--series-2)' },
  { tag: [tags.comment, tags.meta, tags.punctuation, tags.separator], color: 'var(--soft)' },
]);

export const look = [theme, syntaxHighlighting(colours)];
