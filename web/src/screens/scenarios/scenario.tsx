import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import type { ScenarioDetails, ScenarioPath } from '../../../../src/console/api/types.ts';
import { get } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { useKeys } from '../../ui/keys.ts';
import { Loading } from '../../ui/loading.tsx';
import { moveFocus } from '../../ui/move-focus.ts';
import { Page, Panel } from '../../ui/page.tsx';
import { failed, Problem, ProblemLine } from '../../ui/problem.tsx';
import { useParameters } from '../../ui/use-parameters.ts';
import { Detail } from './detail.tsx';
import css from './scenario.module.css';
import { Timeline } from './timeline.tsx';
import { usePlay, type Playing } from './use-play.ts';

const PACES = [
  { ms: 350, name: 'to watch' },
  { ms: 0, name: 'at once' },
  { ms: 1_000, name: 'slowly' },
];
/** The two eras beside each other: the value of `?path=` for that. */
const BOTH = 'both';

/** One scenario: what happens, what fires, and the chance to see it happen here. */
export default function ScenarioScreen() {
  const { id = '' } = useParams();
  const [params, changeAll] = useParameters();
  const without = params.get('without') ?? '';
  const asked = useQuery({
    queryKey: ['scenario', id, without],
    queryFn: ({ signal }) => get<ScenarioDetails>(`scenarios/${id}`, { without }, signal),
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  });
  useKeys({ j: () => moveFocus('[data-event]', 1), k: () => moveFocus('[data-event]', -1) });
  // What is open beside the timeline belongs to the path that was shown.
  const change = (name: string, value: string) =>
    changeAll(name === 'event' ? { event: value } : { [name]: value, event: '' });
  if (failed(asked))
    return (
      <Problem error={asked.error} again={() => void asked.refetch()} instead={{ to: '/', name: 'All scenarios' }} />
    );
  if (!asked.data) return <Loading what="Playing it once" />;
  return <Details key={id} scenario={asked.data} params={params} change={change} />;
}

type DetailsProps = {
  scenario: ScenarioDetails;
  params: URLSearchParams;
  change: (name: string, value: string) => void;
};

function Details({ scenario, params, change }: DetailsProps) {
  const { id, number, title, story, pitfalls, paths } = scenario;
  const eras = paths.filter(({ name }) => name === 'classic' || name === 'current');
  const wanted = params.get('path') ?? (eras.length === 2 && innerWidth > 1_300 ? BOTH : (paths.at(-1)?.name ?? ''));
  const shown = wanted === BOTH ? eras : paths.filter(({ name }) => name === wanted).slice(0, 1);
  const [chosenPath, chosenIndex] = (params.get('event') ?? '').split(':');
  const chosen = paths.find(({ name }) => name === chosenPath)?.events[Number(chosenIndex)];
  const conditions = shown.flatMap((path) => path.conditions);
  const { playing, play } = usePlay(id);
  const close = () => {
    if (!chosen) return;
    document.querySelector<HTMLElement>('[data-event][aria-pressed="true"]')?.focus();
    change('event', '');
  };
  useKeys({ Escape: close });
  return (
    <Page title={`${number ? `${number}. ` : ''}${title}`} about={<span className={css['story']}>“{story}”</span>}>
      <div className={css['controls']}>
        {paths.length > 1 && (
          <label>
            <span className="said">Which way</span>
            <select value={wanted} onChange={(event) => change('path', event.target.value)}>
              {eras.length === 2 && <option value={BOTH}>Classic and current, side by side</option>}
              {paths.map(({ name, title: heading }) => (
                <option key={name} value={name}>
                  {heading}
                </option>
              ))}
            </select>
          </label>
        )}
        {conditions.length > 0 && (
          <label>
            <span className="said">What does not hold</span>
            <select value={params.get('without') ?? ''} onChange={(event) => change('without', event.target.value)}>
              <option value="">Everything as described</option>
              {conditions.map((condition) => (
                <option key={condition.id} value={condition.id}>
                  Unless: {condition.what}
                </option>
              ))}
            </select>
          </label>
        )}
        <PlayControls
          paths={shown}
          playing={playing}
          play={(path, pace) => void play({ path: path.name, without: path.without, pace })}
        />
      </div>
      <Outcome playing={playing} paths={paths} />
      <div className={`${css['layout']} ${chosen ? '' : css['alone']}`}>
        <div className={css['paths']}>
          {shown.map((path) => (
            <section key={path.name} aria-label={path.title}>
              {shown.length > 1 && <h2>{path.title}</h2>}
              {path.problems.length > 0 && <ProblemLine error={path.problems.join('; ')} />}
              <Timeline
                path={path}
                narrow={shown.length > 1 || chosen !== undefined}
                selected={chosenPath === path.name ? Number(chosenIndex) : null}
                onSelect={(index) => change('event', `${path.name}:${index}`)}
                arrivals={playing.path === path.name ? playing.arrivals : null}
              />
            </section>
          ))}
        </div>
        {chosen && <Detail key={params.get('event')} event={chosen} conditions={conditions} onClose={close} />}
      </div>
      {pitfalls.length > 0 && (
        <Panel title="Mind">
          <ul className={css['pitfalls']}>
            {pitfalls.map((pitfall) => (
              <li key={pitfall}>{pitfall}</li>
            ))}
          </ul>
        </Panel>
      )}
    </Page>
  );
}

type PlayProps = { paths: readonly ScenarioPath[]; playing: Playing; play: (path: ScenarioPath, pace: number) => void };

function PlayControls({ paths, playing, play }: PlayProps) {
  const { canPlay, readOnly } = useSession();
  const [pace, setPace] = useState(PACES[0]!.ms);
  if (!canPlay || readOnly) return null;
  return (
    <>
      {paths.map((path) => (
        <Button key={path.name} look="primary" disabled={playing.running} onClick={() => play(path, pace)}>
          <Play size={14} aria-hidden="true" /> Play{paths.length > 1 ? ` ${path.name}` : ''}
        </Button>
      ))}
      <label>
        <span className="said">How fast</span>
        <select value={pace} onChange={(event) => setPace(Number(event.target.value))}>
          {PACES.map(({ ms, name }) => (
            <option key={ms} value={ms}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

function Outcome({ playing, paths }: { playing: Playing; paths: readonly ScenarioPath[] }) {
  const { path, running, arrivals, ended, error } = playing;
  if (path === null) return null;
  const all = paths.find(({ name }) => name === path)?.events.length ?? 0;
  const arrived = [...arrivals.values()].filter(({ state }) => state === 'arrived').length;
  const good = !error && (!ended || (ended.problems.length === 0 && ended.mirror?.equal !== false));
  return (
    <div className={`${css['outcome']} ${good ? '' : css['bad']}`} role="status">
      {running ? `${arrived} of ${all} events have arrived …` : `${arrived} of ${all} events arrived.`}
      {ended?.mirror &&
        (ended.mirror.equal
          ? ` The mirror shows all ${ended.mirror.objects} objects as Stripe has them.`
          : ` The mirror differs: ${ended.mirror.differences.join('; ')}.`)}
      {ended && ended.problems.length > 0 && ` ${ended.problems.join('; ')}.`}
      {error && ` ${error}`} {ended && <Link to="/events">See them among the events</Link>}
    </div>
  );
}
