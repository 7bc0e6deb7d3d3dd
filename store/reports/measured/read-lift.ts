/** What each playbook changed, beside those held out of it, and each arm of its experiments beside the first (G4). */

import type { Json } from '../../../language/model.ts';
import { figuresOf, type Group, type GroupFigures, type Lift, liftOf, type TooFew } from '../../../measurement/lift.ts';
import type { Queryable } from '../../postgres/database.ts';
import { type ArmGroup, armGroups, type Period, type SideGroup, sideGroups } from './groups.ts';

export interface ArmResult extends GroupFigures {
  arm: string;
  /** Over the experiment's first arm; null of that one itself. */
  lift: Lift | TooFew | null;
}

export interface ExperimentResult {
  experiment: string;
  /** The first is what the others are compared with. */
  arms: ArmResult[];
}

export interface PlaybookLift {
  playbook: string;
  treated: GroupFigures;
  heldOut: GroupFigures;
  /** People who stood on both sides of the holdout: they count on neither. */
  leftOut: number;
  /** Of the treated over those held out; null where nobody was held out. */
  lift: Lift | TooFew | null;
  experiments: ExperimentResult[];
}

const NOBODY: Group = { people: 0, converters: 0, value: 0, valueSquares: 0 };

/** Of these playbooks, in their order, by the enrolments that began in the period. */
export async function readLift(
  client: Queryable,
  playbooks: readonly string[],
  period: Period,
): Promise<PlaybookLift[]> {
  const sides = await sideGroups(client, playbooks, period);
  const arms = await armGroups(client, playbooks, period);
  const written = await writtenArms(client, playbooks);
  return playbooks.map((playbook) => {
    const side = (name: SideGroup['side']) =>
      sides.find((it) => it.playbook === playbook && it.side === name) ?? NOBODY;
    const [treated, heldOut] = [side('treated'), side('held_out')];
    return {
      playbook,
      treated: figuresOf(treated),
      heldOut: figuresOf(heldOut),
      leftOut: side('left_out').people,
      lift: heldOut.people > 0 ? liftOf(treated, heldOut) : null,
      experiments: experimentsOf(
        arms.filter((it) => it.playbook === playbook),
        written.get(playbook) ?? new Map(),
      ),
    };
  });
}

function experimentsOf(groups: readonly ArmGroup[], written: ReadonlyMap<string, string[]>): ExperimentResult[] {
  const names = [...new Set(groups.map(({ experiment }) => experiment))];
  return names.map((experiment) => {
    const order = written.get(experiment) ?? [];
    const found = groups.filter((it) => it.experiment === experiment);
    // An arm of which nobody was assigned has its line as well; one that is written no more stands behind the others.
    const known = order.map((arm) => found.find((it) => it.arm === arm) ?? { ...NOBODY, arm });
    const [first, ...others] = [...known, ...found.filter(({ arm }) => !order.includes(arm))];
    return {
      experiment,
      arms: [
        { arm: first!.arm, ...figuresOf(first!), lift: null },
        ...others.map((group) => ({ arm: group.arm, ...figuresOf(group), lift: liftOf(group, first!) })),
      ],
    };
  });
}

/** The arms of each deployed playbook's experiments, in the order of its file. */
async function writtenArms(
  client: Queryable,
  playbooks: readonly string[],
): Promise<Map<string, Map<string, string[]>>> {
  const { rows } = await client.query<{ playbook: string; config: Json }>(
    `SELECT d.playbook, s.value -> 'config' AS config
       FROM deployments d JOIN playbook_versions v ON v.hash = d.version_hash,
            jsonb_each(v.content -> 'playbook' -> 'steps') s
      WHERE d.playbook = ANY($1::text[]) AND s.value ->> 'kind' = 'split'`,
    [playbooks],
  );
  const written = new Map<string, Map<string, string[]>>();
  for (const { playbook, config } of rows) {
    const { experiment, arms } = config as unknown as { experiment: string; arms: { name: string }[] };
    const of = written.get(playbook) ?? new Map<string, string[]>();
    of.set(experiment, [...new Set([...(of.get(experiment) ?? []), ...arms.map(({ name }) => name)])]);
    written.set(playbook, of);
  }
  return written;
}
