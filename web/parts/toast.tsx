/** A line that says what was done, and goes away by itself; read aloud when it comes. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';

const SHOWN_MS = 6_000;
const TellContext = createContext<(text: string) => void>(() => undefined);

export function Telling({ children }: { children: ReactNode }): ReactNode {
  const [told, setTold] = useState<{ text: string }>();
  const tell = useCallback((text: string) => setTold({ text }), []);
  useEffect(() => {
    if (told === undefined) return undefined;
    const timer = setTimeout(() => setTold(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [told]);
  return (
    <TellContext value={tell}>
      {children}
      <div role="status">{told !== undefined && <p className="toast any">{told.text}</p>}</div>
    </TellContext>
  );
}

export const useTell = (): ((text: string) => void) => useContext(TellContext);
