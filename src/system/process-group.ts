/** Signals a process and all of its group; it must have been started `detached`. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  // Windows has no groups: there the process alone gets it.
  signalProcess(process.platform === 'win32' ? pid : -pid, signal);
}

/** Signals one process; one that has ended meanwhile, or is not ours, is passed over. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ended, or belongs to another user
  }
}
