/**
 * Lets the process outlive its standard output, which may be closed (`| head`, a terminal that is gone) or full (a file
 * on a full disk): what should have been written is lost, and standard error says so once. The log's own stream reports
 * its faults here too.
 */
export const outliveOutput = (): void => {
  let told = false;
  process.stdout.on('error', (err: Error) => {
    if (told) return;
    told = true;
    process.stderr.write(`Nothing more can be written to standard output (${err.message}); everything else goes on.\n`);
  });
  // There is nobody left to tell.
  process.stderr.on('error', () => undefined);
};
