/** A dialog: it has the focus until it is closed, and gives it back. */
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

export interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  /** Default: a box in the middle. */
  className?: string;
  /** The title is read aloud, and not shown. */
  hidesTitle?: boolean;
  children: ReactNode;
}

export function Dialog({ title, isOpen, onClose, className = 'dialog', hidesTitle, children }: DialogProps): ReactNode {
  return (
    <Radix.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="veil" />
        <Radix.Content className={className} aria-describedby={undefined}>
          <Radix.Title asChild>
            <h2 className={hidesTitle ? 'visually-hidden' : ''}>{title}</h2>
          </Radix.Title>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
