import { Activity, BookOpen, Boxes, Clock, ListTree, Moon, Sun, SunMoon, Zap, type LucideIcon } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { NavLink, useNavigate } from 'react-router';
import { useLive } from '../api/live.ts';
import { useSession } from '../api/session.ts';
import { setTheme, useTheme, type Theme } from '../theme/theme.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { useKeys } from './keys.ts';
import css from './shell.module.css';

type Place = { to: string; name: string; icon: LucideIcon; key: string };

const PLACES: readonly Place[] = [
  { to: '/', name: 'Cheat sheet', icon: BookOpen, key: '1' },
  { to: '/events', name: 'Events', icon: Zap, key: '2' },
  { to: '/objects', name: 'Objects', icon: Boxes, key: '3' },
  { to: '/time', name: 'Time', icon: Clock, key: '4' },
  { to: '/health', name: 'Health', icon: Activity, key: '5' },
  { to: '/catalogue', name: 'Catalogue', icon: ListTree, key: '6' },
];

const KEYS: [string, string][] = [
  ['j / k', 'the next and the previous row'],
  ['Enter', 'open it'],
  ['Home / End', 'the first and the last event'],
  ['/', 'search'],
  ['Escape', 'close what was opened beside the list'],
  ['r', 'replay the event'],
  ['1 … 6', 'the pages on the left'],
  ['?', 'this help'],
];
const TIME_KEYS: [string, string][] = [
  ['n', 'to what is due next, on the Time page'],
  ['d / m', 'a day and a month further'],
];

/** What stands around every screen: where one can go, whether the page is live, light or dark. */
export function Shell({ children }: { children: ReactNode }) {
  const navigate = useNavigate();
  const session = useSession();
  const live = useLive();
  const [help, setHelp] = useState(false);
  const places = PLACES.filter(({ to }) => to !== '/time' || session.stripe !== null);
  useKeys({
    '?': () => setHelp(true),
    ...Object.fromEntries(places.map(({ key, to }) => [key, () => void navigate(to)])),
  });
  const dead = live.last?.counts.events.dead ?? 0;
  return (
    <div className={css['shell']}>
      <a className={css['skip']} href="#main">
        To the content
      </a>
      <div className={css['side']}>
        <div className={css['brand']}>
          <img src="/bell.svg" alt="" />
          Paybell
        </div>
        <nav className={css['nav']} aria-label="Pages">
          {places.map(({ to, name, icon: Icon }) => (
            <NavLink key={to} to={to} end={to === '/'} className={css['link']!}>
              <Icon size={17} aria-hidden="true" />
              {name}
              {to === '/events' && dead > 0 && (
                <span className={css['count']} title={`${dead} given up`}>
                  {dead}
                  <span className="said"> given up</span>
                </span>
              )}
            </NavLink>
          ))}
        </nav>
        <div className={css['foot']}>
          {session.readOnly && <span>Read-only</span>}
          <span className={css['live']} role="status">
            <span className={`${css['dot']} ${css[live.state] ?? ''}`} aria-hidden="true" />
            {live.state === 'on' ? 'Live' : live.state === 'off' ? 'Not connected' : 'Connecting'}
          </span>
          <Themes />
          <Button small look="bare" onClick={() => setHelp(true)}>
            Keyboard <kbd>?</kbd>
          </Button>
        </div>
      </div>
      <main id="main" className={css['main']} tabIndex={-1}>
        {live.state === 'off' && (
          <p className={css['away']} role="alert">
            The server does not answer: what you see is from before. Is <code>paybell dev</code> or{' '}
            <code>paybell serve</code> running? This page connects again by itself.
          </p>
        )}
        {children}
      </main>
      {help && (
        <Dialog title="Keyboard" onClose={() => setHelp(false)}>
          <div className={css['keys']}>
            {[...KEYS, ...(session.stripe && !session.readOnly ? TIME_KEYS : [])].map(([key, what]) => (
              <KeyLine key={key} name={key} what={what} />
            ))}
          </div>
        </Dialog>
      )}
    </div>
  );
}

function KeyLine({ name, what }: { name: string; what: string }) {
  return (
    <>
      <kbd>{name}</kbd>
      <span>{what}</span>
    </>
  );
}

const THEMES: [Theme, LucideIcon, string][] = [
  ['system', SunMoon, 'As the system'],
  ['light', Sun, 'Light'],
  ['dark', Moon, 'Dark'],
];

function Themes() {
  const theme = useTheme();
  return (
    <div className={css['themes']} role="group" aria-label="Theme">
      {THEMES.map(([name, Icon, label]) => (
        <Button
          key={name}
          small
          look={theme === name ? 'plain' : 'bare'}
          aria-pressed={theme === name}
          aria-label={label}
          title={label}
          onClick={() => setTheme(name)}
        >
          <Icon size={14} aria-hidden="true" />
        </Button>
      ))}
    </div>
  );
}
