/** The server closed the socket with a code after which no client reconnects by itself. */
export class LiveStopped extends Error {
  /** As docs/api/websocket.md has them: 4429 for too many sockets. */
  readonly code: number;

  constructor(code: number) {
    super(`The server closed the socket for good, with ${code}.`);
    this.name = 'LiveStopped';
    this.code = code;
  }
}
