import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { Page } from './page.tsx';
import { Empty } from './states.tsx';

export function NotFound(): ReactNode {
  const { states } = useTexts();
  return (
    <Page title={states.notFound}>
      <Empty title={states.notFound} detail={states.notFoundDetail}>
        <Link to="/" className="button">
          {states.toHome}
        </Link>
      </Empty>
    </Page>
  );
}
