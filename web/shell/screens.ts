/** The screens, in the order of the rail, with the key that leads to each after `g`. */
import type { LucideIcon } from 'lucide-react';
import { Activity, ChartColumn, House, LifeBuoy, Mail, Settings, SquareCheckBig, Users, Workflow } from 'lucide-react';

export interface Screen {
  name: 'home' | 'playbooks' | 'people' | 'messages' | 'tasks' | 'tickets' | 'events' | 'reports' | 'settings';
  to: '/' | '/playbooks' | '/people' | '/messages' | '/tasks' | '/tickets' | '/events' | '/reports' | '/settings';
  key: string;
  icon: LucideIcon;
}

export const SCREENS: readonly Screen[] = [
  { name: 'home', to: '/', key: 'h', icon: House },
  { name: 'playbooks', to: '/playbooks', key: 'p', icon: Workflow },
  { name: 'people', to: '/people', key: 'c', icon: Users },
  { name: 'messages', to: '/messages', key: 'm', icon: Mail },
  { name: 'tasks', to: '/tasks', key: 't', icon: SquareCheckBig },
  { name: 'tickets', to: '/tickets', key: 'k', icon: LifeBuoy },
  { name: 'events', to: '/events', key: 'e', icon: Activity },
  { name: 'reports', to: '/reports', key: 'r', icon: ChartColumn },
  { name: 'settings', to: '/settings', key: 's', icon: Settings },
];
