/** E6: to whom ids belong is kept in an index, which says what looking at every claim anew says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type IdentityLink, IdentityLinks } from '../../../language/records/identity-links.ts';
import { IDENTITY_LIMITS, type IdentityLimits } from '../../../language/records/identity-log.ts';
import { SimpleIdentityLinks } from '../../support/simple-identity-links.ts';

const place = (at: number) => ({ at, round: 0, phase: 'events' as const, receivedAt: at, arrival: at });
const claim = (at: number, from: string, to: string): IdentityLink => ({ from, to, place: place(at) });
const NO_LIMITS: IdentityLimits = { ids: 1_000, depth: 1_000, changes: 1_000 };

const IDS = ['anon:v', 'anon:w', 'anon:x', 'ada', 'bea', 'cem', 'dan'];
const drawnClaims = fc
  .array(fc.record({ from: fc.constantFrom(...IDS), to: fc.constantFrom(...IDS) }), { maxLength: 14 })
  .map((drawn) => drawn.flatMap(({ from, to }, n) => (from === to ? [] : [claim(10 * (n + 1), from, to)])));
const drawnLimits = fc.oneof(
  fc.constant(NO_LIMITS),
  fc.record({
    ids: fc.integer({ min: 1, max: 5 }),
    depth: fc.integer({ min: 1, max: 4 }),
    changes: fc.integer({ min: 1, max: 3 }),
  }),
);
/** In one of the orders in which they may come: mostly that of their places. */
const drawnOrder = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 14, maxLength: 14 });

const inOrder = (claims: readonly IdentityLink[], delays: readonly number[]) =>
  claims
    .map((one, n) => ({ one, by: one.place.at + (delays[n]! > 40 ? delays[n]! : 0) }))
    .sort((a, b) => a.by - b.by)
    .map(({ one }) => one);

/** All that a view says. */
function told(links: IdentityLinks | SimpleIdentityLinks): string[] {
  const said = IDS.flatMap((id) => [
    ...Array.from(
      { length: 16 },
      (_, n) => `${id} at ${10 * n + 5}: ${JSON.stringify(links.ownerships(id, place(10 * n + 5)))}`,
    ),
    `${id}: ${links.ownerOf(id)}, ${links.heirOf(id)}, ${links.aliasesOf(id)}, ${JSON.stringify(links.mergesInto(id))}`,
  ]);
  return [...said, JSON.stringify(links.beyond)];
}

