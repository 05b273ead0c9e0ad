import { runtimeClock as clock } from '@tickfolio/client/clock';

const firstPauseMs = 500;
const lastPauseMs = 16_000;
const maxAnswerMs = 5_000;

const isServerThere = (): Promise<boolean> =>
  fetch(location.href, { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(maxAnswerMs) }).then(
    ({ status }) => status < 500,
    () => false,
  );

/**
 * Loads, and while the server is away waits for it. @throws Error where it is not there a second time, with the server
 * there: then the file is gone
 */
export const loadPatiently = async <Part>(load: () => Promise<Part>): Promise<Part> => {
  let wasThere = false;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(lastPauseMs, pauseMs * 2)) {
    try {
      return await load();
    } catch (thrown) {
      const isThere = await isServerThere();
      // In words of its own: at those of browsers the router would load the whole page anew, again and again.
      if (isThere && wasThere) throw new Error('A part of the page is gone.', { cause: thrown });
      wasThere = isThere;
      if (!isThere) await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
    }
  }
};
