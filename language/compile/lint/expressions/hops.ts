/** Paths that go on behind a colleague or a team to what neither has (`ticket.team.boss`): they lead to nobody, in silence. */
import { didYouMean } from '../../../diagnostics/nearest.ts';
import type { Path } from '../../../syntax.ts';
import type { FileReport } from '../../report.ts';
import { personShape, teamShape } from '../../shapes.ts';

/** `person` names one as `id`, and what it is read by is called as files call it. */
const OF_PERSON = ['id', ...Object.keys(personShape.shape).filter((key) => key !== 'person')];
const OF_TEAM = ['id', ...Object.keys(teamShape.shape)];
/** What leads to whom, wherever it is read; other traits may lead to contacts, which have traits of any name. */
const LEADS_TO: { [hop: string]: readonly string[] } = {
  owner: OF_PERSON,
  assignee: OF_PERSON,
  manager: OF_PERSON,
  lead: OF_PERSON,
  fallback: OF_PERSON,
  team: OF_TEAM,
};

/** Warns of each path, at the value that it stands in. @param path of that value in the file */
export function lintHops(report: FileReport, reads: Iterable<string>, path: Path): void {
  for (const read of reads) {
    const [root = '', ...hops] = read.split('.');
    if (root === 'trigger' || root === 'event' || root === 'steps' || root === 'with') continue;
    const at = hops.findIndex((hop, i) => {
      const takes = i === 0 ? undefined : LEADS_TO[hops[i - 1]!];
      return takes !== undefined && !takes.includes(hop);
    });
    if (at < 0) continue;
    const [before, hop] = [hops[at - 1]!, hops[at]!];
    report.at(path, {
      severity: 'warning',
      code: 'CB512',
      message: `\`${read}\` leads to nobody: ${before === 'team' ? 'a team' : 'a colleague'} has no \`${hop}\``,
      hint: didYouMean(hop, LEADS_TO[before]!),
    });
  }
}
