export interface Alarm {
  /** Ends the wait that is on, or else the next one. */
  ring(): void;
  /** Until it rings, or `ms` have passed. */
  wait(ms?: number): Promise<void>;
}

export function createAlarm(): Alarm {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async wait(ms) {
      if (!rung)
        await new Promise<void>((resolve) => {
          const timer = ms === undefined ? undefined : setTimeout(resolve, Math.max(0, ms));
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      rung = false;
      wake = undefined;
    },
  };
}
