/** Loaded before a client, or a page: its clock and its timers run CLOCK_SPEED times as fast, so that a minute need not be waited for. */
const speed = Number(globalThis.CLOCK_SPEED ?? globalThis.process?.env.CLOCK_SPEED ?? 1);
const RealDate = Date;
const startedAt = RealDate.now();

class FastDate extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(FastDate.now());
    else super(...args);
  }
  static now() {
    return startedAt + (RealDate.now() - startedAt) * speed;
  }
}
globalThis.Date = FastDate;
for (const name of ['setTimeout', 'setInterval']) {
  const real = globalThis[name];
  const fast = (work, ms = 0, ...args) => real(work, ms / speed, ...args);
  // `util.promisify` looks for it.
  globalThis[name] = Object.assign(fast, real);
}
