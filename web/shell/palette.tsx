/** Everything by name: screens, playbooks, people. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { type ReactNode, useDeferredValue, useState } from 'react';
import { searchQuery } from '../api/people-queries.ts';
import { playbooksQuery } from '../api/queries.ts';
import { Dialog } from '../parts/dialog.tsx';
import { nameOf, shortened } from '../parts/subject-link.tsx';
import { useTexts } from '../texts/texts.tsx';
import { SCREENS } from './screens.ts';

const MAX_PLAYBOOKS = 200;
const MAX_PEOPLE = 8;

export default function Palette({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }): ReactNode {
  const { palette, nav } = useTexts();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const playbooks = useQuery({ ...playbooksQuery, enabled: isOpen });
  const q = useDeferredValue(typed.trim());
  const people = useInfiniteQuery({ ...searchQuery('contact', q), enabled: isOpen && q !== '' });
  const found = q === '' ? [] : (people.data?.pages[0]?.items.slice(0, MAX_PEOPLE) ?? []);
  const close = () => {
    setTyped('');
    onClose();
  };
  return (
    <Dialog title={palette.title} hidesTitle isOpen={isOpen} onClose={close} className="dialog palette">
      <Command label={palette.title} loop>
        <Command.Input value={typed} onValueChange={setTyped} placeholder={palette.placeholder} />
        <Command.List label={palette.title}>
          <Command.Empty>{palette.none}</Command.Empty>
          <Command.Group heading={palette.screens}>
            {SCREENS.map(({ name, to, icon: Icon }) => (
              <Command.Item
                key={name}
                value={`screen ${nav[name]}`}
                onSelect={() => {
                  close();
                  void navigate({ to });
                }}
              >
                <Icon size={15} aria-hidden="true" />
                {nav[name]}
              </Command.Item>
            ))}
          </Command.Group>
          <Command.Group heading={palette.playbooks}>
            {playbooks.data?.items.slice(0, MAX_PLAYBOOKS).map(({ playbook, description }) => (
              <Command.Item
                key={playbook}
                value={`playbook ${playbook}`}
                onSelect={() => {
                  close();
                  void navigate({ to: '/playbooks/$playbook', params: { playbook } });
                }}
              >
                {playbook}
                <span className="soft small cut">{description}</span>
              </Command.Item>
            ))}
          </Command.Group>
          {found.length > 0 && (
            <Command.Group heading={palette.people} forceMount>
              {found.map((one) => (
                <Command.Item
                  key={one.id}
                  // The server has found it by what was typed: no second opinion is asked for.
                  forceMount
                  value={`person ${one.id}`}
                  onSelect={() => {
                    close();
                    void navigate({ to: '/people/$type/$id', params: { type: one.type, id: one.id } });
                  }}
                >
                  <span className="cut">{shortened(nameOf(one))}</span>
                  <span className="soft small cut">{one.email}</span>
                </Command.Item>
              ))}
            </Command.Group>
          )}
        </Command.List>
      </Command>
    </Dialog>
  );
}
