/** What keys do on every screen. Single keys can be turned off, since speech input and slips of the hand send them, too. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { SCREENS } from './screens.ts';

const STORED = 'cuebook.single-keys';
/** So long after `g` the second key still belongs to it. */
const SECOND_KEY_MS = 1_200;

export const areSingleKeysOn = (): boolean => localStorage.getItem(STORED) !== 'off';
export const chooseSingleKeys = (on: boolean): void => localStorage.setItem(STORED, on ? 'on' : 'off');

/** Lines of lists that `j` and `k` go through: links or buttons that say so. */
const LINES = 'main [data-line]';

export interface KeyActions {
  openPalette: () => void;
  openHelp: () => void;
}

export function useKeys({ openPalette, openHelp }: KeyActions): void {
  const navigate = useNavigate();
  useEffect(() => {
    let goingSince = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === 'k' && (event.metaKey || event.ctrlKey)) {
        event.preventDefault();
        openPalette();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || !areSingleKeysOn()) return;
      // A dialog has the keys for itself.
      if (document.querySelector('[role="dialog"]') !== null) return;
      const wasGoing = performance.now() - goingSince < SECOND_KEY_MS;
      goingSince = 0;
      const screen = wasGoing ? SCREENS.find(({ key }) => key === event.key) : undefined;
      if (screen !== undefined) void navigate({ to: screen.to });
      else if (event.key === 'g') goingSince = performance.now();
      else if (event.key === '?') openHelp();
      else if (event.key === 'j') moveBy(1);
      else if (event.key === 'k') moveBy(-1);
      else if (event.key === '/') {
        const field = document.querySelector<HTMLElement>('main [data-search]');
        if (field === null) openPalette();
        else field.focus();
      } else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [navigate, openPalette, openHelp]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}

function moveBy(step: 1 | -1): void {
  const lines = [...document.querySelectorAll<HTMLElement>(LINES)];
  const at = lines.indexOf(document.activeElement as HTMLElement);
  const next = at < 0 ? (step > 0 ? 0 : lines.length - 1) : Math.min(lines.length - 1, Math.max(0, at + step));
  lines[next]?.focus();
}