describe('to whom ids belong, by an index that grows', () => {
  it('is what every claim together says, and each claim changes what it says then', () => {
    fc.assert(
      fc.property(drawnClaims, drawnLimits, drawnOrder, (claims, limits, delays) => {
        const come: IdentityLink[] = [];
        let links = new IdentityLinks([], limits);
        for (const one of inOrder(claims, delays)) {
          const known = new SimpleIdentityLinks(come, limits);
          const before = links;
          come.push(one);
          links = links.with([one]);
          const simple = new SimpleIdentityLinks(come, limits);
          expect(told(links)).toEqual(told(simple));
          // What was asked before stays as it was.
          expect(told(before)).toEqual(told(known));
          const { changed, concerned, beyond } = links.since(before);
          expect(beyond).toEqual(simple.beyond.filter(({ link }) => !known.beyond.some((one) => one.link === link)));
          expect(changed).toEqual(simple.changedSince(known));
          expect(concerned).toEqual(simple.concernedSince(known));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('several claims at once change what they change one by one', () => {
    fc.assert(
      fc.property(drawnClaims, drawnLimits, fc.nat(14), (claims, limits, n) => {
        const before = new IdentityLinks(claims.slice(0, n), limits);
        const after = before.with(claims.slice(n));
        const simple = new SimpleIdentityLinks(claims, limits);
        expect(told(after)).toEqual(told(simple));
        const wanted = simple.concernedSince(new SimpleIdentityLinks(claims.slice(0, n), limits));
        expect(after.since(before).concerned).toEqual(expect.arrayContaining(wanted));
      }),
      { numRuns: 150 },
    );
  });

  it('names all ids that claims connect by the first of them, whoever they belong to', () => {
    const links = new IdentityLinks([claim(10, 'anon:x', 'bea'), claim(20, 'anon:x', 'ada'), claim(30, 'cem', 'dan')]);
    expect(['anon:x', 'bea', 'ada', 'cem', 'dan', 'eve'].map((id) => links.firstLinked(id))).toEqual([
      'ada',
      'ada',
      'ada',
      'cem',
      'cem',
      'eve',
    ]);
  });

  it('from a view that has grown already, another one grows on its own', () => {
    const first = new IdentityLinks([claim(10, 'anon:x', 'ada')]);
    const left = first.with([claim(20, 'anon:x', 'bea')]);
    const right = first.with([claim(20, 'anon:x', 'cem')]);
    expect([first, left, right].map((one) => one.ownerOf('anon:x'))).toEqual(['ada', 'bea', 'cem']);
  });
});

describe('claims beyond the limits do not count', () => {
  it('of ids that would be merged into one contact', () => {
    const limits = { ...NO_LIMITS, ids: 3 };
    const links = new IdentityLinks(
      [1, 2, 3, 4].map((n) => claim(n, `anon:d${n}`, 'guest')),
      limits,
    );
    expect(links.mergesInto('guest')).toHaveLength(3);
    expect(links.ownerOf('anon:d4')).toBe('anon:d4');
    expect(links.beyond).toEqual([{ link: claim(4, 'anon:d4', 'guest'), limit: 'ids', atMost: 3 }]);
    // With what they have merged themselves.
    const both = new IdentityLinks(
      [claim(1, 'a', 'b'), claim(2, 'c', 'd'), claim(3, 'e', 'd'), claim(4, 'b', 'd')],
      limits,
    );
    expect(both.ownerOf('b')).toBe('b');
  });

  it('of merges that follow each other', () => {
    const links = new IdentityLinks(
      [1, 2, 3, 4].map((n) => claim(n, `c${n - 1}`, `c${n}`)),
      { ...NO_LIMITS, depth: 3 },
    );
    expect([links.ownerOf('c0'), links.ownerOf('c3'), links.ownerOf('c4')]).toEqual(['c3', 'c3', 'c4']);
  });

  it('of an id that changes hands again and again; a claim of its last owner is none', () => {
    const turns = ['ada', 'bea', 'bea', 'ada', 'bea'].map((to, n) => claim(n + 1, 'anon:x', to));
    const links = new IdentityLinks(turns, { ...NO_LIMITS, changes: 3 });
    expect(links.ownerOf('anon:x')).toBe('ada');
    expect(links.beyond).toEqual([{ link: turns[4], limit: 'changes', atMost: 3 }]);
  });

  it('an earlier claim that comes late takes the place of a later one', () => {
    const limits = { ...NO_LIMITS, ids: 1 };
    const links = new IdentityLinks([claim(20, 'anon:b', 'ada')], limits);
    const after = links.with([claim(10, 'anon:a', 'ada')]);
    expect([after.ownerOf('anon:a'), after.ownerOf('anon:b')]).toEqual(['ada', 'anon:b']);
    expect(after.since(links)).toEqual({
      changed: ['anon:a', 'anon:b'],
      concerned: ['ada', 'anon:a', 'anon:b'],
      beyond: [{ link: claim(20, 'anon:b', 'ada'), limit: 'ids', atMost: 1 }],
    });
  });
});

describe('what a claim costs is what it changes', () => {
  /** Claims that come one by one, each asked for what it changes: how many places are compared for one of them. */
  const readsEach = (claims: readonly IdentityLink[]): number => {
    let reads = 0;
    const counted = claims.map((one) => {
      const { at, ...rest } = one.place;
      const watched = {
        ...rest,
        get at() {
          reads++;
          return at;
        },
      };
      return { ...one, place: watched };
    });
    const limits = { ...IDENTITY_LIMITS, ids: Number.POSITIVE_INFINITY, changes: Number.POSITIVE_INFINITY };
    let links = new IdentityLinks([], limits);
    for (const one of counted) {
      const grown = links.with([one]);
      grown.since(links);
      links = grown;
    }
    return reads / claims.length;
  };
  const shapes: { [name: string]: (n: number) => IdentityLink } = {
    'devices of one contact': (n) => claim(n, `anon:d${n}`, 'guest'),
    'a chain of aliases': (n) => claim(n, `c${n}`, `c${n + 1}`),
    'two people on one device': (n) => claim(n, 'anon:x', n % 2 === 0 ? 'ada' : 'bea'),
    'many people on one device': (n) => claim(n, 'anon:x', `p${n}`),
  };

  it.each(Object.entries(shapes))('%s: with many it is what it is with few', (_, shape) => {
    const some = (count: number) => Array.from({ length: count }, (_, n) => shape(n + 1));
    const [few, many] = [readsEach(some(100)), readsEach(some(4_000))];
    expect(few).toBeGreaterThan(1);
    expect(many).toBeLessThan(2 * few);
  });
});
