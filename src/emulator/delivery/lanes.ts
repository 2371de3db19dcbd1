type Lane<Job> = { width: number; waiting: Job[]; held: { job: Job; behind: number }[]; running: number };

/** Work in lanes, one for each endpoint: what one of them does slowly holds up nobody else. */
export type Lanes<Job> = {
  /** Puts a job into its lane; `behind` so many jobs that come later, if they come. */
  push(lane: string, job: Job, behind?: number): void;
  /** Whether anything waits or runs. */
  busy(): boolean;
  /** Resolves when nothing waits or runs. */
  idle(): Promise<void>;
  /** Forgets what waits; what runs ends unheard. */
  clear(): void;
};

/** `width` says how many jobs may run at a time in the lane of a job; they begin in the order in which they came. */
export function createLanes<Job>(width: (job: Job) => number, run: (job: Job) => Promise<() => void>): Lanes<Job> {
  const lanes = new Map<string, Lane<Job>>();
  const idlers: (() => void)[] = [];
  // A clear forgets what is under way: what comes of an older generation changes nothing.
  let generation = 0;
  const busy = () => {
    for (const { running, waiting, held } of lanes.values())
      if (running > 0 || waiting.length > 0 || held.length > 0) return true;
    return false;
  };

  const begin = (lane: Lane<Job>, job: Job) => {
    lane.running++;
    const born = generation;
    for (const each of lane.held) each.behind--;
    void run(job).then((settle) => {
      lane.running--;
      if (born === generation) settle();
      pump(lane);
      if (!busy()) for (const done of idlers.splice(0)) done();
    });
  };
  const pump = (lane: Lane<Job>) => {
    while (lane.running < lane.width) {
      const due = lane.held.findIndex(({ behind }) => behind <= 0);
      if (due >= 0) begin(lane, lane.held.splice(due, 1)[0]!.job);
      else if (lane.waiting.length > 0) begin(lane, lane.waiting.shift()!);
      // Nobody comes any more behind whom it could wait.
      else if (lane.running === 0 && lane.held.length > 0) begin(lane, lane.held.shift()!.job);
      else return;
    }
  };

  return {
    push(name, job, behind = 0) {
      let lane = lanes.get(name);
      if (!lane) lanes.set(name, (lane = { width: width(job), waiting: [], held: [], running: 0 }));
      if (behind > 0) {
        lane.held.push({ job, behind });
        // Those of the same commit are on their way here; only then is it known whether anybody comes later.
        queueMicrotask(() => pump(lane));
        return;
      }
      lane.waiting.push(job);
      pump(lane);
    },
    busy,
    idle: () => (busy() ? new Promise((done) => idlers.push(done)) : Promise.resolve()),
    clear() {
      generation++;
      for (const lane of lanes.values()) {
        lane.waiting.length = 0;
        lane.held.length = 0;
      }
      lanes.clear();
      for (const done of idlers.splice(0)) done();
    },
  };
}
