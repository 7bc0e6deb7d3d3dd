/** The records that tests describe, and name again by their ids (V3). */

import { didYouMean } from '../../diagnostics/nearest.ts';
import { written } from '../../diagnostics/written.ts';
import { isJsonObject } from '../../json.ts';
import { RECORD_TYPES, type RecordType, type Traits } from '../../model.ts';
import { withZoneTrait } from '../../records/traits.ts';
import type { Path } from '../../syntax.ts';
import type { FileReport } from '../report.ts';
import type { WrittenTest } from './shape.ts';
import type { TestRecord } from './types.ts';

const PLURAL = { contact: 'contacts', account: 'accounts', deal: 'deals', ticket: 'tickets' } as const;

/** What the tests of one file have described so far. */
export class RecordBook {
  readonly #known = new Map<string, Traits>();
  readonly #report: FileReport;

  constructor(report: FileReport) {
    this.#report = report;
  }

  /** The records of one test: those of the singular keys, then those of the lists. */
  of(test: WrittenTest, path: Path): TestRecord[] {
    return RECORD_TYPES.flatMap((type) => {
      const one = test[type];
      const several = test[PLURAL[type]] ?? [];
      return [
        ...(one === undefined ? [] : this.#record(type, one, [...path, type], true)),
        ...several.flatMap((value, i) => this.#record(type, value, [...path, PLURAL[type], i], false)),
      ];
    });
  }

  #record(type: RecordType, value: unknown, path: Path, single: boolean): TestRecord[] {
    if (!isJsonObject(value)) {
      const id = written(value);
      const traits = this.#known.get(`${type} ${id}`);
      if (traits !== undefined) return [{ type, id, traits, single }];
      const ids = [...this.#known.keys()]
        .filter((key) => key.startsWith(`${type} `))
        .map((key) => key.slice(type.length + 1));
      const message = `no earlier test of this file describes the ${type} \`${id}\``;
      this.#report.at(path, { code: 'CB202', message, hint: didYouMean(id, ids) });
      return [];
    }
    const { id, ...given } = value;
    const traits = withZoneTrait(given as Traits);
    if (typeof id !== 'string' && typeof id !== 'number') {
      this.#report.at(path, { code: 'CB203', message: '`id` is missing', hint: `write ${type}: { id: ada, … }` });
      return [];
    }
    this.#known.set(`${type} ${written(id)}`, traits);
    return [{ type, id: written(id), traits, single }];
  }
}
