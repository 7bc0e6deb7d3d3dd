import { it } from 'vitest';
import { drawHistory } from '../../simulate/worlds/draw.ts';
import { drawPlaybooks } from '../../simulate/worlds/playbooks.ts';
import { told, START } from '../../simulate/worlds/world.ts';
import { placed } from '../../simulate/backtest/lines.ts';
import { livedLines, shown } from '../support/lines.ts';
import { compiledWorld } from './compile.ts';
import { backtest, nameOf, playLive, playVirtual, startWorld, writtenFile } from './play.ts';
it('tries', { timeout: 600_000 }, async () => {
  const N = Number(process.env.N ?? 50);
  const world = await compiledWorld(drawPlaybooks(1));
  const histories = Array.from({ length: N }, (_, n) => drawHistory(1000 + n, { inTime: true }));
  const file = await writtenFile(histories);
  let t = performance.now();
  const lap = (what: string) => { console.log(what, Math.round(performance.now() - t)); t = performance.now(); };
  const virtual = await playVirtual(world, file);
  lap(`virtual ${virtual.length}`);
  const fromFile = await backtest(world, { file });
  lap(`file ${fromFile.length}`);
  const own = virtual.map((l) => JSON.stringify(placed(l).line)).sort();
  cmp('file', own, fromFile.filter((l) => !l.includes('"type":"summary"')).sort());
  await using system = await startWorld(world);
  lap('start');
  await playLive(system, histories);
  lap('live');
  cmp('live', virtual.map(shown).sort(), await livedLines(system));
  function cmp(what: string, a: string[], b: string[]) {
    const A = new Set(a), B = new Set(b);
    const gone = a.filter((x) => !B.has(x)), more = b.filter((x) => !A.has(x));
    console.log(what, 'missing', gone.length, 'more', more.length);
    const hs = [...new Set([...gone, ...more].map((x) => /h\d{5}/.exec(x)?.[0]))].sort();
    console.log(hs.length, hs.join(' '));
    for (const h of hs.slice(0, Number(process.env.SHOW ?? 3))) {
      console.log(told(histories[Number(h!.slice(1))]!).join('\n'));
      for (const x of gone) if (x.includes(h!)) console.log('- ', x);
      for (const x of more) if (x.includes(h!)) console.log('+ ', x);
    }
  }
});
