/** What a backtest keeps on disk: sorted within bounded memory, and divided so that no part needs another. */
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, People, RecordType, SubjectRef } from '../../language/model.ts';
import { compareEvents, type TimelineEvent } from '../../language/records/timeline.ts';
import { Components } from '../../simulate/backtest/components.ts';
import { IdTable } from '../../simulate/backtest/id-table.ts';
import { LineWriter, readLines } from '../../simulate/backtest/line-file.ts';
import { relationTraits } from '../../simulate/backtest/relations.ts';
import { Repeats } from '../../simulate/backtest/repeats.ts';
import { sortFile } from '../../simulate/backtest/sort-file.ts';
import { Spool, spooledEvents } from '../../simulate/backtest/spool.ts';
import { compiled } from '../rules/play.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

const people: People = { persons: [], teams: [], channels: {} };

function event(
  arrival: number,
  at: number,
  subjects: SubjectRef[],
  traits: { [trait: string]: Json } = {},
): TimelineEvent {
  const [{ type, id }] = subjects as [SubjectRef];
  const patches = Object.keys(traits).length > 0 ? [{ type: type as RecordType, id, traits }] : [];
  return { arrival, messageId: `ä${arrival}`, name: 'x', at, receivedAt: at, properties: { n: 1 }, subjects, patches };
}

describe('sorting on disk', () => {
  it('puts any lines in order, whatever fits into memory, and keeps those alike in their order', async () => {
    const folder = await makeTempFolder();
    const line = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.string({ unit: 'grapheme', maxLength: 5 }));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), fc.integer({ min: 1, max: 200 }), (lines, runCharacters) => {
        const path = join(folder, 'lines');
        const writer = new LineWriter(path);
        for (const one of lines) writer.write(JSON.stringify(one));
        writer.close();
        sortFile(path, {
          parse: (text) => JSON.parse(text) as [number, string],
          compare: (a, b) => a[0] - b[0],
          runCharacters,
        });
        expect([...readLines(path)]).toEqual(lines.toSorted((a, b) => a[0] - b[0]).map((one) => JSON.stringify(one)));
      }),
      { numRuns: 40 },
    );
    expect(await readdir(folder)).toEqual(['lines']);
  });

  it('lines longer than a piece that is read at once come back whole', async () => {
    const path = join(await makeTempFolder(), 'long');
    const lines = ['ä'.repeat(1_500_000), 'short', 'b'.repeat(2_000_000)];
    const writer = new LineWriter(path);
    for (const line of lines) writer.write(line);
    writer.close();
    expect([...readLines(path)]).toEqual(lines);
  });

  it('events that come in order are not sorted; others are, by E4', async () => {
    const ada: SubjectRef[] = [{ type: 'contact', id: 'ada' }];
    const events = [event(1, 5, ada), event(2, 5, ada), event(3, 9, ada)];
    for (const [given, wasSorted] of [
      [events, false],
      [[events[2]!, events[0]!, events[1]!], true],
    ] as const) {
      const spool = new Spool({ folder: await makeTempFolder(), versions: [], people, parts: 1 });
      for (const one of given) spool.add(one);
      const { files, sorted } = spool.finish();
      expect(sorted).toBe(wasSorted);
      expect([...spooledEvents(files[0]!)]).toEqual([...given].sort(compareEvents));
    }
  });
});

describe('dividing among processors', () => {
  const contact = (id: string): SubjectRef => ({ type: 'contact', id });
  const account = (id: string): SubjectRef => ({ type: 'account', id });

  it('keeps together whom an event names at once or merges, and whom traits name, however far around', () => {
    const components = new Components(new Set(['main_contact']), new Set(['kim']));
    const events = [
      event(1, 1, [contact('ada')], { accountId: 'acme' }),
      event(2, 2, [contact('bob'), account('acme')]),
      event(3, 3, [account('acme')], { main_contact: 'eve' }),
      event(4, 4, [contact('eve')], { owner: 'kim', main_contact: 'kim' }),
      event(5, 5, [contact('zoe')], { main_contact: 'kim' }),
      event(6, 6, [contact('anon:7')]),
      { ...event(7, 7, [contact('ada')]), merges: ['anon:7'] },
    ];
    const numbers = events.map((one) => components.add(one));
    const partOf = components.parts(2);
    expect(numbers.map(partOf)).toEqual([0, 0, 0, 0, 1, 0, 0]);
  });

  it('relations are the traits that playbooks go on behind, or send to', () => {
    const { versions } = compiled(`subject: account
trigger: { event: seen, where: 'account.parent.name == "x"' }
steps:
  - task: Call
    assign: account.owner
    due: 1d
    priority: high
    if: account.country == "DE"`);
    expect([...relationTraits(versions)].sort()).toEqual(['owner', 'parent']);
  });
});

describe('message ids', () => {
  it('each is new once, however many there are', () => {
    const table = new IdTable();
    const ids = Array.from({ length: 200_000 }, (_, n) => `m${n}`);
    expect(ids.every((id) => table.add(id))).toBe(true);
    expect(ids.some((id) => table.add(id))).toBe(false);
  });

  it('are known to whoever shares the table', () => {
    const table = new IdTable();
    for (let n = 0; n < 5_000; n++) table.add(`m${n}`);
    const shared = new IdTable(structuredClone(table.places));
    expect([shared.has('m0'), shared.has('m4999'), shared.has('m5000')]).toEqual([true, true, false]);
  });

  it('that repeat are dropped but for the first, however many there are', async () => {
    const names = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 1_500 });
    await fc.assert(
      fc.asyncProperty(names, async (drawn) => {
        const events = [...drawn, ...drawn].map((n, i): TimelineEvent => {
          return { ...event(i + 1, (i * 7) % 50, [{ type: 'contact', id: 'ada' }]), messageId: `m${n}` };
        });
        const spool = new Spool({ folder: await makeTempFolder(), versions: [], people, parts: 1 });
        for (const one of events) spool.addOnce(one);
        const { files, events: count, repeats } = spool.finish();
        const firsts = [...new Map(events.toReversed().map((one) => [one.messageId, one])).values()];
        expect([...spooledEvents(files[0]!)]).toEqual(firsts.sort(compareEvents));
        expect([count, repeats]).toEqual([firsts.length, events.length - firsts.length]);
      }),
      { numRuns: 10 },
    );
  });

  it('go to disk by the thousand, and are found there', async () => {
    const repeats = new Repeats(await makeTempFolder());
    for (let n = 1; n <= 300_000; n++) repeats.note(n % 100_000 === 7 ? 'again' : `m${n}`, n);
    const { count, path } = repeats.finish();
    expect([count, [...readLines(path)]]).toEqual([2, ['100007', '200007']]);
  });
});

describe('nothing is left behind', () => {
  it('no folder of a backtest is in the temporary folder', async () => {
    const left = (await readdir(tmpdir())).filter((name) => name.startsWith(`cuebook-backtest-${process.pid}-`));
    expect(left).toEqual([]);
  });
});
