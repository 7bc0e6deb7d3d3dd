import type { Texts } from '../texts.tsx';

export const reportsDe: Pick<Texts, 'reports'> = {
  reports: {
    title: 'Berichte',
    days: (from, to, zone) => `${from} bis ${to}, ${zone}`,
    period: 'Zeitraum',
    periods: {
      this_week: 'diese Woche',
      last_week: 'letzte Woche',
      '28d': '28 Tage',
      '91d': '91 Tage',
      days: 'von … bis …',
    },
    from: 'Von',
    to: 'bis',
    show: 'Zeigen',
    csv: 'CSV',
    asTable: (title) => `${title}, als Tabelle`,
    none: 'In diesen Tagen geschah nichts',
    noneDetail: 'Wählen Sie andere Tage, oder warten Sie, bis Playbooks etwas getan haben.',
    figures: {
      fired: 'ausgelöst',
      entered: 'eingetreten',
      converted: 'am Ziel',
      value: 'Wert',
      sla: 'gehaltene Zusagen',
      cadence: 'pünktliche Aufgaben',
      complete: 'vollständige Datensätze',
    },
    tables: {
      playbooks: 'Playbooks: vom Auslösen zum Ziel',
      holdouts: 'Wirkung gegenüber der Vergleichsgruppe',
      experiments: 'Experimente',
      messages: 'Wert, der Nachrichten zugeschrieben wird',
      'service-levels': 'Gehaltene Zusagen',
      cadence: 'Pünktliche Aufgaben, nach Playbook',
      colleagues: 'Wer den Takt gehalten hat',
      records: 'Vollständige Datensätze, jetzt',
      predictions: 'Vorhersagen und was kam',
    },
  },
};
