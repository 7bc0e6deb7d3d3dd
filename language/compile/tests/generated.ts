/** `never` and `for_all`: what must hold over generated histories (V3). */

import { isJsonObject } from '../../json.ts';
import type { Json } from '../../model.ts';
import type { Path } from '../../syntax.ts';
import type { FileReport } from '../report.ts';
import { durationAt } from '../values.ts';
import { checkKind } from './lines.ts';
import type { WrittenTest } from './shape.ts';
import type { GeneratedHistories } from './types.ts';

/** @param kinds from `expectedKinds` */
export function generatedOf(
  report: FileReport,
  test: WrittenTest,
  path: Path,
  kinds: readonly string[],
): GeneratedHistories | undefined {
  const { never, for_all: forAll } = test;
  if (never === undefined && forAll === undefined) return undefined;
  if (never === undefined || forAll === undefined) {
    const hint =
      'write never: { send: x, after: order.completed } and for_all: { events: […], within: 7d, at_most: 6 }';
    report.at(path, { code: 'CB203', message: '`never` and `for_all` go together', hint });
    return undefined;
  }
  const { after, until, ...line } = never;
  checkKind(report, line, [...path, 'never'], kinds);
  const withinMs = durationAt(report, forAll.within, [...path, 'for_all', 'within']);
  if (withinMs === undefined) return undefined;
  return {
    line: report.lineOf([...path, 'never']),
    never: {
      line,
      ...(typeof after === 'string' ? { after } : {}),
      ...(typeof until === 'string' ? { until } : {}),
    },
    events: forAll.events.flatMap((event, i) => generatedEvent(report, event, [...path, 'for_all', 'events', i])),
    withinMs,
    atMost: forAll.at_most,
  };
}

function generatedEvent(report: FileReport, value: unknown, path: Path): GeneratedHistories['events'] {
  if (typeof value === 'string') return [{ event: value, properties: {} }];
  if (isJsonObject(value) && typeof value.event === 'string') {
    const { event, ...properties } = value as { [name: string]: Json } & { event: string };
    return [{ event, properties: properties as { [name: string]: Json } }];
  }
  report.at(path, {
    code: 'CB203',
    message: '`event` is missing',
    hint: 'write { event: cart.updated, value: [5, 50] }',
  });
  return [];
}
