/** A line of a run as tests compare it (V2). */
import type { Json } from '../../language/model.ts';
import type { RunLine } from '../run/types.ts';
import type { CameLine } from './diff.ts';

/**
 * An effect or an outcome; undefined for what tests do not list.
 *
 * @param own the playbook that is tested: whose line it is says that of a playbook that is run
 */
export function cameLine(line: RunLine, own: string): CameLine | undefined {
  const whose = line.playbook === own ? {} : { playbook: line.playbook };
  if (line.type === 'effect') {
    return { at: line.at, kind: line.effect, fields: { ...line.detail, ...whose }, refused: line.refused };
  }
  if (line.type !== 'outcome') return undefined;
  const fields: { [key: string]: Json } = { outcome: line.outcome, reason: line.reason, ...whose };
  if (line.value !== null) fields.value = line.value;
  if (line.afterEnd) fields.after_end = true;
  if (line.template !== undefined) fields.template = line.template;
  return { at: line.at, kind: 'outcome', fields, refused: null };
}
