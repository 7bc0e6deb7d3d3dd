/** What was beyond a limit and did not count: a decision says it (V5), and it is counted. */
import type { Instant, SubjectRef } from '../../language/model.ts';
import type { UncountedLink } from '../../language/records/identity-links.ts';
import { MAX_RELATED } from '../../language/records/relations.ts';
import { countClosedKeys, lockDeployments } from '../../store/deployments/deployments.ts';
import type { NewDecision } from '../../store/journeys/decisions.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { ListRef } from '../../store/records/relations.ts';
import { type BeyondKind, count } from '../../store/reports/counters.ts';
import { MAX_KEYS } from '../../triggers/engine/drop-state.ts';
import type { PreDeployCount } from '../rebuild/pre-deploy-firings.ts';

const NOBODY = { playbook: null, firingId: null, enrolmentId: null };

export class BeyondLimits {
  readonly #decisions: NewDecision[];
  /** By playbook. */
  readonly #closedKeys = new Map<string, number>();
  readonly #uncounted = new Map<string, number>();
  readonly #unread = new Map<string, number>();

  /** @param decisions to which those of what was beyond a limit are added */
  constructor(decisions: NewDecision[]) {
    this.#decisions = decisions;
  }

  /** A key was closed because its subject had too many open. */
  closed(subject: SubjectRef, playbook: string, key: string, at: Instant): void {
    add(this.#closedKeys, playbook);
    const looked = { key, at_most: MAX_KEYS };
    this.#decisions.push({ ...NOBODY, playbook, subject, verdict: 'key_bound', looked, at });
  }

  /** Operators see which lists were not read, and why a condition over one was not met (V5). */
  tooLong(lists: Iterable<ListRef>, at: Instant): void {
    for (const { list, id } of lists) {
      const name = `${list.of}.${list.name}`;
      add(this.#unread, name);
      const looked = { list: name, at_most: MAX_RELATED };
      this.#decisions.push({ ...NOBODY, subject: { type: list.of, id }, verdict: 'list_bound', looked, at });
    }
  }

  /** Operators see which claims of a contact do not count, because too much would become one (E6). */
  uncounted(links: readonly UncountedLink[]): void {
    for (const { link, limit, atMost } of links) {
      add(this.#uncounted, limit);
      const looked = { claimed: link.from, limit, at_most: atMost };
      const subject: SubjectRef = { type: 'contact', id: link.to };
      this.#decisions.push({ ...NOBODY, subject, verdict: 'merge_bound', looked, at: link.place.at });
    }
  }

  /** Whether there is anything to be counted. */
  get some(): boolean {
    return this.#closedKeys.size + this.#uncounted.size + this.#unread.size > 0;
  }

  /** Those whose deployments are counted on. */
  playbooks(): Iterable<string> {
    return this.#closedKeys.keys();
  }

  async write(client: Queryable): Promise<void> {
    await countClosedKeys(client, this.#closedKeys);
    const named = (kind: BeyondKind, counts: ReadonlyMap<string, number>) =>
      [...counts].map(([name, many]) => ({ kind, playbook: '', name, count: many }));
    await count(client, [...named('uncounted_claims', this.#uncounted), ...named('unread_lists', this.#unread)]);
  }
}

/** Writes what is counted on deployments, whose rows are locked in one order for all. */
export async function writeOfDeployments(
  client: Queryable,
  beforeDeploy: PreDeployCount,
  beyond: BeyondLimits,
): Promise<void> {
  await lockDeployments(client, [...beforeDeploy.playbooks(), ...beyond.playbooks()]);
  await beforeDeploy.write(client);
  await beyond.write(client);
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
