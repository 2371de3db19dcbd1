import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useTheme } from '../../theme/theme.ts';
import { clockTime } from '../../ui/time.ts';
import css from './health.module.css';

export type Line = {
  name: string;
  /** A colour's name among the tokens: `--done`. */
  color: string;
  values: readonly (number | null)[];
};

type Props = { label: string; at: readonly number[]; lines: readonly Line[]; unit?: (value: number) => string };

const HEIGHT = 170;
/** Seconds. */
const SHORTEST = 600;
const STEPS = [60, 120, 300, 600, 1_200, 3_600, 7_200];

/** Lines over time. `at` is in milliseconds; what the canvas shows, `label` says in words. */
export function Chart({ label, at, lines, unit = (value) => String(value) }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const theme = useTheme();
  const shape = lines.map(({ name, color }) => `${name}${color}`).join();
  const data: UPlot.AlignedData = [at.map((time) => time / 1000), ...lines.map(({ values }) => values as number[])];
  const latest = useRef(data);
  latest.current = data;

  useEffect(() => {
    const element = place.current!;
    const draw = () => {
      plot.current?.destroy();
      const colour = (name: string) => resolved(element, name);
      const axis = { stroke: colour('--ink-2'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
      plot.current = new UPlot(
        {
          width: element.clientWidth,
          height: HEIGHT,
          cursor: { y: false },
          legend: { live: false },
          scales: {
            // At least a few minutes, or the first sample would fill the whole width.
            x: { range: (_, from, to) => [Math.min(from ?? to, to - SHORTEST), to] },
            y: { range: (_, __, most) => [0, Math.max(1, (most ?? 0) * 1.1)] },
          },
          axes: [
            {
              ...axis,
              values: (_, times) => times.map((time) => clockTime(time * 1000).slice(0, 5)),
              space: 70,
              incrs: STEPS,
            },
            { ...axis, size: 54, values: (_, values) => values.map(unit) },
          ],
          series: [
            {},
            ...lines.map(({ name, color }) => ({
              label: name,
              stroke: colour(color),
              fill: `color-mix(in srgb, ${colour(color)} 12%, transparent)`,
              width: 1.5,
              points: { show: latest.current[0].length < 3, size: 5 },
              spanGaps: false,
            })),
          ],
        },
        latest.current,
        element,
      );
    };
    draw();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      resized.disconnect();
      scheme.removeEventListener('change', draw);
      plot.current?.destroy();
      plot.current = undefined;
    };
    // Made anew for other lines or another theme; new values go into the one that is there.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [shape, theme]);

  useEffect(() => plot.current?.setData(data));
  return <div ref={place} className={css['chart']} role="img" aria-label={label} />;
}

/** What a colour's name comes to where an element stands: a canvas knows no `light-dark()`. */
function resolved(element: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
