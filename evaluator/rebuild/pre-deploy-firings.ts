/** Firings that would have been before a deployment (T18): how many, and the latest of them. */
import type { Instant, SubjectRef } from '../../language/model.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { type BeforeDeploy, countBeforeDeploy, MAX_BEFORE_DEPLOY } from '../../store/evaluation/rebuilds.ts';
import type { Queryable } from '../../store/postgres/database.ts';

export class PreDeployCount {
  readonly #counts = new Map<string, number>();
  readonly #latest = new Map<string, BeforeDeploy[]>();

  add({ playbook, subject, at, key }: { playbook: string; subject: SubjectRef; at: Instant; key: string }): void {
    this.#counts.set(playbook, (this.#counts.get(playbook) ?? 0) + 1);
    const latest = this.#latest.get(playbook) ?? [];
    latest.push({ playbook, subject, at, looked: { at: isoInstant(at), key } });
    // Sorted only now and then, so there are at most twice as many as are kept.
    this.#latest.set(playbook, latest.length > 2 * MAX_BEFORE_DEPLOY ? newest(latest) : latest);
  }

  /** Whether there is anything to be counted. */
  get some(): boolean {
    return this.#counts.size > 0;
  }

  playbooks(): string[] {
    return [...this.#counts.keys()];
  }

  async write(client: Queryable): Promise<void> {
    await countBeforeDeploy(client, this.#counts, [...this.#latest.values()].flatMap(newest));
    this.#counts.clear();
    this.#latest.clear();
  }
}

function newest(all: BeforeDeploy[]): BeforeDeploy[] {
  return all.sort((a, b) => b.at - a.at).slice(0, MAX_BEFORE_DEPLOY);
}
