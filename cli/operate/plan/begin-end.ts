/** Which schedules and watches begin with a deployment, and which end: those of triggers that are new, others, or gone. */
import type { CompiledArm, PlaybookVersion } from '../../../language/model.ts';
import type { DeploymentChanges } from '../../../store/deployments/deployments.ts';
import type { Queryable } from '../../../store/postgres/database.ts';
import { readOpenKeys } from '../../../store/reports/under-way.ts';
import { armOwner } from '../../../triggers/index/owners.ts';

export interface Watch {
  playbook: string;
  /** `schedule`, `date`, `absence`, …: the condition's name. */
  kind: string;
  /** A schedule as written; else the events that it listens to. */
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
    watch: { playbook, kind: arm.kind, what: whatOf(arm) },
  }));
}

function whatOf({ roles, config }: CompiledArm): string {
  const text = typeof config === 'object' && config !== null && !Array.isArray(config) ? config.text : undefined;
  if (typeof text === 'string') return text;
  const names = Object.values(roles).flatMap((patterns) => patterns.map(({ event }) => event));
  return [...new Set(names)].join(', ');
}
