const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];

/** SIGINT and SIGTERM as an abort signal, for commands that hold something which must be given back. */
export function interruption(signals = ENDING): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals) process.once(signal, () => controller.abort());
  return controller.signal;
}

/** Resolves when the signal is raised. */
export function raised(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
