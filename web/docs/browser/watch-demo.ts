import { need, urlOf } from './place.js';

/** Shows the newest frame of the demo's socket, as long as somebody wants it. */
export const offerDemo = (): void => {
  const panel = document.querySelector<HTMLElement>('.watch');
  if (!panel) return;
  panel.hidden = false;
  const button = need<HTMLButtonElement>('button', panel);
  const said = need<HTMLElement>('[role=status]', panel);
  const shown = need<HTMLElement>('pre', panel);
  let socket: WebSocket | undefined;
  button.addEventListener('click', () => {
    if (socket) {
      socket.close();
      return;
    }
    const url = urlOf('api/v1/ws/demo');
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const opened = new WebSocket(url);
    socket = opened;
    button.textContent = 'Stop';
    said.textContent = 'Connecting …';
    let frames = 0;
    opened.addEventListener('message', ({ data }) => {
      frames += 1;
      shown.hidden = false;
      need('code', shown).textContent = JSON.stringify(JSON.parse(String(data)), null, 2);
      // Said once: each frame would be read out.
      if (frames === 1) said.textContent = 'Live: the newest frame stands below.';
    });
    opened.addEventListener('close', ({ code }) => {
      socket = undefined;
      button.textContent = 'Watch the demo here';
      said.textContent =
        code === 1005 ? `Stopped after ${frames} frames.` : `Closed with ${code} after ${frames} frames.`;
    });
  });
};
