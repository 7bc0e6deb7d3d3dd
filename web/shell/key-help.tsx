/** The list of keys, and whether single ones do something. */
import { type ReactNode, useState } from 'react';
import { Dialog } from '../parts/dialog.tsx';
import { useTexts } from '../texts/texts.tsx';
import { areSingleKeysOn, chooseSingleKeys } from './keys.ts';
import { SCREENS } from './screens.ts';

export default function KeyHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }): ReactNode {
  const { keys, nav } = useTexts();
  const [areOn, setOn] = useState(areSingleKeysOn);
  const lines: [string, string][] = [
    ['Ctrl K, ⌘K', keys.palette],
    ['?', keys.help],
    ['j', keys.down],
    ['k', keys.up],
    ['Enter', keys.open],
    ...SCREENS.map(({ name, key }): [string, string] => [`g ${key}`, keys.go(nav[name])]),
  ];
  return (
    <Dialog title={keys.title} isOpen={isOpen} onClose={onClose}>
      <dl className="key-list">
        {lines.map(([pressed, does]) => (
          <div key={pressed} style={{ display: 'contents' }}>
            <dt>
              <kbd>{pressed}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p className="row" style={{ justifyContent: 'space-between' }}>
        <label>
          <input
            type="checkbox"
            checked={areOn}
            onChange={({ target }) => {
              chooseSingleKeys(target.checked);
              setOn(target.checked);
            }}
          />{' '}
          {keys.singleKeys}
        </label>
        <button type="button" className="button" onClick={onClose}>
          {keys.close}
        </button>
      </p>
    </Dialog>
  );
}
