/** Now, as the store has it: its clock may run fast, and every time on screen is told by it. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';

export interface StoreClock {
  /** Epoch milliseconds of the store's clock, as of the last tick: what shows it is drawn again with each. */
  now: number;
  /** The same at this moment: where the clock runs fast, what has just come lies behind the last tick. */
  read(): number;
  /** Of the settings. */
  zone: string | undefined;
}

export interface Reading {
  now: number;
  warp: number;
  mode: 'real' | 'warped' | 'stepped';
  zone: string;
  /** When it was read, by this machine. */
  readAt: number;
}

const TICK_MS = 5_000;
const ClockContext = createContext<StoreClock>({ now: Date.now(), read: Date.now, zone: undefined });

/** What was read says how far ahead the store is, and how fast it goes. */
export function nowBy(reading: Reading | undefined): number {
  if (reading === undefined) return Date.now();
  const pace = reading.mode === 'stepped' ? 0 : reading.warp;
  return reading.now + (Date.now() - reading.readAt) * pace;
}

export function Ticking(props: { reading: Reading | undefined; children: ReactNode }): ReactNode {
  const { reading } = props;
  const [now, setNow] = useState(() => nowBy(reading));
  useEffect(() => {
    setNow(nowBy(reading));
    const timer = setInterval(() => setNow(nowBy(reading)), TICK_MS);
    return () => clearInterval(timer);
  }, [reading]);
  const value = useMemo(() => ({ now, read: () => nowBy(reading), zone: reading?.zone }), [now, reading]);
  return <ClockContext value={value}>{props.children}</ClockContext>;
}

export const useClock = (): StoreClock => useContext(ClockContext);
