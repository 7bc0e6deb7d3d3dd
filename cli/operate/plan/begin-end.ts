/** Which schedules and watches begin with a deployment, and which end: those of triggers that are new, others, or gone. */
import type { PlaybookVersion } from '../../../language/model.ts';
import type { DeploymentChanges } from '../../../store/deployments/deployments.ts';
import type { Queryable } from '../../../store/postgres/database.ts';
import { readOpenKeys } from '../../../store/reports/under-way.ts';
import { conditionOf } from '../../../triggers/conditions.ts';
import { armOwner } from '../../../triggers/index/owners.ts';

export interface Watch {
  playbook: string;
  /** `schedule`, `date`, `absence`, …: the condition's name. */
  kind: string;
  /** What it waits for, in words. */
  what: string;
}

export interface EndingWatch extends Watch {
  /** Keys that it has open: they are watched no more. */
  open: number;
}

export interface BeginEnd {
  begin: Watch[];
  end: EndingWatch[];
}

export async function readBeginEnd(
  client: Queryable,
  { added, retriggered, gone }: DeploymentChanges,
  { before, after }: { before: ReadonlyMap<string, PlaybookVersion>; after: ReadonlyMap<string, PlaybookVersion> },
): Promise<BeginEnd> {
  const ending = [...retriggered, ...gone].flatMap((name) => armsOf(before.get(name)));
  const open = await readOpenKeys(
    client,
    ending.map(({ owner }) => owner),
  );
  return {
    begin: [...added, ...retriggered].flatMap((name) => armsOf(after.get(name)).map(({ watch }) => watch)),
    end: ending.map(({ owner, watch }) => ({ ...watch, open: open.get(owner) ?? 0 })),
  };
}

function armsOf(version: PlaybookVersion | undefined): { owner: string; watch: Watch }[] {
  if (!version) return [];
  const { playbook, trigger } = version.playbook;
  return trigger.arms.map((arm, n) => ({
    owner: armOwner(playbook, n),
    watch: { playbook, kind: arm.kind, what: conditionOf(arm.kind).describe(arm) },
  }));
}
