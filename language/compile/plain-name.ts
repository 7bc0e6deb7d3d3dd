/** Names that are counted and compared, as those of outcomes: words of the playbook, the same for everybody. */
import type { CompileContext, Path } from '../syntax.ts';

/** Reports braces in a name: it is stored as it stands, and never filled in. */
export function checkPlainName(context: CompileContext, name: string, path: Path): void {
  if (!name.includes('{{')) return;
  const message = `\`${name}\` would be stored as it stands: the same name for everybody is counted and compared`;
  context.report('CB614', path, message, 'write the name without {{ }}; a `record` takes what differs as its `value`');
}
